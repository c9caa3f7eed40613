// daftar_bench_scan: what has to read a table as a whole, right after the database was opened, by
// one thread and by several. README.md says how to read what it prints.

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/must.h"
#include "bench/options.h"
#include "bench/permits.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"
#include "bench/workspace.h"
#include "daftar/database.h"
#include "daftar/sql.h"

namespace daftar::bench {
namespace {

struct Options {
  uint64_t rows = 500000;
  size_t threads = 2;
  int repetitions = 7;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

// What is asked of a database that was just opened.
struct Task {
  const char* name;
  std::function<Digest(Database&)> run;
  // It is asked once before, of a database that keeps columns: they are made when it is measured.
  bool makes_columns = false;
  Samples alone = {};
  Samples together = {};
};

Digest Rows(const Database& database, const Query& query) {
  Digest digest;
  Cursor cursor = Must(database.Run(query));
  while (Must(cursor.Next())) {
    for (const Value& value : cursor.values()) digest.Add(value.ToString());
    digest.EndRow();
  }
  digest.Add(static_cast<int64_t>(cursor.counts().entries_read));
  digest.EndRow();
  return digest;
}

Digest Counted(const Database& database, const Query& query) {
  const CountResult result = Must(database.Count(query));
  Digest digest;
  digest.Add(static_cast<int64_t>(result.records));
  digest.Add(static_cast<int64_t>(result.entries_read));
  digest.EndRow();
  return digest;
}

Digest Sql(Database& database, const char* text) {
  Digest digest;
  SqlConnection sql = Must(SqlConnection::Open(database));
  SqlStatement statement = Must(sql.Prepare(text));
  while (Must(statement.Next())) {
    for (size_t i = 0; i < statement.columns().size(); ++i) {
      digest.Add(statement.value(i).ToString());
    }
    digest.EndRow();
  }
  return digest;
}

std::vector<Task> Tasks() {
  const Query few = Query("permit").Where("areaSquareMetres < 500").Where("kind = 'operation'");
  const std::vector<std::string> columns = {"no", "zone", "validTo", "areaSquareMetres"};
  const Query all = Query("permit").UseIndex("primary").Select(columns);
  return {
      {"count with a condition", [=](Database& d) { return Counted(d, few); }},
      {"few rows of all", [=](Database& d) { return Rows(d, Query(few).Select(columns)); }},
      {"the largest, sorted",
       [=](Database& d) {
         return Rows(d,
                     Query(all).OrderBy("areaSquareMetres", SortDirection::kDescending).Limit(9));
       }},
      {"all rows, four columns", [=](Database& d) { return Rows(d, all); }},
      {"records by an index, some",
       [=](Database& d) { return Rows(d, Query(few).UseIndex("byState").Select(columns)); }},
      {"SQL, a condition on records",
       [](Database& d) {
         return Sql(d, "SELECT count(*), sum(areaSquareMetres) FROM permit WHERE note LIKE '%7%'");
       }},
      {"SQL, groups of all",
       [](Database& d) {
         return Sql(d, "SELECT kind, count(*), sum(areaSquareMetres) FROM permit GROUP BY kind");
       }},
      {"making columns", [=](Database& d) { return Counted(d, few); }, true},
  };
}

void Fill(const std::filesystem::path& folder, uint64_t rows) {
  const auto database = Must(Database::Create(folder / "db", SchemaFile{DAFTAR_BENCH_SCHEMA, {}}));
  const std::filesystem::path file = folder / "permits.csv";
  if (!WriteCsv(file, rows)) Fail("cannot write " + file.string());
  Must(database->Import("permit", file, ImportOptions{}));
  std::filesystem::remove(file);
}

Digest Measure(const Task& task, const std::filesystem::path& folder, size_t threads,
               Samples* samples) {
  OpenOptions options;
  // As the command line opens it.
  options.read_only = !task.makes_columns;
  options.scan_threads = threads;
  const auto database = Must(Database::Open(folder / "db", options));
  if (task.makes_columns) task.run(*database);
  Digest digest;
  samples->Add(1000 * SecondsOf([&] { digest = task.run(*database); }));
  return digest;
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  std::printf("machine: %s\noptions: %llu permits, 1 and %zu threads, %d repetitions, in %s\n",
              MachineName().c_str(), static_cast<unsigned long long>(options.rows), options.threads,
              options.repetitions, options.folder.c_str());
  Fill(workspace.folder(), options.rows);
  std::vector<Task> tasks = Tasks();
  for (int i = 0; i < options.repetitions; ++i) {
    for (Task& task : tasks) {
      // Each goes first in turn.
      Digest alone;
      if (i % 2 == 0) alone = Measure(task, workspace.folder(), 1, &task.alone);
      const Digest together = Measure(task, workspace.folder(), options.threads, &task.together);
      if (i % 2 != 0) alone = Measure(task, workspace.folder(), 1, &task.alone);
      if (alone.value() != together.value() || alone.rows() != together.rows()) {
        Fail(std::string("the answers differ: ") + task.name);
      }
    }
  }
  std::printf("\nmilliseconds, median (least to most), and the ratio of the medians\n");
  for (const Task& task : tasks) {
    std::printf("  %-28s 1 thread %s   %zu threads %s   ratio %.2f\n", task.name,
                task.alone.ToString().c_str(), options.threads, task.together.ToString().c_str(),
                task.alone.median() / task.together.median());
  }
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--rows", options.rows);
  app.add_option("--threads", options.threads);
  app.add_option("--repetitions", options.repetitions);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.rows == 0 || options.threads == 0 || options.repetitions < 1) {
    Fail("options out of range");
  }
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  const daftar::bench::Options options = daftar::bench::OptionsOf(argc, argv);
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(options);
}
