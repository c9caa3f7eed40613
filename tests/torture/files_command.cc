// files: whole files of a closed database, and pieces of them.

#include <algorithm>
#include <fstream>
#include <sstream>

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

void Change(const Case& each, const fs::path& directory) {
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

class Cases final : public DamagedCopies {
 public:
  Cases(const Options& options, Board* board)
      : DamagedCopies(options.common, board), options_(options) {}

  uint64_t count() const override { return cases_.size(); }
  std::string Describe(uint64_t item) const override { return ToString(cases_[item]); }

 private:
  absl::Status Choose() override {
    const std::vector<std::string> files = ledger().Files();
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
  void Apply(uint64_t item, const fs::path& directory) const override {
    Change(cases_[item], directory);
    if (options_.common.plant == "stale-anchor" && cases_[item].file != "ANCHOR") {
      fs::copy_file(ledger().older().front() / "ANCHOR", directory / "ANCHOR",
                    fs::copy_options::overwrite_existing);
    }
  }
  Choices ChoicesOf(uint64_t item) const override {
    return Choices(MixSeed({options_.common.seed, item}));
  }

  void AddPieces(const std::string& file) {
    // The text log is not part of the database: now and then is enough.
    const uint64_t step = KindOfFile(file) == "log" ? options_.step * 50 : options_.step;
    const uint64_t bytes = fs::file_size(ledger().directory() / file);
    for (uint64_t at = 0; at < bytes; at += step) {
      cases_.push_back({What::kCut, file, {}, at, 0});
      cases_.push_back({What::kZero, file, {}, at, at + step});
      cases_.push_back({What::kZero, file, {}, at, bytes});
    }
  }

  void AddOlder(const std::string& file) {
    const std::string now = ReadAll(ledger().directory() / file);
    for (const fs::path& older : ledger().older()) {
      if (!fs::exists(older / file) || ReadAll(older / file) == now) continue;
      cases_.push_back({What::kOlder, file, older.string(), 0, 0});
    }
  }

  const Options& options_;
  std::vector<Case> cases_;
};

ExitCode RunFiles(const Options& options) {
  Board board = DamageBoard("cases", options.common);
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
