#include "query/planner.h"

#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "query/access_path.h"
#include "query/order.h"

namespace daftar::query {
namespace {

// Larger is better. Rules stand in for costs until statistics are kept.
auto Rank(const Plan& plan, const AccessPath& path) {
  const bool unique = path.index == nullptr || path.index->unique;
  const bool single = unique && plan.equal_terms == path.terms().size();
  // 2: all of the order comes as scanned, 1: some of it, 0: nothing.
  const int order = !plan.sort ? 2 : plan.scanned_terms > 0 ? 1 : 0;
  const int stops_early = plan.query.limit.has_value() ? order : 0;
  // Every record of a partial index meets a condition of the query already.
  const bool partial = path.index != nullptr && !path.index->where.empty();
  return std::make_tuple(single, plan.equal_terms, plan.has_range, stops_early, partial, order,
                         !plan.reads_records, path.index == nullptr, !plan.may_repeat);
}

Plan Consider(const BoundQuery& query, const AccessPath& path) {
  Plan plan;
  plan.query = query;
  plan.index = path.index;
  BoundRanges(path, &plan);
  ChooseScanOrder(&plan);
  FindSlots(path, &plan);
  return plan;
}

}  // namespace

absl::StatusOr<Plan> MakePlan(BoundQuery query) {
  std::vector<AccessPath> paths = {{query.table, nullptr}};
  for (const catalog::IndexDef& index : query.table->indexes) {
    paths.push_back({query.table, &index});
  }
  std::optional<Plan> best;
  const AccessPath* best_path = nullptr;
  for (const AccessPath& path : paths) {
    const std::string_view name = path.index ? std::string_view(path.index->name) : "primary";
    if (query.index.has_value() && *query.index != name) continue;
    if (!Answers(path, query)) continue;
    Plan plan = Consider(query, path);
    if (!best.has_value() || Rank(plan, path) > Rank(*best, *best_path)) {
      best = std::move(plan);
      best_path = &path;
    }
  }
  if (!best.has_value()) {
    return InvalidArgument("the index cannot answer this query: it holds only some records")
        .With("index", *query.index);
  }
  return *std::move(best);
}

}  // namespace daftar::query
