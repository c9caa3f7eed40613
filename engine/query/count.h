// How many records meet conditions, without reading them where a total is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "codec/key.h"
#include "daftar/aggregate.h"
#include "query/plan.h"
#include "txn/read_view.h"

namespace daftar::query {

// Adds up the groups of an aggregate when one tells by its groups which records meet the
// conditions; else runs the plan that reads least. Errors: InvalidArgument when the query has more
// than conditions; those of AggregateScan and Executor.
absl::StatusOr<CountResult> Count(txn::ReadView view, BoundQuery query);

// Where the record at `key` stands among the rows of the query, which has an order: as many rows
// come before it as there are in all, less those after its place and itself. Errors: as Count.
absl::StatusOr<std::optional<RankResult>> Rank(const txn::ReadView& view, BoundQuery query,
                                               const codec::EncodedKey& key);

}  // namespace daftar::query
