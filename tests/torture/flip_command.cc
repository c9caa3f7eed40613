
#include <unistd.h>

#include <fcntl.h>

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/commands.h"
#include "torture/damage.h"
#include "torture/run.h"

namespace daftar::torture {
namespace {

namespace fs = std::filesystem;

enum Count : size_t { kFlips, kRight, kRefusedOpen, kRefusedRead, kReadOnly };
constexpr DamageCounts kDamageCounts = {kRight, kRefusedOpen, kRefusedRead, kReadOnly};
constexpr unsigned kPatienceSeconds = 30;

struct Options {
  Common common;
  std::string files = "all";
  uint64_t count = 2000;
};

struct Flip {
  std::string file;
  uint64_t byte = 0;
  unsigned bit = 0;
};

void Apply(const Flip& flip, const fs::path& directory) {
  const int file = open((directory / flip.file).c_str(), O_RDWR | O_CLOEXEC);
  uint8_t byte = 0;
  const auto offset = static_cast<off_t>(flip.byte);
  bool done = file >= 0 && pread(file, &byte, 1, offset) == 1;
  byte = static_cast<uint8_t>(byte ^ (1U << flip.bit));
  done = done && pwrite(file, &byte, 1, offset) == 1;
  close(file);
  if (!done) throw std::runtime_error("cannot flip a bit of " + flip.file);
}

class Flips final : public Items {
 public:
  Flips(const Options& options, Board* board) : options_(options), board_(board) {}

  absl::Status Prepare(const fs::path& folder) override {
    PrepareOptions prepare;
    prepare.seed = options_.common.seed;
    // Four sessions make a compaction; those after it leave young files, and the last a log.
    prepare.commits = {6, 6, 6, 6, 8, 12};
    prepare.workload.note_bytes = 200;
    prepare.workload.large_percent = 0;
    prepare.workload.bulk_percent = 6;
    DAFTAR_RETURN_IF_ERROR(ledger_.Prepare(folder, prepare));
    // Every kind is met equally often, however small its files are.
    for (const std::string& name : ledger_.Files()) {
      if (fs::file_size(ledger_.directory() / name) == 0) continue;
      const std::string kind(KindOfFile(name));
      if (options_.files == "all" || options_.files == kind) files_[kind].push_back(name);
    }
    if (files_.empty()) return NotFound("there is no such file");
    if (options_.common.plant == "wrong-model") ledger_.mutable_model().Falsify();
    return absl::OkStatus();
  }

  uint64_t count() const override { return options_.count; }

  std::string Describe(uint64_t item) const override {
    const Flip flip = FlipOf(item);
    return absl::StrCat("flip ", item, ", bit ", flip.bit, " of byte ", flip.byte, " of ",
                        flip.file);
  }

  void Run(uint64_t item, const fs::path& folder) override {
    const fs::path directory = folder / "db";
    ledger_.CopyTo(directory);
    Apply(FlipOf(item), directory);
    if (options_.common.plant == "stale-anchor") {
      fs::copy_file(ledger_.older().front() / "ANCHOR", directory / "ANCHOR",
                    fs::copy_options::overwrite_existing);
    }
    Choices choices(MixSeed({options_.common.seed, item, 1}));
    const DamageOptions how = {
        .read_only = item % 4 == 0, .point_reads = item % 8 == 1, .go_on = item % 16 == 2};
    const absl::Status status =
        CheckDamaged(directory, ledger_, how, kDamageCounts, board_, &choices);
    board_->Add(kFlips);
    if (status.ok()) return;
    ledger_.CopyTo(folder / absl::StrCat("flip-", item));
    Apply(FlipOf(item), folder / absl::StrCat("flip-", item));
    board_->AddViolation(absl::StrCat(Describe(item), ": ", status.ToString()));
  }

 private:
  Flip FlipOf(uint64_t item) const {
    Choices choices(MixSeed({options_.common.seed, item}));
    const auto kind =
        std::next(files_.begin(), static_cast<std::ptrdiff_t>(choices.Below(files_.size())));
    Flip flip;
    flip.file = kind->second[choices.Below(kind->second.size())];
    flip.byte = choices.Below(fs::file_size(ledger_.directory() / flip.file));
    flip.bit = static_cast<unsigned>(choices.Below(8));
    return flip;
  }

  const Options& options_;
  Board* const board_;
  PreparedLedger ledger_;
  std::map<std::string, std::vector<std::string>> files_;  // by kind
};

ExitCode RunFlip(const Options& options) {
  Board board({"flips", "right", "refused to open", "refused to read", "opened for reading"},
              options.common.violations_max);
  Flips flips(options, &board);
  return RunItems("flip", options.common, &board, &flips, kPatienceSeconds);
}

}  // namespace

void AddFlip(CLI::App* app, Runner* runner) {
  CLI::App* command = app->add_subcommand("flip", "one bit of a closed database is flipped");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"wrong-model", "stale-anchor"});
  AddProcesses(command, &options->common);
  command->add_option("--count", options->count, "how many flips")->capture_default_str();
  command->add_option("--files", options->files, "of which kind of file")
      ->check(CLI::IsMember(
          {"all", "wal", "manifest", "sst", "current", "options", "anchor", "identity", "log"}))
      ->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return RunFlip(*options); }; });
}

}  // namespace daftar::torture
