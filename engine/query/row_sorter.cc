#include "query/row_sorter.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace daftar::query {
namespace {

bool Before(const FoundRow& a, const FoundRow& b) { return a.sort_key < b.sort_key; }

size_t BytesOf(const FoundRow& row) { return BytesOf(row.row) + row.sort_key.size(); }

}  // namespace

void RowSorter::Begin(uint64_t rows_max, bool distinct) {
  rows_max_ = rows_max;
  distinct_ = distinct;
  sort_keys_.clear();
  bytes_ = 0;
  rows_.clear();
  next_ = 0;
}

absl::Status RowSorter::Add(FoundRow row) {
  if (distinct_ && sort_keys_.contains(row.sort_key)) return absl::OkStatus();
  if (rows_.size() == rows_max_) {
    if (rows_.empty() || !Before(row, rows_.front())) return absl::OkStatus();
    // A better row takes the place of the last.
    std::pop_heap(rows_.begin(), rows_.end(), Before);
    bytes_ -= BytesOf(rows_.back());
    if (distinct_) sort_keys_.erase(rows_.back().sort_key);
    rows_.pop_back();
  }
  if (distinct_) sort_keys_.insert(row.sort_key);
  bytes_ += BytesOf(row);
  rows_.push_back(std::move(row));
  if (rows_max_ != UINT64_MAX) std::push_heap(rows_.begin(), rows_.end(), Before);
  if (bytes_ <= kSortBytesMax) return absl::OkStatus();
  return ResourceExhausted("too many rows to sort; add a limit, a condition or an index")
      .With("bytes", bytes_)
      .With("limit", kSortBytesMax);
}

void RowSorter::Finish() { std::sort(rows_.begin(), rows_.end(), Before); }

FoundRow RowSorter::Take() { return std::move(rows_[next_++]); }

}  // namespace daftar::query
