// daftar_bench_versions: whether a record's past slows down its present. The same records, once
// with one version each and once with many. README.md says how to read what it prints.

#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/must.h"
#include "bench/options.h"
#include "bench/permits.h"
#include "bench/samples.h"
#include "bench/workspace.h"
#include "daftar/database.h"

namespace daftar::bench {
namespace {

struct Options {
  uint64_t records = 1000;
  uint64_t versions = 1000;
  int repetitions = 15;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

// What is measured, over the newest state of a database.
struct Task {
  const char* name;
  std::function<Digest(const Database&, uint64_t seed)> run;
  Samples few = {};
  Samples many = {};
};

// Version `version` of a permit; another zone, state and end each time, so that entries move.
std::string Json(uint64_t number, uint64_t version) {
  const Permit permit = MakePermit(number);
  const Permit other = MakePermit(number + version * 7919);
  return absl::StrCat(R"({"no":")", permit.no, R"(","firm":")", permit.firm, R"(","zone":")",
                      other.zone, R"(","kind":")", permit.kind, R"(","state":")",
                      kStates[other.state], R"(","year":)", permit.year, R"(,"serial":)",
                      permit.serial, R"(,"areaSquareMetres":)", other.area_square_metres,
                      R"(,"note":")", other.note, "\"}");
}

// How long the writer rests, so that the engine's housekeeping merges what was replaced.
constexpr std::chrono::seconds kRest(20);

// Writes the versions from `first` to the last, which both databases share.
std::unique_ptr<Database> Fill(const std::filesystem::path& folder, const Options& options,
                               uint64_t first) {
  const SchemaFile schema{DAFTAR_BENCH_SCHEMA, {}};
  auto database = Must(Database::Create(folder / "db", schema));
  for (uint64_t version = first; version <= options.versions; ++version) {
    Batch batch = database->NewBatch();
    for (uint64_t i = 0; i < options.records; ++i) {
      if (auto status = batch.Put("permit", Json(i, version)); !status.ok()) {
        Fail(status.ToString());
      }
    }
    Must(database->Commit(std::move(batch), {.durability = Durability::kBuffered}));
  }
  return database;
}

Digest Gets(const Database& database, uint64_t records, uint64_t seed) {
  Digest digest;
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2000; ++i) {
    const Record record = Must(database.Get("permit", {MakePermit(random() % records).no}));
    digest.Add(Must(record.ToJson()));
    digest.EndRow();
  }
  return digest;
}

Digest Rows(const Database& database, const Query& query) {
  Digest digest;
  Cursor cursor = Must(database.Run(query));
  while (Must(cursor.Next())) {
    for (const Value& value : cursor.values()) digest.Add(value.ToString());
    digest.EndRow();
  }
  return digest;
}

std::vector<Task> Tasks(uint64_t records) {
  const std::vector<std::string> columns = {"no", "zone", "state", "areaSquareMetres"};
  return {{"get", [=](const Database& d, uint64_t seed) { return Gets(d, records, seed); }},
          {"scan of records",
           [=](const Database& d, uint64_t) { return Rows(d, Query("permit").Select(columns)); }},
          {"scan of an index",
           [=](const Database& d, uint64_t) {
             return Rows(d, Query("permit").UseIndex("byState").Select({"state", "validTo", "no"}));
           }},
          {"index to record", [=](const Database& d, uint64_t) {
             return Rows(d, Query("permit").UseIndex("byZone").OrderBy("zone").Select(columns));
           }}};
}

Digest Measure(const Task& task, const Database& database, uint64_t seed, Samples* samples) {
  const auto started = std::chrono::steady_clock::now();
  const Digest digest = task.run(database, seed);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  samples->Add(took.count());
  return digest;
}

// Measures both databases and prints the ratios.
void Compare(const char* when, const Database& few, const Database& many, const Options& options) {
  std::vector<Task> tasks = Tasks(options.records);
  for (int i = 0; i < options.repetitions; ++i) {
    const auto seed = static_cast<uint64_t>(i);
    for (Task& task : tasks) {
      const Digest a = Measure(task, few, seed, &task.few);
      const Digest b = Measure(task, many, seed, &task.many);
      if (a.value() != b.value() || a.rows() != b.rows()) Fail("the answers differ");
    }
  }
  std::printf("\n%s: milliseconds, median (least to most), and the ratio of the medians\n", when);
  for (const Task& task : tasks) {
    std::printf("  %-18s 1 version %s   %llu versions %s   ratio %.3f\n", task.name,
                task.few.ToString().c_str(), static_cast<unsigned long long>(options.versions),
                task.many.ToString().c_str(), task.many.median() / task.few.median());
  }
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  auto few = Fill(workspace.Fresh("few"), options, options.versions);
  auto many = Fill(workspace.Fresh("many"), options, 1);
  std::printf("machine: %s\noptions: %llu records with 1 and with %llu versions, %d repetitions\n",
              MachineName().c_str(), static_cast<unsigned long long>(options.records),
              static_cast<unsigned long long>(options.versions), options.repetitions);
  Compare("right after the writes", *few, *many, options);
  std::this_thread::sleep_for(kRest);
  // Opened again, both read from files; the few would otherwise still be in memory.
  few.reset();
  many.reset();
  few = Must(Database::Open(workspace.folder() / "few" / "db"));
  many = Must(Database::Open(workspace.folder() / "many" / "db"));
  Compare("after a rest", *few, *many, options);
  std::printf("\ndisk: %llu and %llu bytes\n",
              static_cast<unsigned long long>(Must(few->Stats()).disk_bytes),
              static_cast<unsigned long long>(Must(many->Stats()).disk_bytes));
  return 0;
}

Options OptionsOf(int argc, char** argv) {
  Options options;
  CLI::App app;
  app.add_option("--records", options.records);
  app.add_option("--versions", options.versions);
  app.add_option("--repetitions", options.repetitions);
  app.add_option("--folder", options.folder);
  Parse(&app, argc, argv);
  if (options.records == 0 || options.versions == 0 || options.repetitions < 1)
    Fail("options out of range");
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  return daftar::bench::Run(daftar::bench::OptionsOf(argc, argv));
}
