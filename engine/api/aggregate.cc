#include "daftar/aggregate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "base/decimal.h"
#include "base/status.h"
#include "query/count.h"

namespace daftar {
namespace {

std::vector<Value> ValuesOf(const std::vector<OwnedScalar>& scalars,
                            const std::vector<catalog::AggregateDef::Extreme>& extremes) {
  std::vector<Value> values;
  for (size_t i = 0; i < scalars.size(); ++i) {
    values.push_back(extremes[i].path.type().ToValue(ToView(scalars[i])));
  }
  return values;
}

Group GroupOf(const catalog::AggregateDef& aggregate, const query::AggregateRow& row) {
  Group group;
  for (size_t i = 0; i < row.by.size(); ++i) {
    group.by.push_back(aggregate.by()[i].path.type().ToValue(ToView(row.by[i])));
  }
  group.count = static_cast<uint64_t>(row.totals.records);
  for (size_t i = 0; i < row.totals.sums.size(); ++i) {
    const index::GroupSum& sum = row.totals.sums[i];
    group.sums.push_back(
        {sum.total, aggregate.sums()[i].path.type().scale(), static_cast<uint64_t>(sum.values)});
  }
  group.mins = ValuesOf(row.mins, aggregate.mins);
  group.maxs = ValuesOf(row.maxs, aggregate.maxs);
  return group;
}

std::vector<std::string> PathsOf(const std::vector<catalog::AggregateDef::Extreme>& extremes) {
  std::vector<std::string> paths;
  for (const auto& extreme : extremes) paths.push_back(extreme.path.text());
  return paths;
}

std::vector<std::string> PathsOf(const std::vector<catalog::Term>& terms) {
  std::vector<std::string> paths;
  for (const catalog::Term& term : terms) paths.push_back(term.path.text());
  return paths;
}

}  // namespace

namespace internal {

absl::StatusOr<AggregateCursor> RunAggregate(txn::ReadView view, const AggregateQuery& query) {
  DAFTAR_ASSIGN_OR_RETURN(const catalog::TableDef* table, view.catalog->GetTable(query.table));
  DAFTAR_ASSIGN_OR_RETURN(const catalog::AggregateDef* aggregate,
                          table->GetAggregate(query.aggregate));
  DAFTAR_ASSIGN_OR_RETURN(
      query::AggregateScan scan,
      query::AggregateScan::Start(std::move(view), table, aggregate, query.group));
  return DatabaseAccess::MakeAggregateCursor(std::move(scan));
}

absl::StatusOr<CountResult> RunCount(txn::ReadView view, const Query& query) {
  DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*view.catalog, query));
  return query::Count(std::move(view), std::move(bound));
}

}  // namespace internal

namespace {

absl::StatusOr<std::optional<RankResult>> RunRank(const txn::ReadView& view, const Query& query,
                                                  const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*view.catalog, query));
  DAFTAR_ASSIGN_OR_RETURN(const codec::EncodedKey encoded, internal::EncodeKey(*bound.table, key));
  return query::Rank(view, std::move(bound), encoded);
}

}  // namespace

std::string Sum::ToString() const {
  if (values == 0) return "";
  return PlacePoint(absl::StrCat(unscaled), scale);
}

AggregateCursor::AggregateCursor(std::unique_ptr<internal::AggregateState> state)
    : state_(std::move(state)) {}
AggregateCursor::AggregateCursor(AggregateCursor&&) noexcept = default;
AggregateCursor& AggregateCursor::operator=(AggregateCursor&&) noexcept = default;
AggregateCursor::~AggregateCursor() = default;

absl::StatusOr<bool> AggregateCursor::Next() {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, state_->scan.Next());
  if (found) state_->group = GroupOf(state_->scan.aggregate(), state_->scan.row());
  return found;
}

const Group& AggregateCursor::group() const { return state_->group; }

AggregateCursor::Paths AggregateCursor::paths() const {
  const catalog::AggregateDef& aggregate = state_->scan.aggregate();
  return {PathsOf(aggregate.by()), PathsOf(aggregate.sums()), PathsOf(aggregate.mins),
          PathsOf(aggregate.maxs)};
}

std::string AggregateCursor::Explain() const { return state_->scan.ToString(); }

AggregateCursor::Counts AggregateCursor::counts() const {
  return {state_->scan.counts().groups, state_->scan.counts().entries};
}

absl::StatusOr<CountResult> Database::Count(const ReadView& view, const Query& query) const {
  return internal::RunCount(internal::DatabaseAccess::View(view), query);
}

absl::StatusOr<std::optional<RankResult>> Database::Rank(const ReadView& view, const Query& query,
                                                         const Key& key) const {
  return RunRank(internal::DatabaseAccess::View(view), query, key);
}

absl::StatusOr<std::optional<RankResult>> Database::Rank(const Query& query, const Key& key) const {
  return RunRank(state_->core->View(), query, key);
}

absl::StatusOr<CountResult> Database::Count(const Query& query) const {
  return internal::RunCount(state_->core->View(), query);
}

absl::StatusOr<CountResult> Transaction::Count(const Query& query) {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, state_->transaction.View());
  return internal::RunCount(std::move(view), query);
}

absl::StatusOr<AggregateCursor> Database::Aggregate(const ReadView& view,
                                                    const AggregateQuery& query) const {
  return internal::RunAggregate(internal::DatabaseAccess::View(view), query);
}

absl::StatusOr<AggregateCursor> Database::Aggregate(const AggregateQuery& query) const {
  return internal::RunAggregate(state_->core->View(), query);
}

absl::StatusOr<AggregateCursor> Transaction::Aggregate(const AggregateQuery& query) {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, state_->transaction.View());
  return internal::RunAggregate(std::move(view), query);
}

}  // namespace daftar
