// What a plan is expected to cost, by the statistics of what it reads.
#pragma once

#include <optional>
#include <vector>

#include "index/statistics.h"
#include "query/plan.h"

namespace daftar::query {

// What is known of the entries of an index, or of the table's records when `index` is null. Null:
// nothing. Lifetime: as long as `all`.
const index::Statistics* FindStatistics(const index::AllStatistics& all,
                                        const catalog::TableDef& table,
                                        const catalog::IndexDef* index);

// Reading several indexes beside each other costs clearly less than reading one when it costs no
// more than this part of it: if values go together, more records are fetched than is thought.
inline constexpr double kClearlyLess = 0.7;

// What walking scans side by side takes.
struct Walk {
  double entries = 0;  // read
  double sought = 0;   // places looked for
};
// Of scans that have about so many entries each.
Walk WalkSideBySide(const std::vector<double>& scans);

struct Estimate {
  double entries = 0;  // read
  double records = 0;  // fetched
  double rows = 0;     // given
  double cost = 0;     // in entries
};

// Nothing when what the plan reads was never analyzed.
std::optional<Estimate> EstimatePlan(const Plan& plan, const index::AllStatistics& statistics);

}  // namespace daftar::query
