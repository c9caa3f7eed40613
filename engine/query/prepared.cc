#include "query/prepared.h"

#include <algorithm>

#include "base/status.h"
#include "query/access_path.h"

namespace daftar::query {

absl::StatusOr<std::unique_ptr<Prepared>> Prepared::Make(const txn::ReadView& view, Query query) {
  std::unique_ptr<Prepared> prepared(new Prepared(std::move(query)));
  DAFTAR_ASSIGN_OR_RETURN(BoundQuery bound, BindWithParameters(*view.catalog, prepared->query_));
  for (const BoundQuery::Parameter& parameter : bound.parameters) {
    prepared->value_count_ = std::max(prepared->value_count_, parameter.place + 1);
  }
  absl::MutexLock lock(&prepared->mutex_);
  prepared->form_ = {view.catalog, view.statistics,
                     std::make_shared<const BoundQuery>(std::move(bound)), std::nullopt};
  return prepared;
}

absl::StatusOr<Prepared::Form> Prepared::FormFor(const txn::ReadView& view) {
  absl::MutexLock lock(&mutex_);
  if (form_.catalog != view.catalog) {
    auto bound = BindWithParameters(*view.catalog, query_);
    if (!bound.ok()) {
      return FailedPrecondition("the schema has changed, and the query does not fit it any more")
          .With("table", query_.table())
          .With("because", bound.status().message());
    }
    form_ = {view.catalog, view.statistics, std::make_shared<const BoundQuery>(*std::move(bound)),
             std::nullopt};
  } else if (form_.statistics != view.statistics) {
    form_.statistics = view.statistics;
    form_.index.reset();
  }
  return form_;
}

absl::StatusOr<BoundQuery> Prepared::Fill(const txn::ReadView& view,
                                          const std::vector<Value>& values) {
  if (values.size() != value_count_) {
    return InvalidArgument("the query takes another number of values")
        .With("values", values.size())
        .With("parameters", value_count_);
  }
  DAFTAR_ASSIGN_OR_RETURN(const Form form, FormFor(view));
  BoundQuery filled = *form.bound;
  for (const BoundQuery::Parameter& parameter : filled.parameters) {
    std::vector<record::Condition>& among = parameter.alternative.has_value()
                                                ? filled.alternatives[*parameter.alternative]
                                                : filled.conditions;
    record::Condition& condition = among[parameter.condition];
    DAFTAR_ASSIGN_OR_RETURN(
        condition,
        record::MakeCondition(std::move(condition.path), condition.op, {values[parameter.place]}));
  }
  filled.parameters.clear();
  // A value may leave a partial index without its condition.
  if (form.index.has_value() && Answers({filled.table, *form.index}, filled)) {
    filled.index = *form.index == nullptr ? "primary" : (*form.index)->name;
  }
  return filled;
}

void Prepared::Keep(const txn::ReadView& view, const Plan& plan) {
  // What reads several indexes is planned anew each time: how many entries each value has decides.
  if (!plan.branches.empty() || !plan.intersected.empty()) return;
  absl::MutexLock lock(&mutex_);
  const bool is_same = form_.catalog == view.catalog && form_.statistics == view.statistics;
  if (is_same && !form_.index.has_value()) form_.index = plan.index;
}

}  // namespace daftar::query
