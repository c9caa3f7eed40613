// A child opens the database, checks what it finds against what the killed child before it was
// told, and commits until it is killed. The parent keeps the model and never opens a store itself:
// RocksDB's threads would not survive in its children.

#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/checker.h"
#include "torture/child.h"
#include "torture/commands.h"
#include "torture/open_ledger.h"
#include "torture/run.h"
#include "torture/writers.h"

namespace daftar::torture {
namespace {

using std::chrono::microseconds;

enum Count : size_t {
  kCycles,
  kKilledOpening,
  kKilledWriting,
  kKilledClosing,
  kClosedFirst,
  kCommits,
  kDatabases
};

constexpr int kThreadsMax = 3;
constexpr size_t kOrderMax = 1 << 14;
// A database that holds more than this many values is replaced by a new one.
constexpr size_t kValuesMax = 6000;
constexpr microseconds kWritingMax(25'000);
constexpr unsigned kPatienceSeconds = 60;

enum class Phase : int { kOpening, kWriting, kClosing, kClosed };

// What a child tells its parent; stays when the child is killed.
struct Told {
  std::atomic<Phase> phase;
  std::atomic<bool> created;  // the database was made
  std::atomic<size_t> found;  // commits of the session before
  uint64_t order[kOrderMax];  // their ids
};

struct Options {
  Common common;
  uint64_t cycles = 1000;
};

class KillProcess {
 public:
  KillProcess(const Options& options, int process, const std::filesystem::path& folder,
              Board* board)
      : options_(options),
        folder_(folder),
        board_(board),
        choices_(MixSeed({options.common.seed, static_cast<uint64_t>(process)})) {}

  // Cycles until all processes together have made enough of them.
  void Run() {
    while (board_->count(kCycles) < options_.cycles && !board_->stop()) {
      if (session_ == 0 || model_.values() > kValuesMax) Renew();
      Cycle();
    }
    if (!board_->stop()) LastCheck();
  }

 private:
  OpLog& log() { return logs_[session_ % 2]; }
  OpLog& log_before() { return logs_[(session_ + 1) % 2]; }

  void Renew() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "spill");
    model_ = Model();
    told_->created = false;
    log().Clear();
    log_before().Clear();
    session_ = std::max<uint64_t>(session_, 1);
    board_->Add(kDatabases);
  }

  void Cycle() {
    told_->phase = Phase::kOpening;
    const uint64_t seed = choices_.Next();
    const pid_t child = StartChild([&] { return ChildMain(seed); });
    if (choices_.Percent(20)) {
      SleepUpTo(opening_ * 3 / 2);
    } else {
      AwaitWriting(child);
      SleepUpTo(kWritingMax);
    }
    kill(child, SIGKILL);
    Finish(WaitFor(child));
  }

  void SleepUpTo(microseconds longest) {
    const auto limit = static_cast<uint64_t>(longest.count()) + 1;
    std::this_thread::sleep_for(microseconds(choices_.Below(limit)));
  }

  // Until the child writes or has ended, which is then seen by whoever waits for it.
  void AwaitWriting(pid_t child) {
    const auto start = std::chrono::steady_clock::now();
    while (told_->phase == Phase::kOpening && !HasEnded(child)) {
      std::this_thread::sleep_for(microseconds(200));
    }
    opening_ = std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - start);
  }

  void Finish(const ChildEnd& end) {
    board_->Add(kCycles);
    const Phase phase = told_->phase;
    if (end.signal == SIGKILL) {
      board_->Add(phase == Phase::kOpening   ? kKilledOpening
                  : phase == Phase::kWriting ? kKilledWriting
                                             : kKilledClosing);
    } else if (end.clean()) {
      board_->Add(kClosedFirst);
    } else {
      board_->AddViolation(absl::StrCat("session ", session_, " in ", folder_.string(),
                                        ": the process ended with ", end.Describe()));
    }
    if (phase == Phase::kOpening || board_->stop()) return;
    // The child has found what the one before left, and has gone on from there.
    Adopt(log_before().Read(), std::vector<uint64_t>(told_->order, told_->order + told_->found),
          &model_);
    ++session_;
    log().Clear();
  }

  // What the last session left.
  void LastCheck() {
    told_->phase = Phase::kOpening;
    const ChildEnd end = WaitFor(StartChild([&] {
      ExpectProgressWithin(kPatienceSeconds);
      Choices choices(session_);
      if (auto core = OpenAndCheck(&choices); !core.ok()) Report(core.status());
      return 0;
    }));
    if (!end.clean()) board_->AddViolation(absl::StrCat("last check: ", end.Describe()));
  }

  void Report(const absl::Status& status) {
    board_->AddViolation(
        absl::StrCat("session ", session_, " in ", folder_.string(), ": ", status.ToString()));
  }

  int ChildMain(uint64_t seed) {
    ExpectProgressWithin(kPatienceSeconds);
    Choices choices(seed);
    auto core = OpenAndCheck(&choices);
    if (!core.ok()) {
      Report(core.status());
      return 0;
    }
    told_->phase = Phase::kWriting;
    Write(core->get(), &choices);
    told_->phase = Phase::kClosing;
    core->reset();
    told_->phase = Phase::kClosed;
    return 0;
  }

  // Opens the database and checks what the session before left.
  absl::StatusOr<std::unique_ptr<txn::Core>> OpenAndCheck(Choices* choices) {
    OpenLedgerOptions open;
    open.may_create = model_.last().value() == 0 && !told_->created;
    open.faults.drop_index_entry = options_.common.plant == "drop-index-entry";
    open.faults.drop_group = options_.common.plant == "drop-group";
    open.faults.drop_history = options_.common.plant == "drop-history";
    DAFTAR_ASSIGN_OR_RETURN(auto core, OpenLedger(folder_ / "db", open));
    told_->created = true;
    const std::vector<LoggedOp> before = log_before().Read();
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<uint64_t> order, ReadOrder(*core, model_.last()));
    DAFTAR_RETURN_IF_ERROR(CheckSession(before, model_.last(), order, {}));
    Adopt(before, order, &model_);
    DAFTAR_RETURN_IF_ERROR(CheckLedger(*core, model_, {}, choices));
    if (order.size() > kOrderMax) return WrongAnswer("more commits than there can be");
    std::copy(order.begin(), order.end(), told_->order);
    told_->found = order.size();
    return core;
  }

  void Write(txn::Core* core, Choices* choices) {
    WritersOptions options;
    // Some have so little to do that they are closing when they are killed.
    options.commits = choices->Percent(20) ? choices->Below(12) : choices->Between(20, 400);
    options.threads = choices->Percent(60) ? 1 : choices->Between(2, kThreadsMax);
    options.session = session_;
    options.seed = choices->Next();
    options.spill_folder = folder_ / "spill";
    options.stop = [this] {
      board_->Add(kCommits);
      return board_->stop();
    };
    options.plant_lost_acknowledgement = options_.common.plant == "lose-ack";
    RunWriters(core, model_, &log(), options);
  }

  const Options& options_;
  const std::filesystem::path folder_;
  Board* const board_;
  Choices choices_;
  Model model_;  // with all sessions but the last
  uint64_t session_ = 0;
  std::array<OpLog, 2> logs_;
  const Shared<Told> told_;
  microseconds opening_{5000};  // how long it took last
};

ExitCode RunKill(const Options& options) {
  Board board({"cycles", "killed while opening", "killed while writing", "killed while closing",
               "closed before the kill", "commits tried", "databases"},
              options.common.violations_max);
  return RunProcesses("kill", options.common, &board,
                      [&](int process, const std::filesystem::path& folder) {
                        KillProcess(options, process, folder / "ledger", &board).Run();
                      });
}

}  // namespace

void AddKill(CLI::App* app, Runner* runner) {
  CLI::App* command = app->add_subcommand("kill", "processes that write are killed at any moment");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common,
            {"drop-index-entry", "drop-group", "drop-history", "lose-ack"});
  AddProcesses(command, &options->common);
  command->add_option("--cycles", options->cycles, "how many are killed")->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return RunKill(*options); }; });
}

}  // namespace daftar::torture
