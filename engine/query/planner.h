// Chooses how to answer a query.
#pragma once

#include "absl/status/statusor.h"
#include "index/statistics.h"
#include "query/plan.h"

namespace daftar::query {

// The plan that costs least by `statistics`, when they know all that could be read; else, or when
// there are none, the one that reads least by rule: an index with the most leading terms held to
// single values, then a bounded term, then one that gives the order asked for, then one that
// covers. Errors: InvalidArgument when the query names an index that cannot answer it.
absl::StatusOr<Plan> MakePlan(BoundQuery query, const index::AllStatistics* statistics = nullptr);

}  // namespace daftar::query
