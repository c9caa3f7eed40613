// Rows that must be sorted: all of them, or the first so many in bounded memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "query/row_source.h"

namespace daftar::query {

// Bytes of rows that a sort may hold.
inline constexpr size_t kSortBytesMax = size_t{256} << 20;

// Used in rounds: rows are added, then taken in order; then it is empty again.
// Thread safety: none.
class RowSorter {
 public:
  // Keeps the first `rows_max` rows of the order; of those with equal sort keys one, when
  // `distinct`. What it holds is forgotten.
  void Begin(uint64_t rows_max, bool distinct);
  // Errors: ResourceExhausted when it would hold more than kSortBytesMax.
  absl::Status Add(FoundRow row);
  // No more rows are added.
  void Finish();

  bool empty() const { return next_ == rows_.size(); }
  // The next row in order. Requires: Finish() was called and it is not empty.
  FoundRow Take();

 private:
  uint64_t rows_max_ = 0;
  bool distinct_ = false;
  size_t bytes_ = 0;
  std::vector<FoundRow> rows_;  // a heap with the last of the order on top, then sorted
  absl::flat_hash_set<std::string> sort_keys_;  // of the rows held, when they are to be distinct
  size_t next_ = 0;
};

}  // namespace daftar::query
