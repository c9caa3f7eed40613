// `daftar_torture history`: are transactions on many threads strictly serializable?

#include <unistd.h>

#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "torture/book.h"
#include "torture/commands.h"
#include "torture/history_check.h"
#include "torture/history_run.h"
#include "torture/replay.h"

namespace daftar::torture {
namespace {

struct Options {
  Common common;
  size_t transactions = 200'000;
  // A history is checked as a whole: this bounds the memory that it takes.
  size_t round = 50'000;
  int threads = 8;
  bool memory = false;
};

struct Totals {
  size_t recorded = 0;
  std::map<std::string, size_t> outcomes;
  size_t tried = 0;    // transactions and batches
  size_t aborted = 0;  // of them
  size_t commits = 0;  // that wrote something
  size_t writes = 0;
  double seconds = 0;
  size_t replayed = 0;
  CheckCounts counts;
  Findings findings;
};

const char* NameOf(const Recorded& recorded) {
  if (recorded.kind == Kind::kView) return "reads of the newest state";
  if (recorded.kind == Kind::kPast) return "reads of an earlier state";
  switch (recorded.outcome) {
    case Outcome::kCommitted:
      return recorded.wrote() ? "committed with writes" : "committed without";
    case Outcome::kAborted:
      return "aborted";
    case Outcome::kRefused:
      return "refused for a unique value";
  }
  return "";
}

void Count(const HistoryRun& run, Totals* totals) {
  totals->recorded += run.history.size();
  totals->writes += run.writes;
  totals->seconds += run.seconds;
  for (const Recorded& recorded : run.history) {
    ++totals->outcomes[NameOf(recorded)];
    if (recorded.wrote()) ++totals->commits;
    if (recorded.kind != Kind::kTransaction) continue;
    ++totals->tried;
    if (recorded.outcome == Outcome::kAborted) ++totals->aborted;
  }
}

absl::Status RunRound(const Options& options, size_t round, size_t transactions, Totals* totals) {
  HistoryOptions run_options;
  run_options.seed = options.common.seed + round;
  run_options.transactions = transactions;
  run_options.threads = options.threads;
  run_options.faults = FaultsOf(options.common.plant);
  if (!options.memory) {
    run_options.directory =
        options.common.folder / absl::StrCat("daftar-history-", getpid(), "-", round);
  }
  absl::StatusOr<HistoryRun> run = RunHistory(run_options);
  std::error_code ignored;  // what was found is in the history, not in the files
  if (!options.memory) std::filesystem::remove_all(run_options.directory, ignored);
  if (!run.ok()) return run.status();
  Count(*run, totals);
  if (!run->verified) totals->findings.Add("verify", [] { return "records and indexes differ"; });
  for (const std::string& failure : run->odd_failures) {
    totals->findings.Add("odd failure", [&] { return failure; });
  }
  CheckHistory(run->history, &totals->findings, &totals->counts);
  totals->replayed += Replay(run->history, &totals->findings);
  return absl::OkStatus();
}

void Print(const Options& options, const Totals& totals) {
  std::cout << absl::StrFormat("history: seed %d, %d transactions on %d threads, %s\n",
                               options.common.seed, totals.recorded, options.threads,
                               options.memory ? "in memory" : "RocksDB");
  for (const auto& [name, count] : totals.outcomes) {
    std::cout << absl::StrFormat("  %-28s %10d\n", name, count);
  }
  std::cout << absl::StrFormat(
      "  aborted %.1f %% of %d; %.2f commits a write; %.1f s, %.0f transactions/s\n",
      100.0 * static_cast<double>(totals.aborted) /
          static_cast<double>(std::max<size_t>(1, totals.tried)),
      totals.tried,
      static_cast<double>(totals.commits) / static_cast<double>(std::max<size_t>(1, totals.writes)),
      totals.seconds, static_cast<double>(totals.recorded) / std::max(totals.seconds, 1e-9));
  for (const auto& [name, count] : totals.counts.edges) {
    std::cout << absl::StrFormat("  edges %-22s %10d\n", name, count);
  }
  std::cout << absl::StrFormat("  operations replayed %18d\n", totals.replayed);
  for (const Violation& violation : totals.findings.kept()) {
    std::cout << violation.name << ": " << violation.text << "\n";
  }
  size_t violations = 0;
  for (const auto& [name, count] : totals.findings.counts()) {
    std::cout << absl::StrFormat("  violations: %s %d\n", name, count);
    violations += count;
  }
  std::cout << absl::StrFormat("history: %d violations\n", violations);
}

ExitCode Run(const Options& options) {
  Totals totals;
  size_t round = 0;
  for (size_t done = 0; done < options.transactions; ++round) {
    const size_t now = std::min(options.round, options.transactions - done);
    const absl::Status status = RunRound(options, round, now, &totals);
    if (!status.ok()) {
      std::cout << "history: seed " << options.common.seed << ": " << status << "\n";
      return kViolation;
    }
    done += now;
    if (!options.common.quiet) {
      std::cerr << "history: " << done << " of " << options.transactions << "\n";
    }
    if (!totals.findings.empty()) break;
  }
  Print(options, totals);
  return totals.findings.empty() ? kClean : kViolation;
}

}  // namespace

void AddHistory(CLI::App* app, Runner* runner) {
  auto* command = app->add_subcommand(
      "history", "transactions on many threads: is what they saw explained by a serial order?");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"skip-range-check", "skip-read-set"});
  command->add_option("--transactions", options->transactions)->capture_default_str();
  command->add_option("--round", options->round, "transactions that are checked together")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--threads", options->threads)
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_flag("--memory", options->memory, "in memory instead of RocksDB");
  command->callback([options, runner] { *runner = [options] { return Run(*options); }; });
}

}  // namespace daftar::torture
