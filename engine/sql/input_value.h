// Values of SQL as parts of a record.
#pragma once

#include <sqlite3.h>

#include "absl/status/statusor.h"
#include "record/json_value.h"
#include "sql/columns.h"

namespace daftar::sql {

// What the record's JSON has where `column` takes it from. The forms that columns show are read,
// and those that `daftar put` reads; a number is text where the field is text. Errors:
// InvalidArgument naming column and value for a kind of value that the field cannot hold; whether
// the value itself fits is for record::MessageFromJson to say.
absl::StatusOr<record::JsonValue> InputValue(const Column& column, sqlite3_value* value);

}  // namespace daftar::sql
