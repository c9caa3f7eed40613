#include "sql/input_value.h"

#include <cmath>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/decimal.h"
#include "base/status.h"
#include "record/json_parser.h"

namespace daftar::sql {
namespace {

using record::JsonNumber;
using record::JsonValue;

// Of "2024-03-20".
constexpr size_t kDateBytes = 10;

std::string TextOf(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text == nullptr ? std::string()
                         : std::string(text, static_cast<size_t>(sqlite3_value_bytes(value)));
}

Error WrongKind(const Column& column, sqlite3_value* value, std::string_view expected) {
  const bool is_blob = sqlite3_value_type(value) == SQLITE_BLOB;
  return InvalidArgument("value does not fit the column")
      .With("column", column.name)
      .With("value", is_blob ? "data" : absl::StrCat("'", TextOf(value), "'"))
      .With("expected", expected);
}

absl::StatusOr<JsonValue> Json(const Column& column, sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_TEXT) return WrongKind(column, value, "JSON text");
  auto json = record::ParseJson(TextOf(value));
  if (!json.ok()) return WithContext(json.status(), "column", column.name);
  return json;
}

// "2024-03-20 08:30:00" as well as "2024-03-20T08:30:00Z".
std::string InstantInput(std::string text) {
  if (text.size() > kDateBytes && text[kDateBytes] == ' ') text[kDateBytes] = 'T';
  const bool has_zone =
      text.size() > kDateBytes && text.find_first_of("Z+-", kDateBytes) != std::string::npos;
  if (!has_zone) text.push_back('Z');
  return text;
}

JsonValue Real(double value) {
  if (std::isinf(value)) return JsonValue(value < 0 ? "-Infinity" : "Infinity");
  return JsonValue(JsonNumber{Value(value).ToJson()});
}

// A real that is an integer is one for a column of integers.
JsonValue Integer(sqlite3_value* value) {
  const double real = sqlite3_value_double(value);
  if (sqlite3_value_type(value) == SQLITE_FLOAT && std::floor(real) == real &&
      std::fabs(real) < 9e18) {
    return JsonValue(JsonNumber{absl::StrCat(static_cast<int64_t>(real))});
  }
  return JsonValue(TextOf(value));
}

absl::StatusOr<JsonValue> Unscaled(const Column& column, sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_INTEGER) return WrongKind(column, value, "integer");
  return JsonValue(FormatDecimal(Decimal{sqlite3_value_int64(value), column.scale}));
}

absl::StatusOr<JsonValue> ScalarInput(const Column& column, sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  if (column.form == Form::kBlob) {
    if (type != SQLITE_BLOB) return WrongKind(column, value, "data, as x'00ff'");
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    return JsonValue(absl::Base64Escape(std::string_view(
        bytes == nullptr ? "" : bytes, static_cast<size_t>(sqlite3_value_bytes(value)))));
  }
  if (type == SQLITE_BLOB) return WrongKind(column, value, column.path->type().Name());
  switch (column.form) {
    case Form::kBool:
      if (type == SQLITE_INTEGER) {
        const int64_t flag = sqlite3_value_int64(value);
        if (flag == 0 || flag == 1) return JsonValue(flag == 1);
      }
      return JsonValue(TextOf(value));
    case Form::kInteger:
    case Form::kUnsigned:
      return Integer(value);
    case Form::kReal:
      if (type == SQLITE_TEXT) return JsonValue(TextOf(value));
      return Real(sqlite3_value_double(value));
    case Form::kInstant:
      return JsonValue(InstantInput(TextOf(value)));
    case Form::kText:
      if (column.path->type().meaning() == record::Meaning::kJson) return Json(column, value);
      return JsonValue(TextOf(value));
    // A real decimal is its digits, of which SQLite gives 15.
    default:
      return JsonValue(TextOf(value));
  }
}

}  // namespace

absl::StatusOr<JsonValue> InputValue(const Column& column, sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_NULL) return JsonValue();
  switch (column.kind) {
    case Column::Kind::kJson:
      return Json(column, value);
    case Column::Kind::kUnscaled:
      return Unscaled(column, value);
    case Column::Kind::kAsOf:
      return WrongKind(column, value, "nothing: the past is not written");
    case Column::Kind::kMatch:
    case Column::Kind::kSimilarity:
    case Column::Kind::kRank:
      return WrongKind(column, value, "nothing: it shows what MATCH finds");
    case Column::Kind::kScalar:
      return ScalarInput(column, value);
  }
  return Internal("column of no kind").With("column", column.name);
}

}  // namespace daftar::sql
