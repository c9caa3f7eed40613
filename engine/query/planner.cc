#include "query/planner.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "query/access_path.h"
#include "query/cost.h"
#include "query/order.h"

namespace daftar::query {
namespace {

// Larger is better. Rules stand in for costs where there are no statistics.
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

Plan Consider(BoundQuery query, const AccessPath& path, bool is_branch = false) {
  Plan plan;
  plan.is_branch = is_branch;
  plan.query = std::move(query);
  plan.index = path.index;
  BoundRanges(path, &plan);
  ChooseScanOrder(&plan);
  FindSlots(path, &plan);
  return plan;
}

void Expect(const std::optional<Estimate>& estimate, Plan* plan) {
  if (!estimate.has_value()) return;
  plan->expected_entries = static_cast<uint64_t>(std::llround(estimate->entries));
  plan->expected_rows = static_cast<uint64_t>(std::llround(estimate->rows));
}

// A plan and what speaks for it.
struct Candidate {
  AccessPath path;
  Plan plan;
  std::optional<Estimate> estimate;
};

// By cost where it is known of both, else by rule.
bool IsBetter(const Candidate& a, const Candidate& b, bool by_cost) {
  if (by_cost && a.estimate->cost != b.estimate->cost) return a.estimate->cost < b.estimate->cost;
  return Rank(a.plan, a.path) > Rank(b.plan, b.path);
}

// The plan of a query that says which index it wants.
absl::StatusOr<Plan> MakeOnlyPlan(BoundQuery query, const index::AllStatistics* statistics) {
  AccessPath path{query.table, nullptr};
  for (const catalog::IndexDef& index : query.table->indexes) {
    if (index.answers_queries() && index.name == *query.index) path.index = &index;
  }
  const bool is_there = path.index != nullptr || *query.index == "primary";
  if (!is_there || !Answers(path, query)) {
    return InvalidArgument("the index cannot answer this query: it holds only some records")
        .With("index", *query.index);
  }
  Plan plan = Consider(std::move(query), path);
  if (statistics != nullptr) Expect(EstimatePlan(plan, *statistics), &plan);
  return plan;
}

Candidate ChooseScan(const BoundQuery& query, const index::AllStatistics* statistics,
                     bool is_branch) {
  std::vector<AccessPath> paths = {{query.table, nullptr}};
  for (const catalog::IndexDef& index : query.table->indexes) {
    if (index.answers_queries()) paths.push_back({query.table, &index});
  }
  std::vector<Candidate> candidates;
  for (const AccessPath& path : paths) {
    if (!Answers(path, query)) continue;
    Candidate& candidate =
        candidates.emplace_back(Candidate{path, Consider(query, path, is_branch), {}});
    if (statistics != nullptr) candidate.estimate = EstimatePlan(candidate.plan, *statistics);
  }
  // What was not analyzed cannot be compared by cost: then nothing is.
  const bool by_cost =
      std::all_of(candidates.begin(), candidates.end(),
                  [](const Candidate& candidate) { return candidate.estimate.has_value(); });
  const auto best = std::max_element(
      candidates.begin(), candidates.end(),
      [&](const Candidate& a, const Candidate& b) { return IsBetter(b, a, by_cost); });
  return std::move(*best);
}

// A scan for each alternative; nothing when one of them would have to read everything.
std::optional<Candidate> ChooseUnion(const BoundQuery& query,
                                     const index::AllStatistics* statistics) {
  Candidate whole;
  whole.estimate.emplace();
  BoundQuery branch = query;
  branch.alternatives.clear();
  for (const std::vector<record::Condition>& alternative : query.alternatives) {
    branch.conditions = query.conditions;
    branch.conditions.insert(branch.conditions.end(), alternative.begin(), alternative.end());
    Candidate scan = ChooseScan(branch, statistics, true);
    if (scan.plan.reads_all()) return std::nullopt;
    whole.plan.sort = whole.plan.sort || scan.plan.sort;
    Expect(scan.estimate, &scan.plan);
    if (!scan.estimate.has_value()) {
      whole.estimate.reset();
    } else if (whole.estimate.has_value()) {
      whole.estimate->entries += scan.estimate->entries;
      whole.estimate->records += scan.estimate->records;
      whole.estimate->rows += scan.estimate->rows;
      whole.estimate->cost += scan.estimate->cost;
    }
    whole.plan.branches.push_back(std::move(scan.plan));
    branch.excluded.push_back(alternative);
  }
  whole.plan.query = query;
  return whole;
}

// Whether the union reads less, by rule where costs are not known: each of its scans then has more
// that bounds it than the one scan has.
bool IsBetterUnion(const Candidate& a, const Candidate& scan) {
  if (a.estimate.has_value() && scan.estimate.has_value()) {
    return a.estimate->cost < scan.estimate->cost;
  }
  return std::all_of(a.plan.branches.begin(), a.plan.branches.end(), [&](const Plan& branch) {
    return std::make_tuple(branch.equal_terms, branch.has_range) >
           std::make_tuple(scan.plan.equal_terms, scan.plan.has_range);
  });
}

}  // namespace

absl::StatusOr<Plan> MakePlan(BoundQuery query, const index::AllStatistics* statistics) {
  if (query.index.has_value()) return MakeOnlyPlan(std::move(query), statistics);
  Candidate best = ChooseScan(query, statistics, false);
  if (!query.alternatives.empty()) {
    std::optional<Candidate> any = ChooseUnion(query, statistics);
    if (any.has_value() && IsBetterUnion(*any, best)) best = *std::move(any);
  }
  Expect(best.estimate, &best.plan);
  return std::move(best.plan);
}

}  // namespace daftar::query
