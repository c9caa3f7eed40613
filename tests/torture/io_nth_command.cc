
#include <array>
#include <atomic>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/child.h"
#include "torture/commands.h"
#include "torture/io_trial.h"
#include "torture/run.h"

namespace daftar::torture {
namespace {

using testing::IoFailure;
using testing::IoFault;

enum Count : size_t { kTrials, kRefused, kWentThrough, kSeriesDone };
constexpr unsigned kPatienceSeconds = 60;  // of a trial
constexpr size_t kSeriesMax = 256;

constexpr std::array<std::pair<const char*, IoOperation>, 6> kOperations = {{
    {"open", IoOperation::kOpen},
    {"commit", IoOperation::kCommit},
    {"flush", IoOperation::kFlush},
    {"compaction", IoOperation::kCompaction},
    {"bulk", IoOperation::kBulk},
    {"close", IoOperation::kClose},
}};
constexpr std::array<std::pair<const char*, unsigned>, 4> kKinds = {{
    {"read", testing::kIoRead},
    {"write", testing::kIoWrite},
    {"sync", testing::kIoSync},
    {"name", testing::kIoName},
}};

struct Options {
  Common common;
  std::string operation = "all";
  uint64_t every = 1;
  uint64_t first = 0;  // 0: chosen by the seed
};

// One operation and one way to fail, for every n.
struct Series {
  std::string name;
  IoOperation operation;
  IoFault fault;
};

class IoSeries final : public Items {
 public:
  IoSeries(const Options& options, Board* board) : options_(options), board_(board) {
    const bool ignore = options_.common.plant == "ignore-error";
    for (const auto& [name, operation] : kOperations) {
      if (options_.operation != "all" && options_.operation != name) continue;
      for (const auto& [kind_name, kind] : kKinds) {
        const bool takes_space = kind == testing::kIoWrite || kind == testing::kIoName;
        if (ignore && kind != testing::kIoWrite) continue;
        for (const bool persistent : {false, true}) {
          const std::string full =
              absl::StrCat(name, ", ", kind_name, persistent ? ", from then on" : ", once");
          const IoFailure failure = ignore ? IoFailure::kIgnored : IoFailure::kError;
          series_.push_back({full, operation, {kind, 1, persistent, failure}});
          if (!takes_space || ignore) continue;
          series_.push_back(
              {full + ", no space", operation, {kind, 1, persistent, IoFailure::kNoSpace}});
        }
      }
    }
  }

  absl::Status Prepare(const std::filesystem::path& folder) override {
    PrepareOptions prepare;
    prepare.seed = options_.common.seed;
    prepare.commits = {4, 4, 4, 6};  // Three young files and a log: one more makes a compaction.
    prepare.workload.bulk_percent = 0;
    return ledger_.Prepare(folder, prepare);
  }
  uint64_t count() const override { return series_.size(); }
  std::string Describe(uint64_t item) const override {
    return absl::StrCat(series_[item].name, ", n = ", at_->at(item).load());
  }

  void Run(uint64_t item, const std::filesystem::path& folder) override {
    const uint64_t first = options_.first > 0    ? options_.first
                           : options_.every == 1 ? 1
                                                 : 1 + options_.common.seed % options_.every;
    for (uint64_t nth = first; !board_->stop(); nth += options_.every) {
      at_->at(item) = nth;
      ExpectProgressWithin(kPatienceSeconds);
      IoTrial::Options trial_options{series_[item].operation, series_[item].fault,
                                     MixSeed({options_.common.seed, nth})};
      trial_options.fault.nth = nth;
      IoTrial trial(ledger_, folder / "ledger", trial_options);
      const absl::Status status = trial.Run();
      board_->Add(kTrials);
      board_->Add(trial.said().empty() ? kWentThrough : kRefused);
      if (!status.ok()) {
        board_->AddViolation(absl::StrCat(Describe(item), ": ", status.ToString(),
                                          trial.said().empty() ? "" : "; said: ", trial.said()));
      }
      if (trial.failures() == 0) break;
    }
    board_->Add(kSeriesDone);
  }

 private:
  const Options& options_;
  Board* const board_;
  PreparedLedger ledger_;
  std::vector<Series> series_;
  const Shared<std::array<std::atomic<uint64_t>, kSeriesMax>> at_;  // n of each series
};

ExitCode RunIoNth(const Options& options) {
  Board board({"trials", "refused", "went through", "series"}, options.common.violations_max);
  IoSeries series(options, &board);
  return RunItems("ionth", options.common, &board, &series, kPatienceSeconds);
}

}  // namespace

void AddIoNth(CLI::App* app, Runner* runner) {
  CLI::App* command = app->add_subcommand("ionth", "the n-th call of the file system fails");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"ignore-error"});
  AddProcesses(command, &options->common);
  command->add_option("--op", options->operation, "what is done meanwhile")
      ->check(CLI::IsMember({"all", "open", "commit", "flush", "compaction", "bulk", "close"}))
      ->capture_default_str();
  command->add_option("--every", options->every, "tries only each so-many-th call")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--first", options->first, "the first call that is tried")
      ->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return RunIoNth(*options); }; });
}

}  // namespace daftar::torture
