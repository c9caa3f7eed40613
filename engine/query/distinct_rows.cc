#include "query/distinct_rows.h"

#include "base/status.h"
#include "query/row_sorter.h"

namespace daftar::query {
namespace {

// About what a hash set takes for an element beside its bytes.
constexpr size_t kElementBytes = 40;

// The columns as one text; different columns give different ones.
std::string TextOf(const ResultRow& row) {
  std::string text;
  for (const Value& value : row.values) text.append(value.ToJson()).push_back(',');
  return text;
}

}  // namespace

absl::StatusOr<bool> DistinctRows::Add(const FoundRow& row) {
  if (ordered_) {
    if (row.sort_key == last_) return false;
    last_ = row.sort_key;
    return true;
  }
  const auto [place, is_new] = seen_.insert(TextOf(row.row));
  if (!is_new) return false;
  bytes_ += place->size() + kElementBytes;
  if (bytes_ <= kSortBytesMax) return true;
  return ResourceExhausted("too many distinct rows; ask for them in an order")
      .With("bytes", bytes_)
      .With("limit", kSortBytesMax);
}

}  // namespace daftar::query
