#include "txn/group_sorter.h"

#include <utility>

#include "base/status.h"
#include "codec/fixed.h"

namespace daftar::txn {
namespace {

constexpr size_t kRecordsBytes = 8;
constexpr size_t kSumBytes = 24;

// As fixed integers: what is sorted never leaves this process.
std::string Encode(const index::GroupTotals& totals) {
  std::string bytes;
  codec::AppendFixed(totals.records, &bytes);
  for (const index::GroupSum& sum : totals.sums) {
    codec::AppendFixed(sum.values, &bytes);
    codec::AppendFixed(absl::Int128Low64(sum.total), &bytes);
    codec::AppendFixed(absl::Int128High64(sum.total), &bytes);
  }
  return bytes;
}

index::GroupTotals Decode(std::string_view bytes) {
  index::GroupTotals totals;
  totals.records = codec::ReadFixed<int64_t>(bytes, 0);
  for (size_t at = kRecordsBytes; at + kSumBytes <= bytes.size(); at += kSumBytes) {
    const auto low = codec::ReadFixed<uint64_t>(bytes, at + 8);
    const auto high = codec::ReadFixed<int64_t>(bytes, at + 16);
    totals.sums.push_back({codec::ReadFixed<int64_t>(bytes, at), absl::MakeInt128(high, low)});
  }
  return totals;
}

}  // namespace

GroupSorter::GroupSorter(const storage::SorterOptions& options)
    : held_bytes_max_(options.memory_bytes_max), sorter_(options) {}

absl::Status GroupSorter::Add(std::string_view key, const index::GroupTotals& change) {
  const auto [held, added] = held_.try_emplace(key);
  DAFTAR_RETURN_IF_ERROR(index::AddTotals(change, &held->second));
  if (!added) return absl::OkStatus();
  held_bytes_ += sizeof(*held) + key.size() + change.sums.size() * sizeof(index::GroupSum);
  return held_bytes_ < held_bytes_max_ ? absl::OkStatus() : Spill();
}

absl::Status GroupSorter::Add(const index::GroupChanges& changes) {
  for (const auto& [key, change] : changes) DAFTAR_RETURN_IF_ERROR(Add(key, change));
  return absl::OkStatus();
}

absl::Status GroupSorter::Spill() {
  for (const auto& [key, totals] : held_) {
    DAFTAR_RETURN_IF_ERROR(sorter_.Add(key, Encode(totals)));
  }
  held_.clear();
  held_bytes_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<SortedGroups> GroupSorter::Finish() {
  DAFTAR_RETURN_IF_ERROR(Spill());
  DAFTAR_ASSIGN_OR_RETURN(auto sorted, sorter_.Finish());
  return SortedGroups(std::move(sorted));
}

absl::StatusOr<bool> SortedGroups::Next() {
  while (true) {
    if (!loaded_) {
      DAFTAR_ASSIGN_OR_RETURN(loaded_, changes_->Next());
      if (!loaded_) return false;
    }
    key_.assign(changes_->key());
    totals_ = {};
    while (loaded_ && changes_->key() == key_) {
      DAFTAR_RETURN_IF_ERROR(index::AddTotals(Decode(changes_->value()), &totals_));
      DAFTAR_ASSIGN_OR_RETURN(loaded_, changes_->Next());
    }
    if (!totals_.IsZero()) return true;
  }
}

}  // namespace daftar::txn
