// Records to JSON and back.
//
// Fields are members under their names. Optionals are their value or null; groups and structs are
// objects; of a union only the active member stands. Integers and decimals are exact numbers; dates
// and instants text, of ISO 8601 but for other calendars; enumerants their names; data base64;
// infinities and NaN are text.
#pragma once

#include <capnp/dynamic.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/calendar.h"
#include "record/json_value.h"
#include "record/message.h"

namespace daftar::record {

// Builds a record. Members that are absent or null leave their field unset. Text is accepted
// wherever a number, date, enumerant or boolean stands, so that cells of a spreadsheet fit.
// Errors: InvalidArgument with "field=<path>", the value, what was expected and the remedy, for an
// unknown field, a wrong value, a field given twice, two members of one union, or null where the
// field cannot be null.
absl::StatusOr<Message> MessageFromJson(capnp::StructSchema schema, const JsonValue& json);

// A field of a record, by the names that lead to it through groups and structs, and what it is to
// hold. Null: nothing, or what it holds when nobody sets it.
struct JsonField {
  std::vector<std::string_view> names;
  JsonValue value;
};

// The record with these fields changed, one after the other: what MessageFromJson makes of the
// record's own JSON with the members in their places, without the JSON. Nothing when a name is a
// member of a union that is no optional, where a value can displace another one. Errors: those of
// MessageFromJson.
absl::StatusOr<std::optional<Message>> WithJsonFields(const Message& record,
                                                      std::span<const JsonField> fields);

// Appends the record as one compact JSON object, fields in declaration order, unset ones left out.
// In kGregorian MessageFromJson reads it back, whatever it holds. Errors: DataLoss.
absl::Status AppendMessageJson(const Message& message, std::string* out,
                               Calendar calendar = Calendar::kGregorian);

// Checks that names joined by dots lead to a part of the record, of any kind.
// Errors: InvalidArgument naming the struct and its fields.
absl::Status CheckJsonPath(capnp::StructSchema schema, std::string_view path);

// Appends the JSON of that part: an array where the path walks through a list, null where a step is
// not set. Requires: CheckJsonPath() accepted the path. Errors: DataLoss.
absl::Status AppendPathJson(const Message& message, std::string_view path, std::string* out,
                            Calendar calendar = Calendar::kGregorian);

}  // namespace daftar::record
