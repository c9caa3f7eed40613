#include "torture/damaged_copies.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "torture/damage.h"

namespace daftar::torture {
namespace {

namespace fs = std::filesystem;

enum Count : size_t { kItems, kRight, kRefusedOpen, kRefusedRead, kReadOnly };
constexpr DamageCounts kDamageCounts = {kRight, kRefusedOpen, kRefusedRead, kReadOnly};

}  // namespace

Board DamageBoard(const char* items, const Common& common) {
  return Board({items, "right", "refused to open", "refused to read", "opened for reading"},
               common.violations_max);
}

absl::Status DamagedCopies::Prepare(const fs::path& folder) {
  PrepareOptions prepare;
  prepare.seed = common_.seed;
  // Four sessions make a compaction; those after it leave young files, and the last a log.
  prepare.commits = {6, 6, 6, 6, 8, 12};
  prepare.workload.note_bytes = 200;
  prepare.workload.large_percent = 0;
  prepare.workload.bulk_percent = 6;
  DAFTAR_RETURN_IF_ERROR(ledger_.Prepare(folder, prepare));
  if (common_.plant == "wrong-model") ledger_.mutable_model().Falsify();
  return Choose();
}

void DamagedCopies::Run(uint64_t item, const fs::path& folder) {
  const fs::path directory = folder / "db";
  MakeCopy(item, directory);
  Choices choices = ChoicesOf(item);
  const DamageOptions how = {
      .read_only = item % 4 == 0, .point_reads = item % 8 == 1, .go_on = item % 16 == 2};
  const absl::Status status =
      CheckDamaged(directory, ledger_, how, kDamageCounts, board_, &choices);
  board_->Add(kItems);
  if (status.ok()) return;
  MakeCopy(item, folder / absl::StrCat("item-", item));
  board_->AddViolation(absl::StrCat(Describe(item), ": ", status.ToString()));
}

void DamagedCopies::MakeCopy(uint64_t item, const fs::path& directory) const {
  ledger_.CopyTo(directory);
  Apply(item, directory);
}

}  // namespace daftar::torture
