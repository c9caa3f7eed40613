// What a plan is expected to cost, by the statistics of what it reads.
#pragma once

#include <optional>

#include "index/statistics.h"
#include "query/plan.h"

namespace daftar::query {

struct Estimate {
  double entries = 0;  // read
  double records = 0;  // fetched
  double rows = 0;     // given
  double cost = 0;     // in entries
};

// Nothing when what the plan reads was never analyzed.
std::optional<Estimate> EstimatePlan(const Plan& plan, const index::AllStatistics& statistics);

}  // namespace daftar::query
