// The order of a query's rows, and which part of it a scan gives by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "codec/key.h"
#include "query/plan.h"

namespace daftar::query {

// Makes the order that was asked for total: leaves out what repeats and what follows a whole
// primary key, appends the fields of the primary key that are missing, in the key's own order. Of
// distinct rows, the columns stand for the primary key. Sets asked_orders. Errors: InvalidArgument
// when distinct rows cannot be ordered so.
absl::Status CompleteOrder(BoundQuery* query);

// How a term of the order is written in a sort key. Nulls come first when ascending.
codec::KeyPart SortPart(const OrderTerm& order);

// The values of a sort key, one for each term of the order. Errors: InvalidArgument when the bytes
// are not that.
absl::StatusOr<std::vector<OwnedScalar>> ValuesOfSortKey(const BoundQuery& query,
                                                         std::string_view sort_key);

// The one value that the conditions leave a path, when it is only one. Lifetime: the query's.
const OwnedScalar* HeldValue(const BoundQuery& query, const record::FieldPath& path);

// Fills the plan's reverse, turn_at, merge, scanned_terms and sort: the way to walk its ranges that
// gives the most of the order. Requires: BoundRanges() was called, and nothing is filled in yet.
void ChooseScanOrder(Plan* plan);

}  // namespace daftar::query
