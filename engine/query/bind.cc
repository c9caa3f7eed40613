// Bind: names and values of a query against the schema.

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "query/order.h"
#include "query/plan.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"

namespace daftar::query {
namespace {

constexpr size_t kAlternativesMax = 64;

absl::StatusOr<record::Condition> BindCondition(const catalog::TableDef& table,
                                                const Query::Condition& condition) {
  if (!condition.text.empty()) return record::ParseCondition(table.schema, condition.text);
  DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path,
                          record::FieldPath::Parse(table.schema, condition.path));
  if (condition.parameter.has_value()) return record::Condition{std::move(path), condition.op, {}};
  return record::MakeCondition(std::move(path), condition.op, condition.operands);
}

// Errors: InvalidArgument when they are not numbered 0, 1, 2 and so on; several may be the same.
absl::Status CheckPlaces(const std::vector<BoundQuery::Parameter>& parameters) {
  std::set<size_t> places;
  for (const BoundQuery::Parameter& parameter : parameters) places.insert(parameter.place);
  if (places.empty() || *places.rbegin() + 1 == places.size()) return absl::OkStatus();
  return InvalidArgument("the places of parameters are to be 0, 1, 2 and so on")
      .With("places", absl::StrJoin(places, ", "));
}

// Whether a query may name the index. Errors: NotFound; FailedPrecondition when it is not whole.
absl::Status CheckIndex(const catalog::TableDef& table, std::string_view name) {
  const catalog::IndexDef* const index = table.FindIndex(name);
  if (index == nullptr) {
    const auto append = [](std::string* out, const catalog::IndexDef& each) { *out += each.name; };
    return NotFound("no such index")
        .With("index", name)
        .With("indexes", absl::StrJoin(table.indexes, ", ", append));
  }
  if (index->search) {
    return InvalidArgument("the index is for search; ask `daftar find`").With("index", name);
  }
  if (index->kind == catalog::IndexKind::kPoint) {
    return InvalidArgument("an index of points answers what is near, and no query")
        .With("index", name);
  }
  if (index->readable()) return absl::OkStatus();
  return FailedPrecondition(index->state == catalog::IndexState::kBuilding
                                ? "the index is still being built"
                                : "records share values of the unique index")
      .With("index", name)
      .With("remedy", "run `daftar schema apply` to its end");
}

// "byZone", or several: "byZone and byState".
absl::Status BindIndexes(std::string_view text, BoundQuery* bound) {
  const std::vector<std::string> names = absl::StrSplit(text, " and ");
  for (const std::string& name : names) {
    if (name != "primary") {
      DAFTAR_RETURN_IF_ERROR(CheckIndex(*bound->table, name));
    } else if (names.size() > 1) {
      return InvalidArgument("the primary key cannot be intersected with indexes; name those alone")
          .With("table", bound->table->name);
    }
    if (!bound->index.has_value()) {
      bound->index = name;
    } else {
      bound->intersected.push_back(name);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Column> BindColumn(const catalog::TableDef& table, const std::string& name) {
  auto path = record::FieldPath::Parse(table.schema, name);
  if (path.ok() && !path->fans_out()) return Column{name, *std::move(path)};
  // Not a single value: then it must be a part of the record that has a JSON form.
  DAFTAR_RETURN_IF_ERROR(record::CheckJsonPath(table.schema, name));
  return Column{name, std::nullopt};
}

// One alternative of each WhereAny, in all combinations.
absl::StatusOr<std::vector<std::vector<const AllOf*>>> Combinations(const Query& query) {
  std::vector<std::vector<const AllOf*>> combinations;
  if (!query.any().empty()) combinations.emplace_back();
  for (const std::vector<AllOf>& any : query.any()) {
    if (any.empty()) return InvalidArgument("WhereAny takes one alternative at least");
    if (combinations.size() * any.size() > kAlternativesMax) {
      return InvalidArgument("the query has too many combinations of alternatives")
          .With("limit", kAlternativesMax);
    }
    std::vector<std::vector<const AllOf*>> longer;
    for (const auto& combination : combinations) {
      for (const AllOf& each : any) longer.emplace_back(combination).push_back(&each);
    }
    combinations = std::move(longer);
  }
  return combinations;
}

absl::Status BindAlternatives(const Query& query, BoundQuery* bound) {
  DAFTAR_ASSIGN_OR_RETURN(const auto combinations, Combinations(query));
  for (const std::vector<const AllOf*>& combination : combinations) {
    std::vector<record::Condition> alternative;
    for (const AllOf* all : combination) {
      for (const QueryCondition& condition : all->conditions()) {
        if (!condition.text.empty()) {
          DAFTAR_ASSIGN_OR_RETURN(auto several,
                                  record::ParseConditions(bound->table->schema, condition.text));
          std::move(several.begin(), several.end(), std::back_inserter(alternative));
          continue;
        }
        DAFTAR_ASSIGN_OR_RETURN(record::Condition made, BindCondition(*bound->table, condition));
        if (condition.parameter.has_value()) {
          bound->parameters.push_back(
              {bound->alternatives.size(), alternative.size(), condition.parameter->place});
        }
        alternative.push_back(std::move(made));
      }
    }
    for (const record::Condition& condition : bound->conditions) {
      if (!condition.path.fans_out()) continue;
      for (const BoundQuery::Parameter& parameter : std::vector(bound->parameters)) {
        if (parameter.alternative.has_value() ||
            &bound->conditions[parameter.condition] != &condition) {
          continue;
        }
        bound->parameters.push_back(
            {bound->alternatives.size(), alternative.size(), parameter.place});
      }
      alternative.push_back(condition);
    }
    bound->alternatives.push_back(std::move(alternative));
  }
  return absl::OkStatus();
}

absl::StatusOr<BoundQuery> BindAll(const catalog::Catalog& catalog, const Query& query) {
  BoundQuery bound;
  DAFTAR_ASSIGN_OR_RETURN(bound.table, catalog.GetTable(query.table()));
  for (const QueryCondition& condition : query.conditions()) {
    DAFTAR_ASSIGN_OR_RETURN(record::Condition made, BindCondition(*bound.table, condition));
    if (condition.parameter.has_value()) {
      bound.parameters.push_back(
          {std::nullopt, bound.conditions.size(), condition.parameter->place});
    }
    bound.conditions.push_back(std::move(made));
  }
  DAFTAR_RETURN_IF_ERROR(BindAlternatives(query, &bound));
  for (const Query::Order& order : query.orders()) {
    DAFTAR_ASSIGN_OR_RETURN(record::FieldPath path,
                            record::FieldPath::Parse(bound.table->schema, order.path));
    if (path.fans_out()) {
      return InvalidArgument("rows cannot be ordered by a field inside a list")
          .With("path", order.path);
    }
    bound.orders.push_back({std::move(path), order.direction});
  }
  for (const std::string& name : query.columns()) {
    DAFTAR_ASSIGN_OR_RETURN(Column column, BindColumn(*bound.table, name));
    bound.columns.push_back(std::move(column));
  }
  if (query.index().has_value()) DAFTAR_RETURN_IF_ERROR(BindIndexes(*query.index(), &bound));
  bound.limit = query.limit();
  bound.offset = query.offset();
  if (bound.offset > 0 && query.after().has_value()) {
    return InvalidArgument("a page goes on where the one before it ended; leave out the offset")
        .With("offset", bound.offset);
  }
  bound.limits = query.limits();
  bound.pages = query.page_state();
  bound.distinct = query.distinct();
  bound.calendar = query.calendar();
  bound.timed = query.timed();
  if (bound.distinct && bound.columns.empty()) {
    return InvalidArgument("distinct rows need columns; whole records always differ")
        .With("table", bound.table->name);
  }
  if (query.paged() || !bound.orders.empty()) {
    DAFTAR_RETURN_IF_ERROR(CompleteOrder(&bound));
  }
  return bound;
}

}  // namespace

absl::StatusOr<BoundQuery> BindWithParameters(const catalog::Catalog& catalog, const Query& query) {
  return record::Fenced(absl::StatusCode::kInternal, "query does not bind",
                        [&]() -> absl::StatusOr<BoundQuery> {
                          DAFTAR_ASSIGN_OR_RETURN(BoundQuery bound, BindAll(catalog, query));
                          DAFTAR_RETURN_IF_ERROR(CheckPlaces(bound.parameters));
                          return bound;
                        });
}

absl::StatusOr<BoundQuery> Bind(const catalog::Catalog& catalog, const Query& query) {
  DAFTAR_ASSIGN_OR_RETURN(BoundQuery bound, BindWithParameters(catalog, query));
  if (bound.parameters.empty()) return bound;
  return InvalidArgument("the query has parameters; give it to Database::Prepare")
      .With("table", bound.table->name);
}

}  // namespace daftar::query
