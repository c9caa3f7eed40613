// Where a scan begins and ends when it goes on after a place in the order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/plan.h"

namespace daftar::query {

// One range of a plan, or what is left of it.
struct ScanPart {
  storage::KeyRange range;
  // In a scan that turns: the rest of a group in which the place is, read before `range`, the other
  // way.
  std::optional<storage::KeyRange> group;
  size_t held_bytes = 0;  // of the terms that the range holds to single values, and before them
};

// The ranges in the order in which the plan walks through them, without what comes before the place
// that the query goes on after. What ties with that place is left out when the plan does not sort
// it. Errors: InvalidArgument when the place does not fit the order.
absl::StatusOr<std::vector<ScanPart>> PartsOf(const Plan& plan);

// What is left of the parts of a plan that does not turn when the entry at `key`, of one of them,
// was read. Not empty ranges, in the order in which the plan walks through them.
std::vector<storage::KeyRange> RangesAfter(const Plan& plan, const std::vector<ScanPart>& parts,
                                           std::string_view key);

// Whether a term of the entries is held to a single value by a condition alone, and not by the
// ranges: entries with other values of it stand anywhere in the order.
bool HasOthersBetween(const Plan& plan);
// Whether an entry, `key` with its prefix, has all values that terms are held to. Errors: DataLoss.
absl::StatusOr<bool> StandsInOrder(const Plan& plan, std::string_view key);

// The sort key of an entry, `key` with its prefix. Requires: StandsInOrder(), and the plan scans in
// the whole order. Errors: DataLoss.
absl::StatusOr<std::string> SortKeyOfEntry(const Plan& plan, std::string_view key);

}  // namespace daftar::query
