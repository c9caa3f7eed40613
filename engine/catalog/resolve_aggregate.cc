#include "catalog/resolve_aggregate.h"

#include <algorithm>

#include "base/status.h"
#include "catalog/resolve.h"
#include "catalog/resolve_terms.h"

namespace daftar::catalog {
namespace {

absl::StatusOr<Term> ParseSumTerm(capnp::StructSchema schema, std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(Term term, ParseCoveringTerm(schema, text));
  DAFTAR_RETURN_IF_ERROR(CheckSummable(term.path));
  return term;
}

// Whether all records of a group state `currency` alike.
bool IsSingle(const IndexDef& groups, const record::FieldPath& currency) {
  const auto is_it = [&](const Term& term) { return term.path == currency; };
  const auto fixes = [&](const record::Condition& condition) {
    return condition.path == currency && condition.op == Operator::kEqual;
  };
  return std::any_of(groups.on.begin(), groups.on.end(), is_it) ||
         std::any_of(groups.where.begin(), groups.where.end(), fixes);
}

// Amounts of two currencies must not be added up or compared.
absl::Status CheckCurrency(const TableDef& table, const IndexDef& groups,
                           const record::FieldPath& path) {
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<record::FieldPath> currency,
                          path.CurrencyPath(table.schema));
  if (!currency.has_value() || IsSingle(groups, *currency)) return absl::OkStatus();
  return InvalidArgument(
             "amounts of several currencies would come together; add the currency to `by`")
      .With("path", path.text())
      .With("currency", currency->text());
}

absl::Status AddExtremes(const TableDef& table, const AggregateDef& aggregate,
                         capnp::List<capnp::Text>::Reader texts,
                         std::vector<AggregateDef::Extreme>* extremes) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Term> terms,
                          ParseTerms(table.schema, texts, ParseIndexTerm));
  for (const Term& term : terms) {
    DAFTAR_RETURN_IF_ERROR(CheckCurrency(table, aggregate.groups, term.path));
    AggregateDef::Extreme& extreme = extremes->emplace_back();
    extreme.path = term.path;
    DAFTAR_RETURN_IF_ERROR(FindExtreme(table, aggregate, &extreme));
  }
  return absl::OkStatus();
}

absl::StatusOr<AggregateDef> ResolveAggregate(const TableDef& table,
                                              schema::Aggregate::Reader source) {
  AggregateDef aggregate;
  IndexDef& groups = aggregate.groups;
  groups.name = std::string(View(source.getName()));
  DAFTAR_RETURN_IF_ERROR(CheckName(groups.name));
  const auto check_count = [](size_t count, std::string_view what) {
    return count == 0 ? absl::OkStatus() : CheckCount(count, what);
  };
  DAFTAR_RETURN_IF_ERROR(check_count(source.getBy().size(), "`by`"));
  DAFTAR_RETURN_IF_ERROR(check_count(source.getSum().size(), "`sum`"));
  DAFTAR_RETURN_IF_ERROR(check_count(source.getMin().size(), "`min`"));
  DAFTAR_RETURN_IF_ERROR(check_count(source.getMax().size(), "`max`"));
  DAFTAR_ASSIGN_OR_RETURN(groups.on, ParseTerms(table.schema, source.getBy(), ParseIndexTerm));
  DAFTAR_RETURN_IF_ERROR(CheckFanOut(groups));
  DAFTAR_ASSIGN_OR_RETURN(groups.covering, ParseTerms(table.schema, source.getSum(), ParseSumTerm));
  DAFTAR_ASSIGN_OR_RETURN(groups.where, ParseWhere(table.schema, View(source.getWhere())));
  for (const Term& term : groups.covering) {
    DAFTAR_RETURN_IF_ERROR(CheckCurrency(table, groups, term.path));
  }
  DAFTAR_RETURN_IF_ERROR(AddExtremes(table, aggregate, source.getMin(), &aggregate.mins));
  DAFTAR_RETURN_IF_ERROR(AddExtremes(table, aggregate, source.getMax(), &aggregate.maxs));
  return aggregate;
}

}  // namespace

absl::Status AddAggregate(schema::Aggregate::Reader source, TableDef* table) {
  auto aggregate = ResolveAggregate(*table, source);
  if (!aggregate.ok()) {
    return WithContext(aggregate.status(), "aggregate", View(source.getName()));
  }
  if (table->GetAggregate(aggregate->name()).ok()) {
    return InvalidArgument("two aggregates have one name").With("aggregate", aggregate->name());
  }
  if (table->aggregates.size() == kAggregatesPerTableMax) {
    return InvalidArgument("table has too many aggregates").With("limit", kAggregatesPerTableMax);
  }
  table->aggregates.push_back(*std::move(aggregate));
  return absl::OkStatus();
}

}  // namespace daftar::catalog
