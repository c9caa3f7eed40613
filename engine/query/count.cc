#include "query/count.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/key.h"
#include "index/stored_record.h"
#include "query/access_path.h"
#include "query/aggregate_scan.h"
#include "query/executor.h"
#include "query/order.h"
#include "query/planner.h"
#include "record/kj_fence.h"

namespace daftar::query {
namespace {

using catalog::AggregateDef;
using record::Condition;

std::optional<size_t> PlaceOf(const AggregateDef& aggregate, const record::FieldPath& path) {
  const auto& by = aggregate.by();
  const auto found = std::find_if(by.begin(), by.end(),
                                  [&](const catalog::Term& term) { return term.path == path; });
  if (found == by.end()) return std::nullopt;
  return static_cast<size_t>(found - by.begin());
}

// Whether each record that meets the conditions is counted once, and each group is of records that
// all meet them or all do not.
bool Tells(const catalog::TableDef& table, const AggregateDef& aggregate, const BoundQuery& query) {
  if (!query.alternatives.empty()) return false;
  if (aggregate.groups.fans_out() || !Answers({&table, &aggregate.groups}, query)) return false;
  const auto& where = aggregate.groups.where;
  return std::all_of(
      query.conditions.begin(), query.conditions.end(), [&](const Condition& condition) {
        return PlaceOf(aggregate, condition.path).has_value() ||
               std::any_of(where.begin(), where.end(),
                           [&](const Condition& counted) { return Implies(counted, condition); });
      });
}

// The values that the conditions hold the first paths of the groups to.
std::vector<Value> HeldGroup(const AggregateDef& aggregate, const BoundQuery& query) {
  std::vector<Value> group;
  for (const catalog::Term& term : aggregate.by()) {
    const OwnedScalar* held = HeldValue(query, term.path);
    if (held == nullptr) break;
    group.push_back(term.path.type().ToValue(ToView(*held)));
  }
  return group;
}

// The aggregate that answers by reading the fewest groups, as far as conditions say.
const AggregateDef* FindAggregate(const txn::ReadView& view, const BoundQuery& query) {
  const AggregateDef* best = nullptr;
  // Least and greatest values cost a read each, and are not asked for.
  const auto cost = [&](const AggregateDef& aggregate) {
    return std::make_pair(aggregate.by().size() - HeldGroup(aggregate, query).size(),
                          aggregate.mins.size() + aggregate.maxs.size());
  };
  for (const AggregateDef& aggregate : query.table->aggregates) {
    if (!CheckCounted(view, aggregate).ok() || !Tells(*query.table, aggregate, query)) continue;
    if (best == nullptr || cost(aggregate) < cost(*best)) best = &aggregate;
  }
  return best;
}

absl::StatusOr<CountResult> CountGroups(txn::ReadView view, const BoundQuery& query,
                                        const AggregateDef& aggregate) {
  DAFTAR_ASSIGN_OR_RETURN(
      AggregateScan scan,
      AggregateScan::Start(std::move(view), query.table, &aggregate, HeldGroup(aggregate, query)));
  CountResult result;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, scan.Next());
    if (!more) break;
    const AggregateRow& row = scan.row();
    const bool meets = std::all_of(
        query.conditions.begin(), query.conditions.end(), [&](const Condition& condition) {
          const auto place = PlaceOf(aggregate, condition.path);
          return !place.has_value() || record::Meets(condition, ToView(row.by[*place]));
        });
    if (meets) result.records += static_cast<uint64_t>(row.totals.records);
  }
  result.groups_read = scan.counts().groups;
  result.plan = scan.ToString();
  return result;
}

// How many rows the plan of the query gives, in whatever order.
absl::StatusOr<CountResult> CountRows(txn::ReadView view, BoundQuery query) {
  // Every entry has the key: asked for nothing else, an index covers what it can answer.
  const record::FieldPath& key = query.table->key.front().path;
  query.columns.push_back({key.text(), key});
  query.in_place = true;
  DAFTAR_ASSIGN_OR_RETURN(Plan plan, MakePlan(std::move(query), view.statistics.get()));
  CountResult result;
  result.plan = plan.query.orders.empty() ? plan.ToString() : plan.ScanSteps();
  if (plan.sort) {
    // What comes after a place is told by each row alone.
    plan.sort = false;
    plan.is_branch = true;
    plan.scanned_terms = 0;
  }
  Executor executor(std::move(view), std::move(plan));
  DAFTAR_ASSIGN_OR_RETURN(result.records, executor.PassOver(UINT64_MAX));
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, executor.Next());
    if (!more) break;
    ++result.records;
  }
  if (executor.stop_reason() != StopReason::kExhausted) {
    return ResourceExhausted("a limit of the query was reached before all was counted");
  }
  result.entries_read = executor.counts().entries_read;
  result.records_fetched = executor.counts().records_fetched;
  return result;
}

// Errors: InvalidArgument when the query has more than conditions and an order.
absl::Status CheckCountable(const BoundQuery& query) {
  if (!query.limit.has_value() && query.offset == 0 && !query.distinct && query.columns.empty() &&
      !query.after.has_value()) {
    return absl::OkStatus();
  }
  return InvalidArgument("to count takes conditions only; leave out order, limit and columns")
      .With("table", query.table->name);
}

// The record's place in the order, when it meets the conditions.
absl::StatusOr<std::optional<std::string>> PlaceAmongRows(const BoundQuery& query,
                                                          const record::Message& record) {
  const bool meets = record::MatchesAll(query.conditions, record) &&
                     (query.alternatives.empty() ||
                      std::any_of(query.alternatives.begin(), query.alternatives.end(),
                                  [&](const auto& alternative) {
                                    return record::MatchesAll(alternative, record);
                                  }));
  if (!meets) return std::optional<std::string>();
  std::string place;
  for (const OrderTerm& order : query.orders) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record.Get(order.path));
    codec::AppendPart(SortPart(order), value, &place);
  }
  return std::optional(std::move(place));
}

}  // namespace

absl::StatusOr<CountResult> Count(txn::ReadView view, BoundQuery query) {
  DAFTAR_RETURN_IF_ERROR(CheckCountable(query));
  if (query.asked_orders > 0) {
    return InvalidArgument("to count takes conditions only; leave out the order")
        .With("table", query.table->name);
  }
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, *query.table));
  if (!query.index.has_value()) {
    const AggregateDef* aggregate = FindAggregate(view, query);
    if (aggregate != nullptr) return CountGroups(std::move(view), query, *aggregate);
  }
  query.orders.clear();
  return CountRows(std::move(view), std::move(query));
}

absl::StatusOr<std::optional<RankResult>> Rank(const txn::ReadView& view, BoundQuery query,
                                               const codec::EncodedKey& key) {
  DAFTAR_RETURN_IF_ERROR(CheckCountable(query));
  if (query.asked_orders == 0) {
    return InvalidArgument("a rank takes an order").With("table", query.table->name);
  }
  DAFTAR_RETURN_IF_ERROR(txn::CheckReadable(view, *query.table));
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<record::Message> record,
                          index::ReadRecord(*view.reader, *query.table, key));
  if (!record.has_value()) return std::optional<RankResult>();
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> place,
                          record::Fenced(absl::StatusCode::kDataLoss, "record does not decode",
                                         [&] { return PlaceAmongRows(query, *record); }));
  if (!place.has_value()) return std::optional<RankResult>();
  BoundQuery all = query;
  all.asked_orders = 0;
  DAFTAR_ASSIGN_OR_RETURN(const CountResult total, Count(view, std::move(all)));
  query.after = std::move(place);
  DAFTAR_ASSIGN_OR_RETURN(const CountResult after, CountRows(view, std::move(query)));
  RankResult result;
  result.records = total.records;
  result.before = total.records - after.records - 1;
  result.plan = absl::StrCat(after.plan, "count the rows after the record's place\n");
  result.entries_read = total.entries_read + after.entries_read;
  result.records_fetched = total.records_fetched + after.records_fetched;
  return std::optional(std::move(result));
}

}  // namespace daftar::query
