// daftar_bench: Daftar and SQLite on the same permits, the same indexes and the same durability.
// README.md says how to read what it prints.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>

#include "bench/engine.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

constexpr uint64_t kRowsDefault = 100000;
// Permits of the commit benchmark are numbered from here, far from those that were loaded.
constexpr uint64_t kFirstNewPermit = 50000000;

struct Options {
  uint64_t rows = kRowsDefault;
  std::filesystem::path folder = std::filesystem::temp_directory_path();
};

struct Peer {
  std::string name;
  std::unique_ptr<Engine> (*make)(const std::filesystem::path& folder);
};
const Peer kPeers[] = {{"Daftar", &NewDaftar}, {"SQLite", &NewSqlite}};

using Ask = std::function<void(Engine& engine, size_t i, Digest* digest)>;

struct Task {
  std::string name;
  size_t questions;
  Ask ask;
};

std::vector<Task> TasksOf(const Questions& q) {
  return {
      {"Get", q.keys.size(), [&q](Engine& e, size_t i, Digest* d) { e.Get(q.keys[i], d); }},
      {"Range", q.ranges.size(), [&q](Engine& e, size_t i, Digest* d) { e.Range(q.ranges[i], d); }},
      {"CoveredRange", q.ranges.size(),
       [&q](Engine& e, size_t i, Digest* d) { e.CoveredRange(q.ranges[i], d); }},
      {"Scan", q.scans.size(), [&q](Engine& e, size_t i, Digest* d) { e.Scan(q.scans[i], d); }},
  };
}

// Prints as ever and keeps the times for the ratios.
class Reporter : public benchmark::ConsoleReporter {
 public:
  Reporter() : ConsoleReporter(isatty(STDOUT_FILENO) != 0 ? OO_Color : OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) continue;
      const std::string& name = run.run_name.function_name;  // BM_<peer>_<task>
      const size_t end = name.find('_', 3);
      double& best = times_[name.substr(end + 1)][name.substr(3, end - 3)];
      const double time = run.real_accumulated_time / static_cast<double>(run.iterations);
      best = best == 0 ? time : std::min(best, time);
    }
    ConsoleReporter::ReportRuns(runs);
  }

  void PrintRatios() {
    std::printf("\nSQLite's time divided by Daftar's (above 1: Daftar is faster)\n");
    for (auto& [task, times] : times_) {
      if (times.size() < 2) continue;
      std::printf("  %-14s %8.2f   Daftar %12.2f us   SQLite %12.2f us\n", task.c_str(),
                  times["SQLite"] / times["Daftar"], times["Daftar"] * 1e6, times["SQLite"] * 1e6);
    }
  }

 private:
  std::map<std::string, std::map<std::string, double>> times_;
};

// Asks both everything once. A speed is worth nothing when the answers differ.
void CompareAnswers(const std::vector<Task>& tasks, Engine& a, Engine& b) {
  std::printf("\nanswers (equal in both)\n");
  for (const Task& task : tasks) {
    Digest first;
    Digest second;
    for (size_t i = 0; i < task.questions; ++i) {
      task.ask(a, i, &first);
      task.ask(b, i, &second);
    }
    if (first.value() != second.value() || first.rows() != second.rows()) {
      Fail("the answers to " + task.name + " differ");
    }
    std::printf("  %-14s %zu questions, %llu rows, digest %016llx\n", task.name.c_str(),
                task.questions, static_cast<unsigned long long>(first.rows()),
                static_cast<unsigned long long>(first.value()));
  }
}

void BM_Ask(benchmark::State& state, Engine& engine, const Task& task) {
  Digest digest;
  size_t i = 0;
  for (auto _ : state) {
    task.ask(engine, i, &digest);
    if (++i == task.questions) i = 0;
  }
  benchmark::DoNotOptimize(digest.value());
  state.counters["rows"] =
      benchmark::Counter(static_cast<double>(digest.rows()), benchmark::Counter::kAvgIterations);
}

void BM_Load(benchmark::State& state, const Peer& peer, const Workspace& workspace,
             const std::filesystem::path& csv, uint64_t rows) {
  for (auto _ : state) {
    state.PauseTiming();
    auto engine = peer.make(workspace.Fresh(peer.name + ".load"));
    state.ResumeTiming();
    engine->Load(csv);
    state.PauseTiming();
    engine.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(static_cast<int64_t>(rows) * state.iterations());
}

void BM_Commit(benchmark::State& state, Engine& engine, uint64_t* next) {
  for (auto _ : state) engine.Insert(MakePermit((*next)++));
}

void PrintContext(const Options& options, const std::filesystem::path& csv,
                  const std::vector<std::unique_ptr<Engine>>& engines) {
  std::printf("machine: %s\n", MachineName().c_str());
  std::printf("options: %llu rows, seed %llu, %ju bytes of CSV, in %s\n",
              static_cast<unsigned long long>(options.rows), static_cast<unsigned long long>(kSeed),
              std::filesystem::file_size(csv), options.folder.c_str());
  for (size_t i = 0; i < engines.size(); ++i) {
    std::printf("%s: %s\n", kPeers[i].name.c_str(), engines[i]->Settings().c_str());
  }
}

int Run(const Options& options) {
  const Workspace workspace(options.folder);
  const std::filesystem::path csv = workspace.folder() / "permits.csv";
  if (!WriteCsv(csv, options.rows)) Fail("cannot write " + csv.string());
  const Questions questions = MakeQuestions(options.rows);
  const std::vector<Task> tasks = TasksOf(questions);
  std::vector<std::unique_ptr<Engine>> engines;  // asked
  std::vector<std::unique_ptr<Engine>> written;  // grow, so that they are not asked
  for (const Peer& peer : kPeers) {
    for (auto* set : {&engines, &written}) {
      const bool asked = set == &engines;
      set->push_back(peer.make(workspace.Fresh(peer.name + (asked ? ".asked" : ".written"))));
      set->back()->Load(csv);
    }
  }
  PrintContext(options, csv, engines);
  CompareAnswers(tasks, *engines[0], *engines[1]);
  std::fflush(stdout);

  std::vector<uint64_t> next(engines.size(), kFirstNewPermit);
  const auto named = [](const Peer& peer, const std::string& task) {
    return "BM_" + peer.name + "_" + task;
  };
  for (size_t i = 0; i < engines.size(); ++i) {
    benchmark::RegisterBenchmark(named(kPeers[i], "Load").c_str(),
                                 [&, i](benchmark::State& state) {
                                   BM_Load(state, kPeers[i], workspace, csv, options.rows);
                                 })
        ->Iterations(3)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(
        named(kPeers[i], "Commit").c_str(),
        [&, i](benchmark::State& state) { BM_Commit(state, *written[i], &next[i]); })
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
    for (const Task& task : tasks) {
      benchmark::RegisterBenchmark(
          named(kPeers[i], task.name).c_str(),
          [&, i](benchmark::State& state) { BM_Ask(state, *engines[i], task); })
          ->UseRealTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
  Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.PrintRatios();
  return 0;
}

// Takes our own options out of the arguments; the rest are Google Benchmark's.
Options ParseOptions(int* argc, char** argv) {
  Options options;
  if (const char* rows = std::getenv("DAFTAR_BENCH_ROWS")) {
    options.rows = std::strtoull(rows, nullptr, 10);
  }
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--rows=")) {
      options.rows = std::strtoull(argv[i] + 7, nullptr, 10);
    } else if (argument.starts_with("--folder=")) {
      options.folder = argument.substr(9);
    } else {
      argv[kept++] = argv[i];
    }
  }
  *argc = kept;
  if (options.rows == 0 || options.rows > kFirstNewPermit) {
    Fail("the number of rows must be from 1 to " + std::to_string(kFirstNewPermit));
  }
  return options;
}

}  // namespace
}  // namespace daftar::bench

int main(int argc, char** argv) {
  daftar::bench::RequireMeasurable();
  const daftar::bench::Options options = daftar::bench::ParseOptions(&argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return daftar::bench::Run(options);
}
