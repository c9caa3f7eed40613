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

// More scans than this are not intersected.
constexpr size_t kIntersectedMax = 4;
// What costs less than this many entries is done before anything better is found.
constexpr double kCheap = 100;

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

// `intersected`: of an access path that can be.
Plan Consider(BoundQuery query, const AccessPath& path, bool is_branch = false,
              std::vector<IntersectedScan> intersected = {}) {
  Plan plan;
  plan.is_branch = is_branch;
  plan.query = std::move(query);
  plan.index = path.index;
  plan.intersected = std::move(intersected);
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

IntersectedScan ScanOf(const Plan& plan) { return {plan.index, plan.prefixes[0], plan.bounded}; }

absl::StatusOr<AccessPath> NamedPath(const BoundQuery& query, const std::string& name) {
  AccessPath path{query.table, nullptr};
  for (const catalog::IndexDef& index : query.table->indexes) {
    if (index.answers_queries() && index.name == name) path.index = &index;
  }
  const bool is_there = path.index != nullptr || name == "primary";
  if (is_there && Answers(path, query)) return path;
  return InvalidArgument("the index cannot answer this query: it holds only some records")
      .With("index", name);
}

// The scans that are to be read beside that of `path`.
absl::StatusOr<std::vector<IntersectedScan>> NamedScans(const BoundQuery& query,
                                                        const AccessPath& path) {
  std::vector<std::string> names = {*query.index};
  names.insert(names.end(), query.intersected.begin(), query.intersected.end());
  std::vector<IntersectedScan> scans;
  for (const std::string& name : names) {
    DAFTAR_ASSIGN_OR_RETURN(const AccessPath other, NamedPath(query, name));
    const Plan alone = Consider(query, other);
    if (!alone.CanBeIntersected()) {
      return InvalidArgument(
                 "the index cannot be intersected: the conditions do not hold each of its fields "
                 "to a single value")
          .With("index", name);
    }
    if (other.index != path.index) scans.push_back(ScanOf(alone));
  }
  return scans;
}

// The plan of a query that says which indexes it wants.
absl::StatusOr<Plan> MakeOnlyPlan(BoundQuery query, const index::AllStatistics* statistics) {
  DAFTAR_ASSIGN_OR_RETURN(const AccessPath path, NamedPath(query, *query.index));
  std::vector<IntersectedScan> beside;
  if (!query.intersected.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(beside, NamedScans(query, path));
  }
  Plan plan = Consider(std::move(query), path, false, std::move(beside));
  if (statistics != nullptr) Expect(EstimatePlan(plan, *statistics), &plan);
  return plan;
}

// Whether a scan leaves out records that those of the plan do not.
bool AddsTo(const Plan& plan, const Plan& scan) {
  const bool is_read = scan.index == plan.index ||
                       std::any_of(plan.intersected.begin(), plan.intersected.end(),
                                   [&](const auto& each) { return each.index == scan.index; });
  return !is_read && !std::all_of(scan.bounded.begin(), scan.bounded.end(),
                                  [&](const record::Condition& condition) {
                                    return plan.IsBounded(condition);
                                  });
}

// The cheapest of the plans that read one more of `scans` beside what `base` reads.
std::optional<Candidate> WithOneMore(const BoundQuery& query, const Candidate& base,
                                     const std::vector<const Candidate*>& scans,
                                     const index::AllStatistics& statistics) {
  std::optional<Candidate> best;
  for (const Candidate* scan : scans) {
    if (!AddsTo(base.plan, scan->plan)) continue;
    std::vector<IntersectedScan> beside = base.plan.intersected;
    beside.push_back(ScanOf(scan->plan));
    Candidate made{
        base.path, Consider(query, base.path, base.plan.is_branch, std::move(beside)), {}};
    made.estimate = EstimatePlan(made.plan, statistics);
    if (!made.estimate.has_value()) continue;
    if (!best.has_value() || made.estimate->cost < best->estimate->cost) best = std::move(made);
  }
  return best;
}

// What several scans have in common, as long as each more of them makes it cheaper; each of them
// may be the one whose entries give values. Nothing when there are not two.
std::optional<Candidate> ChooseIntersection(const BoundQuery& query,
                                            const std::vector<Candidate>& candidates,
                                            const index::AllStatistics& statistics) {
  std::vector<const Candidate*> scans;
  for (const Candidate& candidate : candidates) {
    if (candidate.plan.CanBeIntersected()) scans.push_back(&candidate);
  }
  std::optional<Candidate> best;
  for (const Candidate* first : scans) {
    std::optional<Candidate> made = WithOneMore(query, *first, scans, statistics);
    while (made.has_value() && (!best.has_value() || made->estimate->cost < best->estimate->cost)) {
      best = *std::move(made);
      made.reset();
      if (best->plan.intersected.size() + 1 < kIntersectedMax) {
        made = WithOneMore(query, *best, scans, statistics);
      }
    }
  }
  return best;
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
  if (by_cost && statistics != nullptr && best->estimate->cost > kCheap) {
    std::optional<Candidate> both = ChooseIntersection(query, candidates, *statistics);
    if (both.has_value() && both->estimate->cost < kClearlyLess * best->estimate->cost) {
      return *std::move(both);
    }
  }
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

bool CanBeIntersected(const catalog::IndexDef& index, const BoundQuery& query) {
  const AccessPath path{query.table, &index};
  return Answers(path, query) && Consider(query, path).CanBeIntersected();
}

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
