// daftar_bench_sql: the same SQL, prepared once, over the same rows and indexes in Daftar and in
// SQLite. README.md says how to read what it prints.

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/must.h"
#include "bench/options.h"
#include "bench/permits.h"
#include "bench/registry.h"
#include "bench/samples.h"
#include "bench/sql_rows.h"
#include "bench/sqlite.h"
#include "bench/workspace.h"
#include "daftar/database.h"
#include "daftar/sql.h"

namespace daftar::bench {
namespace {

struct Options {
  uint64_t rows = 100000;
  int repetitions = 5;
  bool explain = false;
  std::string only;  // tasks whose names begin like this
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

constexpr uint64_t kPermitsPerFirm = 4;

std::unique_ptr<Database> NewDaftar(const std::filesystem::path& folder, uint64_t rows) {
  auto database = Must(Database::Create(folder / "daftar", SchemaFile{DAFTAR_BENCH_SQL_SCHEMA, {}},
                                        OpenOptions{.memory_budget_bytes = size_t{128} << 20}));
  const std::filesystem::path csv = folder / "rows.csv";
  WriteFirms(csv, rows / kPermitsPerFirm + 1);
  Must(database->Import("firm", csv, ImportOptions{}));
  if (!WriteCsv(csv, rows)) Fail("cannot write " + csv.string());
  Must(database->Import("permit", csv, ImportOptions{}));
  std::filesystem::remove(csv);
  Must(database->Analyze());
  return database;
}

// What SQL sees of a table of Daftar, into the table of that name.
void Copy(SqlConnection* from, const char* table, sqlite3* to) {
  SqlStatement select = Must(from->Prepare(absl::StrCat("SELECT * FROM ", table)));
  const size_t columns = select.columns().size();
  std::string insert_text = absl::StrCat("INSERT INTO ", table, " VALUES (?");
  for (size_t i = 1; i < columns; ++i) insert_text += ",?";
  SqliteStatement insert(to, insert_text + ")");
  std::vector<Value> values(columns);
  while (Must(select.Next())) {
    for (size_t i = 0; i < columns; ++i) {
      values[i] = select.value(i);
      if (const auto* text = values[i].get_if<std::string>()) {
        insert.Bind(*text);
      } else {
        insert.Bind(*values[i].get_if<int64_t>());
      }
    }
    insert.Step();
  }
}

SqliteHandle NewSqlite(const std::filesystem::path& file, SqlConnection* daftar) {
  SqliteHandle database = OpenSqlite(file);
  Execute(database.get(), R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA cache_size = -131072;
    CREATE TABLE firm (id TEXT PRIMARY KEY, name TEXT NOT NULL, province TEXT NOT NULL,
                       capital INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX ofProvince ON firm (province);
    CREATE TABLE permit (
      no TEXT PRIMARY KEY, firm TEXT NOT NULL, zone TEXT NOT NULL, kind TEXT NOT NULL,
      state TEXT NOT NULL, year INTEGER NOT NULL, serial INTEGER NOT NULL,
      validFrom TEXT NOT NULL, validTo TEXT NOT NULL, areaSquareMetres INTEGER NOT NULL,
      note TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX byZone ON permit (zone, validTo, firm);
    CREATE INDEX ofFirm ON permit (firm);
    CREATE INDEX byState ON permit (state, validTo);
    CREATE UNIQUE INDEX byIssue ON permit (year, serial);
    BEGIN;
  )sql");
  Copy(daftar, "firm", database.get());
  Copy(daftar, "permit", database.get());
  Execute(database.get(), "COMMIT; ANALYZE");
  return database;
}

using Parameters = std::vector<std::string>;

struct Task {
  const char* name;
  const char* sql;
  std::vector<Parameters> asked;  // one for each time it is run
};

std::vector<Task> TasksOver(uint64_t rows) {
  const Questions questions = MakeQuestions(rows);
  std::vector<Parameters> keys, ranges, zones, kinds, provinces;
  for (const std::string& key : questions.keys) keys.push_back({key});
  for (const RangeQuestion& range : questions.ranges) {
    ranges.push_back({range.zone, DateText(range.from), DateText(range.to)});
    zones.push_back({range.zone});
  }
  for (const ScanQuestion& scan : questions.scans) kinds.push_back({scan.kind});
  for (int i = 0; i < 5; ++i) provinces.push_back({absl::StrCat("P", i)});
  const std::vector<Parameters> once(1);
  return {
      {"fetch by key", "SELECT no, firm, state, validTo, areaSquareMetres FROM permit WHERE no = ?",
       keys},
      {"range to full records",
       "SELECT no, firm, state, validTo, areaSquareMetres FROM permit"
       " WHERE zone = ? AND validTo >= ? AND validTo < ? ORDER BY validTo",
       ranges},
      {"covered range",
       "SELECT validTo, firm FROM permit WHERE zone = ? AND validTo >= ? AND validTo < ?", ranges},
      {"join by key",
       "SELECT p.no, f.name, p.validTo FROM permit p JOIN firm f ON f.id = p.firm"
       " WHERE p.zone = ? AND p.validTo >= ? AND p.validTo < ?",
       ranges},
      {"join by index, grouped",
       "SELECT f.id, f.name, count(*), sum(p.areaSquareMetres) FROM firm f"
       " JOIN permit p ON p.firm = f.id WHERE f.province = ? GROUP BY f.id",
       provinces},
      {"top 50 of an index",
       "SELECT no, validTo, areaSquareMetres FROM permit WHERE zone = ?"
       " ORDER BY validTo DESC, no LIMIT 50",
       zones},
      {"top 20 without an index",
       "SELECT no, areaSquareMetres FROM permit ORDER BY areaSquareMetres DESC, no LIMIT 20", once},
      {"group by, ad hoc", "SELECT kind, count(*), sum(areaSquareMetres) FROM permit GROUP BY kind",
       once},
      {"group by of an index", "SELECT zone, count(*) FROM permit GROUP BY zone", once},
      {"scan with a filter",
       "SELECT no, areaSquareMetres FROM permit WHERE kind = ? AND areaSquareMetres >= 49000",
       kinds},
      {"scan with a LIKE", "SELECT count(*) FROM permit WHERE note LIKE '%ion 42 of%'", once},
      {"count", "SELECT count(*) FROM permit", once},
  };
}

void AskDaftar(SqlStatement* statement, const Parameters& parameters, Digest* digest) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    Must(statement->Bind(static_cast<int>(i) + 1, parameters[i]));
  }
  AddRows(statement, digest);
}

void AskSqlite(SqliteStatement* statement, const Parameters& parameters, Digest* digest) {
  for (const std::string& parameter : parameters) statement->Bind(parameter);
  while (statement->Step()) {
    for (int i = 0; i < statement->columns(); ++i) {
      if (statement->Type(i) == SQLITE_TEXT) {
        digest->Add(statement->Text(i));
      } else {
        digest->Add(statement->Integer(i));
      }
    }
    digest->EndRow();
  }
}

// Milliseconds for all of a task.
template <typename Statement>
double Measure(const Task& task, Statement* statement,
               void (*ask)(Statement*, const Parameters&, Digest*), Digest* digest) {
  const auto started = std::chrono::steady_clock::now();
  for (const Parameters& parameters : task.asked) ask(statement, parameters, digest);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started)
      .count();
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  const auto daftar = NewDaftar(workspace.folder(), options.rows);
  SqlConnection sql = Must(SqlConnection::Open(*daftar));
  const SqliteHandle sqlite = NewSqlite(workspace.folder() / "sqlite", &sql);
  std::printf("machine: %s\noptions: %llu permits, %d repetitions\n", MachineName().c_str(),
              static_cast<unsigned long long>(options.rows), options.repetitions);
  std::printf("  %-24s %6s %8s %26s %26s %6s\n", "", "times", "rows", "Daftar ms", "SQLite ms",
              "ratio");
  for (const Task& task : TasksOver(options.rows)) {
    if (!std::string_view(task.name).starts_with(options.only)) continue;
    SqlStatement in_daftar = Must(sql.Prepare(task.sql));
    SqliteStatement in_sqlite(sqlite.get(), task.sql);
    if (options.explain) std::printf("%s\n", Must(in_daftar.Explain()).c_str());
    Samples daftar_samples, sqlite_samples;
    uint64_t rows = 0;
    for (int i = 0; i < options.repetitions; ++i) {
      Digest a, b;
      daftar_samples.Add(Measure(task, &in_daftar, AskDaftar, &a));
      sqlite_samples.Add(Measure(task, &in_sqlite, AskSqlite, &b));
      if (a.value() != b.value() || a.rows() != b.rows()) {
        Fail(absl::StrCat("the answers differ: ", task.name));
      }
      rows = a.rows();
    }
    std::printf("  %-24s %6zu %8llu %26s %26s %6.2f\n", task.name, task.asked.size(),
                static_cast<unsigned long long>(rows), daftar_samples.ToString().c_str(),
                sqlite_samples.ToString().c_str(),
                sqlite_samples.median() / daftar_samples.median());
  }
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--rows", options.rows);
  app.add_option("--repetitions", options.repetitions);
  app.add_option("--only", options.only);
  app.add_flag("--explain", options.explain);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.rows == 0 || options.repetitions < 1) Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::OptionsOf(argc, argv));
}
