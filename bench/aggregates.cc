// daftar_bench_aggregates: count, sum, least and greatest value of groups of many permits, from
// totals that every commit keeps, and from SQLite's GROUP BY over an index. README.md says how to
// read what it prints.

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/permits.h"
#include "bench/samples.h"
#include "bench/workspace.h"
#include "daftar/database.h"

namespace daftar::bench {
namespace {

struct Options {
  uint64_t rows = 1000000;
  int repetitions = 15;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) Fail(result.status().ToString());
  return *std::move(result);
}

struct Closer {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

void Execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    Fail(absl::StrCat("SQLite: ", sqlite3_errmsg(database)));
  }
}

Statement Prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    Fail(absl::StrCat("SQLite: ", sqlite3_errmsg(database)));
  }
  return Statement(statement);
}

void Bind(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

// The same permits under the same index.
Handle NewSqlite(const std::filesystem::path& file, uint64_t rows) {
  sqlite3* opened = nullptr;
  if (sqlite3_open(file.c_str(), &opened) != SQLITE_OK) Fail("SQLite does not open");
  Handle database(opened);
  Execute(opened,
          "PRAGMA journal_mode = WAL; PRAGMA cache_size = -131072;"
          "CREATE TABLE permit (no TEXT PRIMARY KEY, zone TEXT NOT NULL, state INTEGER NOT NULL,"
          " area INTEGER NOT NULL) WITHOUT ROWID;"
          "CREATE INDEX byArea ON permit (zone, state, area); BEGIN");
  const Statement insert = Prepare(opened, "INSERT INTO permit VALUES (?, ?, ?, ?)");
  for (uint64_t i = 0; i < rows; ++i) {
    const Permit permit = MakePermit(i);
    Bind(insert.get(), 1, permit.no);
    Bind(insert.get(), 2, permit.zone);
    sqlite3_bind_int64(insert.get(), 3, permit.state);
    sqlite3_bind_int64(insert.get(), 4, permit.area_square_metres);
    if (sqlite3_step(insert.get()) != SQLITE_DONE) Fail("SQLite does not insert");
    sqlite3_reset(insert.get());
  }
  Execute(opened, "COMMIT; ANALYZE");
  return database;
}

std::unique_ptr<Database> NewDaftar(const std::filesystem::path& folder, uint64_t rows) {
  const std::filesystem::path csv = folder / "permits.csv";
  std::ofstream out(csv, std::ios::binary);
  out << "no,zone,state,areaSquareMetres\n";
  for (uint64_t i = 0; i < rows; ++i) {
    const Permit permit = MakePermit(i);
    out << permit.no << ',' << permit.zone << ',' << permit.state << ','
        << permit.area_square_metres << '\n';
  }
  out.close();
  if (!out) Fail("cannot write " + csv.string());
  auto database =
      Must(Database::Create(folder / "daftar", SchemaFile{DAFTAR_BENCH_AGGREGATES_SCHEMA, {}}));
  Must(database->Import("permit", csv, ImportOptions{}));
  std::filesystem::remove(csv);
  return database;
}

// One question: all groups, or those of one zone, or one group.
struct Task {
  const char* name;
  std::vector<Value> group;
  Samples daftar = {};
  Samples sqlite = {};
};

Digest AskDaftar(const Database& database, const Task& task) {
  Digest digest;
  AggregateCursor cursor = Must(database.Aggregate({"permit", "byState", task.group}));
  while (Must(cursor.Next())) {
    const Group& group = cursor.group();
    digest.Add(group.by[0].ToString());
    digest.Add(group.by[1].ToString());
    digest.Add(static_cast<int64_t>(group.count));
    digest.Add(group.sums[0].ToString());
    digest.Add(group.mins[0].ToString());
    digest.Add(group.maxs[0].ToString());
    digest.EndRow();
  }
  return digest;
}

Digest AskSqlite(sqlite3* database, const Task& task) {
  constexpr const char* kConditions[] = {"", "WHERE zone = ?1", "WHERE zone = ?1 AND state = ?2"};
  const Statement ask =
      Prepare(database, absl::StrCat("SELECT zone, state, count(*), sum(area), min(area), max(area)"
                                     " FROM permit ",
                                     kConditions[task.group.size()], " GROUP BY zone, state"));
  for (size_t i = 0; i < task.group.size(); ++i) {
    const Value& value = task.group[i];
    if (const auto* number = value.get_if<int64_t>()) {
      sqlite3_bind_int64(ask.get(), static_cast<int>(i) + 1, *number);
    } else {
      Bind(ask.get(), static_cast<int>(i) + 1, value.ToString());
    }
  }
  Digest digest;
  while (sqlite3_step(ask.get()) == SQLITE_ROW) {
    for (int column = 0; column < 6; ++column) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(ask.get(), column));
      if (column == 2) {
        digest.Add(static_cast<int64_t>(sqlite3_column_int64(ask.get(), column)));
      } else {
        digest.Add(std::string_view(text));
      }
    }
    digest.EndRow();
  }
  return digest;
}

Digest Measure(const std::function<Digest()>& ask, Samples* samples) {
  const auto started = std::chrono::steady_clock::now();
  const Digest digest = ask();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  samples->Add(took.count());
  return digest;
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  const auto daftar = NewDaftar(workspace.folder(), options.rows);
  const Handle sqlite = NewSqlite(workspace.folder() / "sqlite", options.rows);
  std::printf("machine: %s\noptions: %llu permits, %d repetitions\n", MachineName().c_str(),
              static_cast<unsigned long long>(options.rows), options.repetitions);
  std::vector<Task> tasks = {{"all groups", {}},
                             {"groups of a zone", {"IR-KISH"}},
                             {"one group", {"IR-KISH", int64_t{2}}}};
  for (Task& task : tasks) {
    uint64_t rows = 0;
    for (int i = 0; i < options.repetitions; ++i) {
      const Digest a = Measure([&] { return AskDaftar(*daftar, task); }, &task.daftar);
      // Answering once takes SQLite as long as the permits are many.
      if (i > 0 && i % 5 != 0) continue;
      const Digest b = Measure([&] { return AskSqlite(sqlite.get(), task); }, &task.sqlite);
      if (a.value() != b.value() || a.rows() != b.rows() || a.rows() == 0) {
        Fail("the answers differ");
      }
      rows = a.rows();
    }
    std::printf("  %-17s %3llu groups   Daftar %.3f ms   SQLite %.3f ms   ratio %.0f\n", task.name,
                static_cast<unsigned long long>(rows), task.daftar.median(), task.sqlite.median(),
                task.sqlite.median() / task.daftar.median());
  }
  return 0;
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--rows=")) {
      options.rows = std::strtoull(argv[i] + 7, nullptr, 10);
    } else if (argument.starts_with("--repetitions=")) {
      options.repetitions = std::atoi(argv[i] + 14);
    } else if (argument.starts_with("--folder=")) {
      options.folder = argument.substr(9);
    } else {
      Fail("unknown option " + std::string(argument));
    }
  }
  if (options.rows == 0 || options.repetitions < 1) Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::ParseOptions(argc, argv));
}
