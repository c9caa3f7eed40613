#include "catalog/catalog.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "names/name_keys.h"

namespace daftar::catalog {

std::string ToString(const Term& term) {
  const bool descending = term.part.direction == codec::Direction::kDescending;
  std::string text = absl::StrCat(term.path.text(), descending ? " desc" : "");
  const codec::Nulls usual = descending ? codec::Nulls::kLast : codec::Nulls::kFirst;
  if (term.part.nulls != codec::Nulls::kNever && term.part.nulls != usual) {
    absl::StrAppend(&text,
                    term.part.nulls == codec::Nulls::kFirst ? " nulls first" : " nulls last");
  }
  return text;
}

std::vector<codec::KeyPart> PartsOf(const std::vector<Term>& terms) {
  std::vector<codec::KeyPart> parts;
  parts.reserve(terms.size());
  for (const Term& term : terms) parts.push_back(term.part);
  return parts;
}

std::vector<Term> CellTerms() {
  return {{record::FieldPath(),
           {codec::KeyType::kUInt64, codec::Direction::kAscending, codec::Nulls::kNever}}};
}

bool SameCondition(const record::Condition& a, const record::Condition& b) {
  return a.path == b.path && a.op == b.op &&
         std::is_permutation(a.operands.begin(), a.operands.end(), b.operands.begin(),
                             b.operands.end());
}

std::vector<Term> SearchTerms(const SearchDef& search) {
  using codec::Direction, codec::KeyType, codec::Nulls;
  const record::FieldPath& path = search.fields.front();
  return {{path, {KeyType::kText, Direction::kAscending, Nulls::kNever}},
          {path, {KeyType::kUInt16, Direction::kAscending, Nulls::kNever}}};
}

bool IndexDef::outdated() const {
  return search.has_value() && search->keys_version != names::kNameKeysVersion;
}

size_t IndexDef::list_count() const {
  size_t count = 0;
  for (const Term& term : on) count = std::max(count, term.path.list_count());
  return count;
}

bool IndexDef::fans_out() const { return list_count() > 0; }

const record::FieldPath& IndexDef::longest_fan_out() const {
  const size_t count = list_count();
  const auto found = std::find_if(
      on.begin(), on.end(), [&](const Term& term) { return term.path.list_count() == count; });
  DAFTAR_CHECK(found != on.end());
  return found->path;
}

const IndexDef* TableDef::FindIndex(std::string_view wanted) const {
  for (const IndexDef& index : indexes) {
    if (index.name == wanted) return &index;
  }
  return nullptr;
}

absl::StatusOr<const AggregateDef*> TableDef::GetAggregate(std::string_view wanted) const {
  std::string names;
  for (const AggregateDef& aggregate : aggregates) {
    if (aggregate.name() == wanted) return &aggregate;
    absl::StrAppend(&names, names.empty() ? "" : ", ", aggregate.name());
  }
  return NotFound("no such aggregate")
      .With("aggregate", wanted)
      .With("table", name)
      .With("aggregates", names.empty() ? "(none)" : names);
}

bool Catalog::has_aggregates() const {
  return std::any_of(tables.begin(), tables.end(),
                     [](const TableDef& table) { return !table.aggregates.empty(); });
}

bool Catalog::has_late_aggregates() const {
  return std::any_of(tables.begin(), tables.end(), [](const TableDef& table) {
    return std::any_of(table.aggregates.begin(), table.aggregates.end(),
                       [](const AggregateDef& aggregate) {
                         return !aggregate.readable() || aggregate.since != CommitVersion();
                       });
  });
}

absl::Status CompileChecks(const ConditionCompiler& compiler, std::vector<TableDef>* tables) {
  for (TableDef& table : *tables) {
    for (CheckDef& check : table.rules.checks) {
      auto condition = compiler(table, check.expression);
      if (!condition.ok()) {
        return WithContext(WithContext(condition.status(), "table", table.name), "rule",
                           check.name);
      }
      check.condition = *std::move(condition);
    }
  }
  return absl::OkStatus();
}

bool Catalog::has_rules() const {
  return std::any_of(tables.begin(), tables.end(), [](const TableDef& table) {
    return !table.rules.empty() || std::any_of(table.indexes.begin(), table.indexes.end(),
                                               [](const IndexDef& index) { return index.forever; });
  });
}

const TableDef* Catalog::powers_table() const {
  const auto found = std::find_if(tables.begin(), tables.end(), [](const TableDef& table) {
    return table.rules.powers.has_value();
  });
  return found == tables.end() ? nullptr : &*found;
}

const TableDef* Catalog::decisions_table() const {
  const auto found = std::find_if(tables.begin(), tables.end(), [](const TableDef& table) {
    return table.rules.decisions.has_value();
  });
  return found == tables.end() ? nullptr : &*found;
}

bool Catalog::has_search() const {
  return std::any_of(tables.begin(), tables.end(), [](const TableDef& table) {
    return std::any_of(table.indexes.begin(), table.indexes.end(),
                       [](const IndexDef& index) { return index.search.has_value(); });
  });
}

bool Catalog::has_points() const {
  return std::any_of(tables.begin(), tables.end(), [](const TableDef& table) {
    return std::any_of(table.indexes.begin(), table.indexes.end(),
                       [](const IndexDef& index) { return index.kind == IndexKind::kPoint; });
  });
}

bool Catalog::all_readable() const {
  return std::all_of(tables.begin(), tables.end(), [](const TableDef& table) {
    return std::all_of(table.indexes.begin(), table.indexes.end(),
                       [](const IndexDef& index) { return index.readable(); }) &&
           std::all_of(table.aggregates.begin(), table.aggregates.end(),
                       [](const AggregateDef& aggregate) { return aggregate.readable(); });
  });
}

const TableDef* Catalog::FindTable(std::string_view name) const {
  for (const TableDef& table : tables) {
    if (table.name == name) return &table;
  }
  return nullptr;
}

const TableDef* Catalog::FindTable(TableId id) const {
  for (const TableDef& table : tables) {
    if (table.id == id) return &table;
  }
  return nullptr;
}

const TableDef* Catalog::FindType(uint64_t type_id) const {
  for (const TableDef& table : tables) {
    if (table.schema.getProto().getId() == type_id) return &table;
  }
  return nullptr;
}

absl::StatusOr<const TableDef*> Catalog::GetTable(std::string_view name) const {
  if (const TableDef* table = FindTable(name)) return table;
  std::string names;
  for (const TableDef& table : tables) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", table.name);
  }
  return NotFound("no such table").With("table", name).With("tables", names);
}

std::vector<std::string_view> RequiredParts(const TableDef& table) {
  std::vector<std::string_view> parts;
  if (table.requires_actor) parts.push_back("actor");
  if (table.requires_reason) parts.push_back("reason");
  if (table.requires_decision) parts.push_back("decision");
  return parts;
}

}  // namespace daftar::catalog
