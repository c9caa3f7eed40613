#include "sql/row_input.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "sql/input_value.h"

namespace daftar::sql {
namespace {

using record::JsonMember;
using record::JsonObject;
using record::JsonValue;

// The names that lead to what a column holds.
std::vector<std::string_view> PathOf(const Column& column) {
  std::string_view name = column.name;
  if (column.kind == Column::Kind::kUnscaled) name = absl::StripSuffix(name, ".unscaled");
  return absl::StrSplit(name, '.');
}

JsonMember* FindMember(JsonObject* object, std::string_view name) {
  const auto found = std::find_if(object->begin(), object->end(),
                                  [&](const JsonMember& member) { return member.name == name; });
  return found == object->end() ? nullptr : &*found;
}

// Sets, or with null takes away, what lies at `path`; objects on the way are made when needed.
void SetAt(JsonObject* object, std::span<const std::string_view> path, JsonValue value) {
  for (; path.size() > 1; path = path.subspan(1)) {
    JsonMember* member = FindMember(object, path.front());
    if (member == nullptr) {
      if (value.is_null()) return;
      member = &object->emplace_back(JsonMember{std::string(path.front()), JsonValue()});
    }
    if (member->value.as_object() == nullptr) {
      if (value.is_null()) return;
      member->value = JsonValue(JsonObject());
    }
    object = member->value.as_object();
  }
  JsonMember* member = FindMember(object, path.front());
  if (value.is_null()) {
    if (member != nullptr) object->erase(object->begin() + (member - object->data()));
  } else if (member != nullptr) {
    member->value = std::move(value);
  } else {
    object->push_back({std::string(path.front()), std::move(value)});
  }
}

// Structs as wholes come first, so that what is said of their fields holds; the integer behind a
// decimal comes last, since it is the exact one.
void PutInOrder(const std::vector<Column>& columns, std::vector<size_t>* given) {
  const auto rank = [&](size_t i) {
    if (columns[i].kind == Column::Kind::kUnscaled) return 2;
    return columns[i].kind == Column::Kind::kJson ? 0 : 1;
  };
  std::sort(given->begin(), given->end(),
            [&](size_t a, size_t b) { return std::pair(rank(a), a) < std::pair(rank(b), b); });
}

// A number that is left out would be 0, which is as good a key as any other.
absl::Status CheckKeyGiven(const catalog::TableDef& table, const std::vector<Column>& columns,
                           sqlite3_value** values) {
  for (const catalog::Term& term : table.key) {
    const auto column = FindColumn(columns, term.path);
    // A field of a struct may come with the struct.
    if (!column.has_value() || absl::StrContains(columns[*column].name, '.')) continue;
    if (sqlite3_value_type(values[*column]) != SQLITE_NULL) continue;
    return InvalidArgument("the key must be given")
        .With("table", table.name)
        .With("column", columns[*column].name);
  }
  return absl::OkStatus();
}

absl::StatusOr<record::Message> ToMessage(const catalog::TableDef& table, JsonObject object) {
  auto message = record::MessageFromJson(table.schema, JsonValue(std::move(object)));
  if (!message.ok()) return WithContext(message.status(), "table", table.name);
  return message;
}

// For fields in unions: a value must not displace that of another member which nobody takes away.
absl::StatusOr<record::Message> ChangedAsJson(const catalog::TableDef& table,
                                              const record::Message& before,
                                              std::vector<record::JsonField> fields) {
  std::string text;
  DAFTAR_RETURN_IF_ERROR(record::AppendMessageJson(before, &text));
  DAFTAR_ASSIGN_OR_RETURN(JsonValue json, record::ParseJson(text));
  JsonObject* object = json.as_object();
  if (object == nullptr) return Internal("a record is no object").With("table", table.name);
  for (record::JsonField& field : fields) SetAt(object, field.names, std::move(field.value));
  return ToMessage(table, std::move(*object));
}

}  // namespace

absl::StatusOr<record::Message> NewRecord(const catalog::TableDef& table,
                                          const std::vector<Column>& columns,
                                          sqlite3_value** values, std::optional<int64_t> rowid) {
  JsonObject object;
  if (!rowid.has_value()) DAFTAR_RETURN_IF_ERROR(CheckKeyGiven(table, columns, values));
  if (rowid.has_value()) {
    object.push_back(
        {table.key.front().path.text(), JsonValue(record::JsonNumber{absl::StrCat(*rowid)})});
  }
  std::vector<size_t> given(columns.size());
  std::iota(given.begin(), given.end(), size_t{0});
  PutInOrder(columns, &given);
  for (const size_t i : given) {
    auto value = InputValue(columns[i], values[i]);
    if (!value.ok()) return WithContext(value.status(), "table", table.name);
    if (!value->is_null()) SetAt(&object, PathOf(columns[i]), *std::move(value));
  }
  return ToMessage(table, std::move(object));
}

absl::StatusOr<record::Message> ChangedRecord(const catalog::TableDef& table,
                                              const std::vector<Column>& columns,
                                              const record::Message& before,
                                              sqlite3_value** values) {
  std::vector<size_t> given;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (sqlite3_value_nochange(values[i]) == 0) given.push_back(i);
  }
  PutInOrder(columns, &given);
  std::vector<record::JsonField> fields;
  fields.reserve(given.size());
  for (const size_t i : given) {
    auto value = InputValue(columns[i], values[i]);
    if (!value.ok()) return WithContext(value.status(), "table", table.name);
    const bool is_required = columns[i].path.has_value() && !columns[i].path->nullable();
    if (value->is_null() && is_required) {
      return InvalidArgument("the column cannot be null")
          .With("table", table.name)
          .With("column", columns[i].name);
    }
    fields.push_back({PathOf(columns[i]), *std::move(value)});
  }
  auto changed = record::WithJsonFields(before, fields);
  if (!changed.ok()) return WithContext(changed.status(), "table", table.name);
  if (changed->has_value()) return **std::move(changed);
  return ChangedAsJson(table, before, std::move(fields));
}

}  // namespace daftar::sql
