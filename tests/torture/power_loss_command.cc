// Databases in a file system that loses power: what was not synced is gone in part. Each database
// goes through many losses, also while it recovers from the one before.

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/power_loss_file_system.h"
#include "torture/checker.h"
#include "torture/commands.h"
#include "torture/open_ledger.h"
#include "torture/run.h"
#include "torture/writers.h"

namespace daftar::torture {
namespace {

using testing::NameLoss;
using testing::PowerLoss;
using testing::PowerLossFileSystem;
using testing::Spoiling;

enum Count : size_t {
  kLosses,
  kWhileOpening,
  kWhileWriting,
  kWhileClosed,
  kSpoiled,
  kRefused,
  kNamesLost,
  kBytesLost,
  kCommits,
  kCommitsLost,
  kDatabases
};

constexpr uint64_t kLossesPerDatabase = 25;
constexpr unsigned kPatienceSeconds = 120;
constexpr uint64_t kSpoiledPercent = 15;

struct Options {
  Common common;
  uint64_t cycles = 1000;
  uint64_t first = 0;
};

class Machine {
 public:
  // `attempt`: how many databases of this number were given up before.
  Machine(const Options& options, uint64_t number, uint64_t attempt,
          const std::filesystem::path& folder, Board* board)
      : options_(options),
        folder_(folder),
        board_(board),
        choices_(MixSeed({options.common.seed, number, attempt})) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "db");
    std::filesystem::create_directories(folder_ / "spill");
    disk_ = std::make_shared<PowerLossFileSystem>(folder_ / "db");
  }

  // Loses power until `*losses_left` is 0 or the database has to be given up.
  absl::Status Run(uint64_t* losses_left) {
    board_->Add(kDatabases);
    while (*losses_left > 0 && !board_->stop()) {
      DAFTAR_RETURN_IF_ERROR(RunUntilLoss());
      if (given_up_) return absl::OkStatus();
      LosePower();
      --*losses_left;
    }
    disk_->CutPowerAt(0);
    return RunUntilLoss();  // Nothing is left unchecked.
  }

 private:
  // Uses the database until the power goes, or for a while.
  absl::Status RunUntilLoss() {
    // Opening takes some dozens of changes; a commit two or three.
    if (loss_.has_value()) disk_->CutPowerAt(1 + choices_.Below(choices_.Percent(30) ? 60 : 500));
    OpenLedgerOptions open;
    open.may_create = !created_;
    open.file_system = disk_;
    open.faults.skip_sync = options_.common.plant == "skip-sync";
    auto core = OpenLedger(folder_ / "db", open);
    absl::Status status = core.status();
    if (status.ok()) {
      created_ = true;
      status = CheckWhatIsLeft(**core);
    }
    if (disk_->power_is_off()) {
      if (IsWrongAnswer(status)) return status;
      board_->Add(kWhileOpening);
      return absl::OkStatus();
    }
    if (absl::IsDataLoss(status) && loss_.has_value() && loss_->files_with_garbage > 0) {
      // Garbage after the last record cannot be told from damage to it: for people to decide.
      board_->Add(kRefused);
      given_up_ = true;
      return absl::OkStatus();
    }
    DAFTAR_RETURN_IF_ERROR(status);
    Write(core->get());
    core->reset();
    board_->Add(disk_->power_is_off() ? kWhileWriting : kWhileClosed);
    return absl::OkStatus();
  }

  absl::Status CheckWhatIsLeft(const txn::Core& core) {
    const std::vector<LoggedOp> session = log_.Read();
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<uint64_t> order, ReadOrder(core, model_.last()));
    DAFTAR_RETURN_IF_ERROR(
        CheckSession(session, model_.last(), order, {.buffered_may_be_lost = true}));
    Model model = model_;
    Adopt(session, order, &model);
    DAFTAR_RETURN_IF_ERROR(CheckLedger(core, model, {}, &choices_));
    if (session.size() > order.size()) board_->Add(kCommitsLost, session.size() - order.size());
    model_ = std::move(model);
    log_.Clear();
    ++session_;
    return absl::OkStatus();
  }

  void Write(txn::Core* core) {
    WritersOptions options;
    options.commits = choices_.Between(1, 120);
    options.threads = choices_.Percent(70) ? 1 : 2;
    options.session = session_;
    options.seed = choices_.Next();
    options.spill_folder = folder_ / "spill";
    options.workload.buffered_percent = choices_.Percent(50) ? 20 : 90;
    options.stop = [this] { return disk_->power_is_off() || board_->stop(); };
    options.may_fail = [this](const absl::Status&) { return disk_->power_is_off(); };
    board_->Add(kCommits, RunWriters(core, model_, &log_, options));
  }

  void LosePower() {
    const bool spoil = choices_.Percent(kSpoiledPercent);
    const NameLoss names = choices_.Percent(10) ? NameLoss::kNewFiles : NameLoss::kRandom;
    loss_ =
        disk_->RestorePower(choices_.engine(), spoil ? Spoiling::kGarbage : Spoiling::kNone, names);
    board_->Add(kLosses);
    if (loss_->files_with_garbage > 0) board_->Add(kSpoiled);
    board_->Add(kNamesLost, static_cast<uint64_t>(loss_->name_changes_lost));
    board_->Add(kBytesLost, loss_->bytes_lost);
  }

  const Options& options_;
  const std::filesystem::path folder_;
  Board* const board_;
  Choices choices_;
  std::shared_ptr<PowerLossFileSystem> disk_;
  std::optional<PowerLoss> loss_;  // the last one
  Model model_;
  OpLog log_;  // since the model
  uint64_t session_ = 1;
  bool created_ = false;
  bool given_up_ = false;
};

class Machines final : public Items {
 public:
  Machines(const Options& options, Board* board) : options_(options), board_(board) {}
  absl::Status Prepare(const std::filesystem::path& /*folder*/) override {
    return absl::OkStatus();
  }
  uint64_t count() const override {
    return (options_.cycles + kLossesPerDatabase - 1) / kLossesPerDatabase;
  }
  std::string Describe(uint64_t item) const override {
    return absl::StrCat("database ", options_.first + item);
  }
  void Run(uint64_t item, const std::filesystem::path& folder) override {
    absl::Status status;
    uint64_t losses_left = kLossesPerDatabase;
    for (uint64_t attempt = 0; status.ok() && losses_left > 0 && !board_->stop(); ++attempt) {
      status = Machine(options_, options_.first + item, attempt, folder / "ledger", board_)
                   .Run(&losses_left);
    }
    if (status.ok()) return;
    board_->AddViolation(
        absl::StrCat(Describe(item), " in ", folder.string(), ": ", status.ToString()));
  }

 private:
  const Options& options_;
  Board* const board_;
};

ExitCode RunPowerLoss(const Options& options) {
  Board board(
      {"losses", "while opening", "while writing", "while closed", "with garbage", "refused then",
       "name changes lost", "bytes lost", "commits", "commits lost", "databases"},
      options.common.violations_max);
  Machines machines(options, &board);
  return RunItems("powerloss", options.common, &board, &machines, kPatienceSeconds);
}

}  // namespace

void AddPowerLoss(CLI::App* app, Runner* runner) {
  CLI::App* command = app->add_subcommand("powerloss", "the machine loses power at any moment");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"skip-sync"});
  AddProcesses(command, &options->common);
  command->add_option("--cycles", options->cycles, "how often the power goes, at least")
      ->capture_default_str();
  command->add_option("--first", options->first, "the number of the first database")
      ->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return RunPowerLoss(*options); }; });
}

}  // namespace daftar::torture
