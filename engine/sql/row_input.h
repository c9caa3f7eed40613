// Rows of SQL as records.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "record/message.h"
#include "sql/columns.h"

namespace daftar::sql {

// The record that an INSERT gives: null leaves a field out. `rowid`: the number that the row gets
// in a table of HasOwnRowId(). Errors: those of InputValue and record::MessageFromJson, with the
// table.
absl::StatusOr<record::Message> NewRecord(const catalog::TableDef& table,
                                          const std::vector<Column>& columns,
                                          sqlite3_value** values, std::optional<int64_t> rowid);

// `before` with the columns that an UPDATE sets: null takes a field away. Errors: as NewRecord.
absl::StatusOr<record::Message> ChangedRecord(const catalog::TableDef& table,
                                              const std::vector<Column>& columns,
                                              const record::Message& before,
                                              sqlite3_value** values);

}  // namespace daftar::sql
