// daftar_bench_aggregates: count, sum, least and greatest value of groups of many permits, from
// totals that every commit keeps, and from SQLite's GROUP BY over an index. README.md says how to
// read what it prints.

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/must.h"
#include "bench/options.h"
#include "bench/permits.h"
#include "bench/samples.h"
#include "bench/sqlite.h"
#include "bench/workspace.h"
#include "daftar/database.h"

namespace daftar::bench {
namespace {

struct Options {
  uint64_t rows = 1000000;
  int repetitions = 15;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

// The same permits under the same index.
SqliteHandle NewSqlite(const std::filesystem::path& file, uint64_t rows) {
  SqliteHandle database = OpenSqlite(file);
  Execute(database.get(),
          "PRAGMA journal_mode = WAL; PRAGMA cache_size = -131072;"
          "CREATE TABLE permit (no TEXT PRIMARY KEY, zone TEXT NOT NULL, state INTEGER NOT NULL,"
          " area INTEGER NOT NULL) WITHOUT ROWID;"
          "CREATE INDEX byArea ON permit (zone, state, area); BEGIN");
  SqliteStatement insert(database.get(), "INSERT INTO permit VALUES (?, ?, ?, ?)");
  for (uint64_t i = 0; i < rows; ++i) {
    const Permit permit = MakePermit(i);
    insert.Bind(permit.no).Bind(permit.zone).Bind(int64_t{permit.state});
    insert.Bind(permit.area_square_metres).Step();
  }
  Execute(database.get(), "COMMIT; ANALYZE");
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
  SqliteStatement ask(database,
                      absl::StrCat("SELECT zone, state, count(*), sum(area), min(area), max(area)"
                                   " FROM permit ",
                                   kConditions[task.group.size()], " GROUP BY zone, state"));
  for (const Value& value : task.group) {
    if (const auto* number = value.get_if<int64_t>()) {
      ask.Bind(*number);
    } else {
      ask.Bind(*value.get_if<std::string>());
    }
  }
  Digest digest;
  while (ask.Step()) {
    for (int column = 0; column < 6; ++column) {
      if (column == 2) {
        digest.Add(ask.Integer(column));
      } else {
        digest.Add(ask.Text(column));
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
  const SqliteHandle sqlite = NewSqlite(workspace.folder() / "sqlite", options.rows);
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

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--rows", options.rows);
  app.add_option("--repetitions", options.repetitions);
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
