// flip: one bit of one file of a closed database.

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/commands.h"
#include "torture/damage.h"
#include "torture/damaged_copies.h"

namespace daftar::torture {
namespace {

namespace fs = std::filesystem;

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

void Turn(const Flip& flip, const fs::path& directory) {
  const int file = open((directory / flip.file).c_str(), O_RDWR | O_CLOEXEC);
  uint8_t byte = 0;
  const auto offset = static_cast<off_t>(flip.byte);
  bool done = file >= 0 && pread(file, &byte, 1, offset) == 1;
  byte = static_cast<uint8_t>(byte ^ (1U << flip.bit));
  done = done && pwrite(file, &byte, 1, offset) == 1;
  close(file);
  if (!done) throw std::runtime_error("cannot flip a bit of " + flip.file);
}

class Flips final : public DamagedCopies {
 public:
  Flips(const Options& options, Board* board)
      : DamagedCopies(options.common, board), options_(options) {}

  uint64_t count() const override { return options_.count; }

  std::string Describe(uint64_t item) const override {
    const Flip flip = FlipOf(item);
    return absl::StrCat("flip ", item, ", bit ", flip.bit, " of byte ", flip.byte, " of ",
                        flip.file);
  }

 private:
  absl::Status Choose() override {
    // Every kind is met equally often, however small its files are.
    for (const std::string& name : ledger().Files()) {
      if (fs::file_size(ledger().directory() / name) == 0) continue;
      const std::string kind(KindOfFile(name));
      if (options_.files == "all" || options_.files == kind) files_[kind].push_back(name);
    }
    return files_.empty() ? NotFound("there is no such file") : absl::OkStatus();
  }
  void Apply(uint64_t item, const fs::path& directory) const override {
    Turn(FlipOf(item), directory);
  }
  Choices ChoicesOf(uint64_t item) const override {
    return Choices(MixSeed({options_.common.seed, item, 1}));
  }

  Flip FlipOf(uint64_t item) const {
    Choices choices(MixSeed({options_.common.seed, item}));
    const auto kind =
        std::next(files_.begin(), static_cast<std::ptrdiff_t>(choices.Below(files_.size())));
    Flip flip;
    flip.file = kind->second[choices.Below(kind->second.size())];
    flip.byte = choices.Below(fs::file_size(ledger().directory() / flip.file));
    flip.bit = static_cast<unsigned>(choices.Below(8));
    return flip;
  }

  const Options& options_;
  std::map<std::string, std::vector<std::string>> files_;  // by kind
};

ExitCode RunFlip(const Options& options) {
  Board board = DamageBoard("flips", options.common);
  Flips flips(options, &board);
  return RunItems("flip", options.common, &board, &flips, kPatienceSeconds);
}

}  // namespace

void AddFlip(CLI::App* app, Runner* runner) {
  CLI::App* command = app->add_subcommand("flip", "one bit of a closed database is flipped");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"wrong-model"});
  AddProcesses(command, &options->common);
  command->add_option("--count", options->count, "how many flips")->capture_default_str();
  command->add_option("--files", options->files, "of which kind of file")
      ->check(CLI::IsMember(
          {"all", "wal", "manifest", "sst", "current", "options", "anchor", "identity", "log"}))
      ->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return RunFlip(*options); }; });
}

}  // namespace daftar::torture
