#include "io/import_map.h"

#include "absl/strings/str_join.h"
#include "base/status.h"
#include "daftar/import.h"
#include "io/reject_file.h"
#include "record/json_parser.h"

namespace daftar::io {
namespace {

using record::JsonValue;
using Members = std::vector<std::pair<std::string, Spec>>;

RecordTemplate::Part PartOf(const ValueSpec& value) {
  if (value.is_constant()) return RecordTemplate::Part::kConstant;
  return value.is_whole() ? RecordTemplate::Part::kWhole : RecordTemplate::Part::kValue;
}

absl::StatusOr<bool> ParseTest(const std::string& name, const Spec& spec, Condition* condition) {
  if (name == "is_null" || name == "not_null") {
    DAFTAR_RETURN_IF_ERROR(spec.True());
    condition->test = name == "is_null" ? Condition::Test::kIsNull : Condition::Test::kNotNull;
  } else if (name == "equals" || name == "in" || name == "not_in") {
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> texts, spec.Texts());
    condition->texts.insert(texts.begin(), texts.end());
    condition->test = name == "not_in" ? Condition::Test::kNotIn : Condition::Test::kIn;
  } else if (name == "starts_with") {
    DAFTAR_ASSIGN_OR_RETURN(condition->prefix, spec.Text());
    condition->test = Condition::Test::kStartsWith;
  } else {
    return false;
  }
  return true;
}

absl::StatusOr<Condition> ParseCondition(const Spec& spec, const LookupTables& lookups,
                                         SourceNames* names) {
  DAFTAR_ASSIGN_OR_RETURN(const Members members, spec.Members());
  Condition condition;
  Members rest;
  size_t test_count = 0;
  for (const auto& [name, member] : members) {
    DAFTAR_ASSIGN_OR_RETURN(const bool is_test, ParseTest(name, member, &condition));
    test_count += is_test ? 1 : 0;
    if (!is_test) rest.emplace_back(name, member);
  }
  if (test_count != 1) {
    return spec.Wrong("one test is needed: is_null, not_null, equals, in, not_in or starts_with");
  }
  DAFTAR_ASSIGN_OR_RETURN(condition.value, ParseValueMembers(spec, rest, lookups, names));
  return condition;
}

absl::Status ParseEach(const Spec& spec, const LookupTables& lookups, TableMap* map) {
  DAFTAR_ASSIGN_OR_RETURN(const Members members, spec.Members());
  if (members.empty()) return spec.Wrong("an item is needed");
  for (const auto& [name, member] : members) {
    if (name.find('.') != name.npos || name.empty()) {
      return member.Wrong("the name of an item is not empty and has no dot");
    }
    DAFTAR_ASSIGN_OR_RETURN(ValueSpec value, ParseValueSpec(member, lookups, &map->names));
    if (UsesItems(value)) return member.Wrong("an item cannot be made of \"#\"");
    map->each.push_back(std::move(value));
  }
  // Known only now: items cannot be made of items.
  for (const auto& [name, member] : members) map->names.items.push_back(name);
  return absl::OkStatus();
}

absl::Status ParseFields(const Spec& spec, const LookupTables& lookups, TableMap* map) {
  DAFTAR_ASSIGN_OR_RETURN(const Members members, spec.Members());
  if (members.empty()) return spec.Wrong("a field is needed");
  for (const auto& [path, member] : members) {
    DAFTAR_ASSIGN_OR_RETURN(ValueSpec value, ParseValueSpec(member, lookups, &map->names));
    const absl::Status added = map->shape.Add(path, PartOf(value));
    if (!added.ok()) return member.Wrong(added.message());
    map->paths.push_back(path);
    map->values.push_back(std::move(value));
  }
  const absl::Status complete = map->shape.CheckComplete();
  return complete.ok() ? complete : spec.Wrong(complete.message());
}

absl::Status ParseFlags(const Spec& spec, TableMap* map) {
  std::vector<Spec> rules{spec};
  if (spec.value().as_array() != nullptr) {
    DAFTAR_ASSIGN_OR_RETURN(rules, spec.Elements());
  }
  for (const Spec& element : rules) {
    DAFTAR_ASSIGN_OR_RETURN(FlagRule rule, ParseFlagRule(element));
    map->flags.push_back(std::move(rule));
  }
  return absl::OkStatus();
}

absl::Status ParseSkipWhen(const Spec& spec, const LookupTables& lookups, TableMap* map) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Spec> elements, spec.Elements());
  for (const Spec& element : elements) {
    DAFTAR_ASSIGN_OR_RETURN(Condition condition, ParseCondition(element, lookups, &map->names));
    map->skip_when.push_back(std::move(condition));
  }
  return absl::OkStatus();
}

absl::Status ParseMergeBy(const Spec& spec, TableMap* map) {
  if (!map->each.empty()) return spec.Wrong("it cannot stand together with \"each\"");
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> columns, spec.Texts());
  for (const std::string& column : columns) {
    if (column.empty()) return spec.Wrong("a column name is expected");
    map->merge_by.push_back({Reference::Kind::kColumn, map->names.ColumnIndex(column), ""});
  }
  return columns.empty() ? spec.Wrong("a column is needed") : absl::OkStatus();
}

absl::StatusOr<TableMap> ParseTable(std::string_view table, const Spec& spec,
                                    const LookupTables& lookups) {
  DAFTAR_ASSIGN_OR_RETURN(const Members members, spec.Members());
  TableMap map;
  map.table = table;
  // First, whatever the order in the file: the others refer to its items.
  for (const auto& [name, member] : members) {
    if (name == "each") DAFTAR_RETURN_IF_ERROR(ParseEach(member, lookups, &map));
  }
  for (const auto& [name, member] : members) {
    if (name == "each") continue;
    if (name == "fields") {
      DAFTAR_RETURN_IF_ERROR(ParseFields(member, lookups, &map));
    } else if (name == "skip_when") {
      DAFTAR_RETURN_IF_ERROR(ParseSkipWhen(member, lookups, &map));
    } else if (name == "merge_by") {
      DAFTAR_RETURN_IF_ERROR(ParseMergeBy(member, &map));
    } else if (name == "flag") {
      DAFTAR_RETURN_IF_ERROR(ParseFlags(member, &map));
    } else {
      return member.Wrong("unknown name; known are each, skip_when, merge_by, fields, flag");
    }
  }
  if (map.paths.empty()) return spec.Wrong("\"fields\" is missing");
  return map;
}

absl::Status ParseLookups(const Spec& spec, LookupTables* lookups) {
  DAFTAR_ASSIGN_OR_RETURN(const Members members, spec.Members());
  for (const auto& [name, member] : members) {
    DAFTAR_ASSIGN_OR_RETURN((*lookups)[name], ParseLookupTable(member));
  }
  return absl::OkStatus();
}

}  // namespace

bool Condition::Holds(const JsonValue& tested) const {
  if (test == Test::kIsNull) return tested.is_null();
  if (test == Test::kNotNull) return !tested.is_null();
  const std::optional<std::string> text = TextOf(tested);
  if (test == Test::kStartsWith) return text && text->starts_with(prefix);
  const bool is_in = text && texts.contains(*text);
  return test == Test::kIn ? is_in : !is_in;
}

absl::StatusOr<ImportMap> ImportMap::Parse(std::string_view text) {
  absl::StatusOr<JsonValue> json = record::ParseJson(text, {.allow_comments = true});
  if (!json.ok()) return WithContext(json.status(), "in", "import map");
  const Spec root(&*json, "");
  DAFTAR_ASSIGN_OR_RETURN(const Members members, root.Members());
  LookupTables lookups;
  for (const auto& [name, member] : members) {
    if (name == "lookups") DAFTAR_RETURN_IF_ERROR(ParseLookups(member, &lookups));
  }
  ImportMap map;
  for (const auto& [name, member] : members) {
    if (name == "lookups") continue;
    if (name != "tables") return member.Wrong("unknown name; known are tables, lookups");
    DAFTAR_ASSIGN_OR_RETURN(const Members tables, member.Members());
    for (const auto& [table, spec] : tables) {
      DAFTAR_ASSIGN_OR_RETURN(TableMap parsed, ParseTable(table, spec, lookups));
      map.tables_.push_back(std::move(parsed));
    }
  }
  if (map.tables_.empty()) return root.Wrong("\"tables\" is missing or empty");
  return map;
}

absl::StatusOr<const TableMap*> ImportMap::Find(std::string_view table) const {
  for (const TableMap& map : tables_) {
    if (map.table == table) return &map;
  }
  return InvalidArgument("import map does not describe the table")
      .With("table", table)
      .With("it describes", absl::StrJoin(tables_, ", ", [](std::string* out, const TableMap& map) {
              out->append(map.table);
            }));
}

absl::StatusOr<TableMap> MapOfColumns(std::string_view table,
                                      const std::vector<std::string>& columns) {
  TableMap map;
  map.table = table;
  for (const std::string& column : columns) {
    if (column == kErrorColumn) continue;
    const absl::Status added = map.shape.Add(column, RecordTemplate::Part::kValue);
    if (!added.ok()) {
      return InvalidArgument("column name does not name a field; name it so or use an import map")
          .With("column", column)
          .With("cause", added.message());
    }
    ValueSpec value;
    value.source = Reference{Reference::Kind::kColumn, map.names.ColumnIndex(column), ""};
    map.paths.push_back(column);
    map.values.push_back(std::move(value));
  }
  DAFTAR_RETURN_IF_ERROR(map.shape.CheckComplete());
  return map;
}

}  // namespace daftar::io

namespace daftar {

absl::StatusOr<std::vector<std::string>> TablesOfImportMap(std::string_view map) {
  DAFTAR_ASSIGN_OR_RETURN(const io::ImportMap parsed, io::ImportMap::Parse(map));
  std::vector<std::string> tables;
  for (const io::TableMap& table : parsed.tables()) tables.push_back(table.table);
  return tables;
}

}  // namespace daftar
