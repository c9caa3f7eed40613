
#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/commands.h"
#include "torture/damage.h"
#include "torture/run.h"

namespace daftar::torture {
namespace {

namespace fs = std::filesystem;

enum Count : size_t { kCases, kRight, kRefusedOpen, kRefusedRead, kReadOnly };
constexpr DamageCounts kDamageCounts = {kRight, kRefusedOpen, kRefusedRead, kReadOnly};
constexpr unsigned kPatienceSeconds = 30;

struct Options {
  Common common;
  uint64_t step = 100;
};

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

void WriteAll(const fs::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

enum class What { kCut, kZero, kSwap, kRemove, kOlder };

struct Case {
  What what = What::kCut;
  std::string file;
  std::string other;   // kSwap: the other file; kOlder: the folder of the older one
  uint64_t begin = 0;  // kCut: bytes left
  uint64_t end = 0;    // kZero
};

void Apply(const Case& each, const fs::path& directory) {
  const fs::path path = directory / each.file;
  switch (each.what) {
    case What::kCut:
      fs::resize_file(path, each.begin);
      return;
    case What::kZero: {
      std::string bytes = ReadAll(path);
      const size_t count = std::min<uint64_t>(each.end, bytes.size()) - each.begin;
      bytes.replace(each.begin, count, count, '\0');
      WriteAll(path, bytes);
      return;
    }
    case What::kSwap: {
      const std::string bytes = ReadAll(path);
      WriteAll(path, ReadAll(directory / each.other));
      WriteAll(directory / each.other, bytes);
      return;
    }
    case What::kRemove:
      fs::remove(path);
      return;
    case What::kOlder:
      WriteAll(path, ReadAll(fs::path(each.other) / each.file));
      return;
  }
}

std::string ToString(const Case& each) {
  switch (each.what) {
    case What::kCut:
      return absl::StrCat(each.file, " cut to ", each.begin, " bytes");
    case What::kZero:
      return absl::StrCat(each.file, " zeroed from ", each.begin, " to ", each.end);
    case What::kSwap:
      return absl::StrCat(each.file, " swapped with ", each.other);
    case What::kRemove:
      return absl::StrCat(each.file, " removed");
    case What::kOlder:
      return absl::StrCat(each.file, " replaced by the one in ", each.other);
  }
  return "?";
}

class Cases final : public Items {
 public:
  Cases(const Options& options, Board* board) : options_(options), board_(board) {}

  absl::Status Prepare(const fs::path& folder) override {
    PrepareOptions prepare;
    prepare.seed = options_.common.seed;
    prepare.commits = {6, 6, 6, 6, 8, 12};
    prepare.workload.note_bytes = 200;
    prepare.workload.large_percent = 0;
    prepare.workload.bulk_percent = 6;
    DAFTAR_RETURN_IF_ERROR(ledger_.Prepare(folder, prepare));
    if (options_.common.plant == "wrong-model") ledger_.mutable_model().Falsify();
    const std::vector<std::string> files = ledger_.Files();
    for (const std::string& file : files) {
      AddPieces(file);
      cases_.push_back({What::kRemove, file, {}, 0, 0});
      AddOlder(file);
      for (const std::string& other : files) {
        if (file < other) cases_.push_back({What::kSwap, file, other, 0, 0});
      }
    }
    return absl::OkStatus();
  }

  uint64_t count() const override { return cases_.size(); }
  std::string Describe(uint64_t item) const override { return ToString(cases_[item]); }

  void Run(uint64_t item, const fs::path& folder) override {
    const fs::path directory = folder / "db";
    Damage(item, directory);
    Choices choices(MixSeed({options_.common.seed, item}));
    const DamageOptions how = {
        .read_only = item % 4 == 0, .point_reads = item % 8 == 1, .go_on = item % 16 == 2};
    const absl::Status status =
        CheckDamaged(directory, ledger_, how, kDamageCounts, board_, &choices);
    board_->Add(kCases);
    if (status.ok()) return;
    Damage(item, folder / absl::StrCat("case-", item));
    board_->AddViolation(absl::StrCat(Describe(item), ": ", status.ToString()));
  }

 private:
  void AddPieces(const std::string& file) {
    // The text log is not part of the database: now and then is enough.
    const uint64_t step = KindOfFile(file) == "log" ? options_.step * 50 : options_.step;
    const uint64_t bytes = fs::file_size(ledger_.directory() / file);
    for (uint64_t at = 0; at < bytes; at += step) {
      cases_.push_back({What::kCut, file, {}, at, 0});
      cases_.push_back({What::kZero, file, {}, at, at + step});
      cases_.push_back({What::kZero, file, {}, at, bytes});
    }
  }

  void AddOlder(const std::string& file) {
    const std::string now = ReadAll(ledger_.directory() / file);
    for (const fs::path& older : ledger_.older()) {
      if (!fs::exists(older / file) || ReadAll(older / file) == now) continue;
      cases_.push_back({What::kOlder, file, older.string(), 0, 0});
    }
  }

  void Damage(uint64_t item, const fs::path& directory) const {
    ledger_.CopyTo(directory);
    Apply(cases_[item], directory);
    if (options_.common.plant == "stale-anchor" && cases_[item].file != "ANCHOR") {
      fs::copy_file(ledger_.older().front() / "ANCHOR", directory / "ANCHOR",
                    fs::copy_options::overwrite_existing);
    }
  }

  const Options& options_;
  Board* const board_;
  PreparedLedger ledger_;
  std::vector<Case> cases_;
};

ExitCode RunFiles(const Options& options) {
  Board board({"cases", "right", "refused to open", "refused to read", "opened for reading"},
              options.common.violations_max);
  Cases cases(options, &board);
  return RunItems("files", options.common, &board, &cases, kPatienceSeconds);
}

}  // namespace

void AddFiles(CLI::App* app, Runner* runner) {
  CLI::App* command = app->add_subcommand(
      "files",
      "files of a closed database are cut, zeroed, swapped, removed, replaced by older ones");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"wrong-model", "stale-anchor"});
  AddProcesses(command, &options->common);
  command->add_option("--step", options->step, "bytes from one cut to the next")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return RunFiles(*options); }; });
}

}  // namespace daftar::torture
