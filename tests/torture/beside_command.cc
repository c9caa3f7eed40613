// beside: a process that reads while another one writes.
//
// The writer moves money between accounts and never makes or loses any; a reader in another process
// catches up all the time and adds everything up, by the records and by an index, now and as of
// earlier commits. Every sum must be the same. The writer runs as often without a reader, so that
// its latencies with and without one can be compared.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daftar/database.h"
#include "torture/commands.h"
#include "torture/follower.h"

namespace daftar::torture {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 4;  // of a phase without and one with a reader
constexpr std::chrono::microseconds kBetweenCommits(500);

struct Options {
  Common common;
  double seconds = 120;  // of all phases with a reader
};

// Commit latencies of one kind of phase, in microseconds.
class Latencies {
 public:
  void Add(Clock::duration latency) {
    values_.push_back(std::chrono::duration<double, std::micro>(latency).count());
  }
  double Percentile(double share) {
    if (values_.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values_.size() - 1));
    std::nth_element(values_.begin(), values_.begin() + at, values_.end());
    return values_[static_cast<size_t>(at)];
  }
  size_t size() const { return values_.size(); }

 private:
  std::vector<double> values_;
};

// Moves money for so long.
absl::Status Write(Database& database, std::mt19937_64& random, double seconds,
                   Latencies* latencies) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    const auto started = Clock::now();
    const auto moved = database.Transact(
        [&](Transaction& transaction) { return MoveMoney(transaction, random()); });
    if (!moved.ok()) return moved.status();
    latencies->Add(Clock::now() - started);
    std::this_thread::sleep_for(kBetweenCommits);
  }
  return absl::OkStatus();
}

// Runs this program anew as the reader, since a forked copy lacks the threads of the store; its
// pid.
pid_t StartReader(const std::filesystem::path& folder, const std::string& plant) {
  const pid_t child = fork();
  if (child != 0) return child;
  execl("/proc/self/exe", "daftar_torture", "follow", folder.c_str(), plant.c_str(), nullptr);
  _exit(kCannotRun);
}

ExitCode Report(const std::filesystem::path& folder, Latencies* alone, Latencies* beside) {
  const FollowerCounts counts = ReadFollowerCounts(folder);
  const double alone_p99 = alone->Percentile(0.99);
  const double beside_p99 = beside->Percentile(0.99);
  std::printf("beside: %zu commits without a reader, %zu with one\n", alone->size(),
              beside->size());
  std::printf(
      "  commit latency, median and p99: %.0f and %.0f us without, %.0f and %.0f us with; "
      "p99 ratio %.3f\n",
      alone->Percentile(0.5), alone_p99, beside->Percentile(0.5), beside_p99,
      beside_p99 / alone_p99);
  std::printf("  reader: %llu states checked, %llu violations, lag p99 %.0f ms, at most %.0f ms\n",
              static_cast<unsigned long long>(counts.states),
              static_cast<unsigned long long>(counts.violations), counts.lag_p99_ms,
              counts.lag_max_ms);
  if (counts.violations > 0 || counts.states == 0) return kViolation;
  return counts.lag_max_ms < 1000 ? kClean : kViolation;
}

ExitCode Run(const Options& options) {
  std::string pattern = (options.common.folder / "daftar-beside-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return kCannotRun;
  const std::filesystem::path folder = pattern;
  std::printf("beside: seed %llu\n", static_cast<unsigned long long>(options.common.seed));
  std::mt19937_64 random(options.common.seed);
  Latencies alone;
  Latencies beside;
  absl::Status status;
  {
    auto database = MakeAccounts(folder);
    status = database.status();
    const double each = options.seconds / kRounds;
    for (int round = 0; round < kRounds && status.ok(); ++round) {
      status = Write(**database, random, each, &alone);
      if (!status.ok()) break;
      const pid_t reader = StartReader(folder, options.common.plant);
      status = Write(**database, random, each, &beside);
      std::ofstream(folder / "stop") << "stop";
      int ended = 0;
      waitpid(reader, &ended, 0);
      std::filesystem::remove(folder / "stop");
      if (status.ok() && (!WIFEXITED(ended) || WEXITSTATUS(ended) > kViolation)) {
        status = absl::InternalError("the reader ended with an error");
      }
    }
  }
  if (!status.ok()) {
    std::printf("beside: %s\n", status.ToString().c_str());
    return kViolation;
  }
  const ExitCode code = Report(folder, &alone, &beside);
  if (code == kClean) std::filesystem::remove_all(folder);
  return code;
}

}  // namespace

void AddBeside(CLI::App* app, Runner* runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app->add_subcommand("beside", "A reader in another process sees whole states only, soon");
  AddCommon(command, &options->common, {"read-two-states"});
  command->add_option("--seconds", options->seconds, "with a reader; as long again without")
      ->capture_default_str();
  command->callback([=] { *runner = [=] { return Run(*options); }; });

  auto folder = std::make_shared<std::string>();
  auto plant = std::make_shared<std::string>();
  CLI::App* follow = app->add_subcommand("follow", "The reader of `beside`")->group("");
  follow->add_option("FOLDER", *folder)->required();
  follow->add_option("PLANT", *plant);
  follow->callback(
      [=] { *runner = [=] { return static_cast<ExitCode>(RunFollower(*folder, *plant)); }; });
}

}  // namespace daftar::torture
