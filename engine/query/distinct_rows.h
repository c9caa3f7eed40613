// Tells rows that were given before from new ones.
#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "query/row_source.h"

namespace daftar::query {

// Thread safety: none.
class DistinctRows {
 public:
  // `ordered`: equal rows come one after the other, so that the last one is all to remember.
  explicit DistinctRows(bool ordered) : ordered_(ordered) {}

  // Whether the row is new. Errors: ResourceExhausted when there are more distinct rows than can be
  // remembered.
  absl::StatusOr<bool> Add(const FoundRow& row);

 private:
  const bool ordered_;
  std::optional<std::string> last_;  // sort key
  absl::flat_hash_set<std::string> seen_;
  size_t bytes_ = 0;
};

}  // namespace daftar::query
