// Rows that SQL inserts, updates and deletes, as writes of the session's transaction.
#pragma once

#include <sqlite3.h>

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sql/columns.h"
#include "sql/session.h"

namespace daftar::sql {

// What SQLite asks for by xUpdate.
struct RowChange {
  // Absent: an insert.
  std::optional<int64_t> row;
  // One for each column; null: a delete.
  sqlite3_value** values = nullptr;
  // Whether a record that stands in the way is to be replaced.
  bool replace = false;
  // Whether the statement is a transaction of its own, in which a row that is refused takes all
  // others with it.
  bool is_all_or_none = false;
};

// Writes one row, in whole or not at all. `*row` is the number of the record that an insert made.
// A unique index is looked at right away, as SQL has it. Errors: AlreadyExists naming the key or
// the index and its values; those of NewRecord, ChangedRecord, Session::Writing and
// txn::Transaction::Write.
absl::Status WriteRow(Session* session, const catalog::TableDef& table,
                      const std::vector<Column>& columns, const RowChange& change, int64_t* row);

}  // namespace daftar::sql
