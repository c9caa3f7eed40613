// Chooses how to answer a query.
#pragma once

#include "absl/status/statusor.h"
#include "index/statistics.h"
#include "query/plan.h"

namespace daftar::query {

// The plan that costs least by `statistics`, when they know all that could be read; else, or when
// there are none, the one that reads least by rule: an index with the most leading terms held to
// single values, then a bounded term, then one that gives the order asked for, then one that
// covers. Several scans are intersected where costs are known and are clearly less so. Errors:
// InvalidArgument when the query names an index that cannot answer it, or several of which one
// cannot be read beside others.
absl::StatusOr<Plan> MakePlan(BoundQuery query, const index::AllStatistics* statistics = nullptr);

// Whether the index can be read beside others to answer the query.
bool CanBeIntersected(const catalog::IndexDef& index, const BoundQuery& query);

}  // namespace daftar::query
