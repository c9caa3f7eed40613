// daftar_bench: Daftar and its peers on the same registry, with the same durability, in one run.
// README.md says how to read what it prints.

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "bench/options.h"
#include "bench/sqlite.h"
#include "bench/tasks/tasks.h"
#include "bench/workspace.h"
#include "bench/ycsb/compare.h"

namespace daftar::bench {

Peers MakePeers(const RunOptions& options, const std::filesystem::path& folder) {
  Peers peers;
  peers.push_back(NewDaftarPeer(folder / "Daftar", options.cache_bytes()));
  if (Among(options.peers, "SQLite"))
    peers.push_back(NewSqlitePeer(folder / "SQLite", options.cache_bytes()));
  if (Among(options.peers, "RocksDB")) {
    peers.push_back(NewRocksPeer(folder / "RocksDB", options.cache_bytes(), folder / "Daftar"));
  }
  if (Among(options.peers, "LMDB")) {
    peers.push_back(NewLmdbPeer(folder / "LMDB", folder / "Daftar"));
  }
  if (Among(options.peers, "DuckDB") && !options.duckdb.empty()) {
    peers.push_back(NewDuckPeer(folder / "DuckDB", options.duckdb));
  }
  return peers;
}

namespace {

void Write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) Fail("cannot write " + file.string());
}

void Print(const RunOptions& options, const Report& report) {
  const std::string text = AsText(report);
  std::fputs(text.c_str(), stdout);
  if (options.report.empty()) return;
  std::filesystem::create_directories(options.report);
  Write(options.report / "bench.txt", text);
  Write(options.report / "bench.json", AsJson(report));
  Write(options.report / "bench.svg", AsSvg(report));
  std::printf("written: bench.txt, bench.json and bench.svg in %s\n", options.report.c_str());
}

void Say(const char* what) { std::fprintf(stderr, "[bench] %s\n", what); }

Report NewReport(const RunOptions& options, const std::string& command, const Peers& peers) {
  Report report;
  report.context = {{"machine", MachineName()},
                    {"commit", options.commit},
                    {"command", command},
                    {"rows", absl::StrCat(options.rows, " permits, seed ", kSeed, ", ",
                                          options.repetitions, " repetitions")}};
  for (const auto& peer : peers) report.context.emplace_back(peer->name(), peer->Settings());
  if (options.duckdb.empty()) report.skipped.emplace_back("DuckDB", options.duckdb_missing);
  return report;
}

int Compare(RunOptions options, const std::string& command) {
  const Workspace workspace(options.folder);
  options.folder = workspace.folder();
  const Dataset dataset = DatasetOf(options.rows, workspace.Fresh("data"));
  WriteFiles(dataset);
  const Peers peers = MakePeers(options, options.folder);
  Report report = NewReport(options, command, peers);
  Say("loading");
  if (Wanted(options, "load")) {
    CompareLoads(options, dataset, peers, &report);
  } else {
    for (const auto& peer : peers) peer->Load(dataset);
  }
  if (Wanted(options, "memory")) {
    Say("memory");
    CompareMemory(options, dataset, peers, &report);
  }
  for (const auto& peer : peers) peer->Open();
  Say("questions");
  CompareQuestions(options, dataset, peers, &report);
  if (options.against > 0) {
    Say("two sizes");
    CompareSizes(options, dataset, *peers.front(), options.folder / "other", &report);
  }
  if (Wanted(options, "commits")) {
    Say("commits");
    CompareCommits(options, dataset, peers, &report);
  }
  for (const auto& peer : peers) peer->Close();
  if (Wanted(options, "ycsb")) {
    Say("YCSB");
    ycsb::CompareWorkloads(options, options.folder / "ycsb", &report);
  }
  Print(options, report);
  return 0;
}

// In a process of its own, which another one measures.
int AskOne(const RunOptions& options) {
  for (const auto& peer : MakePeers(options, options.folder)) {
    if (peer->name() == options.memory_of) {
      MeasureMemory(options, DatasetOf(options.rows, options.data), *peer);
      return 0;
    }
  }
  Fail("no such peer: " + options.memory_of);
}

void AddOptions(CLI::App* app, RunOptions* options) {
  app->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app->add_option("--rows", options->rows, "permits; 100000 unless stated")
      ->envname("DAFTAR_BENCH_ROWS")
      ->check(CLI::Range(100, 50000000));
  app->add_option("--against", options->against, "also compare Daftar with so many permits")
      ->check(CLI::Range(100, 50000000));
  app->add_option("--repetitions", options->repetitions, "how often each task is measured")
      ->check(CLI::Range(1, 1000));
  app->add_option("--seconds", options->seconds, "how long commits are measured")
      ->check(CLI::PositiveNumber);
  app->add_option("--cache", options->cache_mib, "MiB of it for each peer; 128 unless stated")
      ->check(CLI::Range(1, 1 << 20));
  app->add_option("--operations", options->operations, "of each YCSB workload")
      ->check(CLI::PositiveNumber);
  app->add_option("--only", options->only, "groups of rows")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::IsMember({"load", "memory", "reads", "analytics", "commits", "ycsb", "none"}));
  app->add_option("--task", options->task, "questions whose names begin like this");
  app->add_option("--peers", options->peers, "beside Daftar; all of them unless stated")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::IsMember({"SQLite", "RocksDB", "LMDB", "DuckDB", "none"}));
  app->add_option("--folder", options->folder, "where the databases are made");
  app->add_option("--report", options->report, "folder for bench.txt, bench.json and bench.svg");
  app->add_option("--commit", options->commit, "what was built, for the report");
  app->add_option("--duckdb", options->duckdb, "its shared library");
  app->add_option("--duckdb-missing", options->duckdb_missing, "why there is none");
  app->add_option("--memory-of", options->memory_of)->group("");
  app->add_option("--data", options->data)->group("");
}

int Main(int argc, char** argv) {
  RunOptions options;
  CLI::App app("Daftar beside SQLite, RocksDB, LMDB and DuckDB", "daftar_bench");
  AddOptions(&app, &options);
  Parse(&app, argc, argv);
  RequireMeasurable();
  ConfigureSqlite();
  if (!options.memory_of.empty()) return AskOne(options);
  return Compare(options, absl::StrJoin(argv + 1, argv + argc, " "));
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) { return daftar::bench::Main(argc, argv); }
