// One prepared statement.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/value.h"
#include "sql/session.h"

namespace daftar::sql {

// The status for an extended result code of SQLite and its message.
absl::Status StatusOf(int code, std::string_view message);

// Lifetime: must end before its connection. Thread safety: none.
class Statement {
 public:
  // Takes `prepared`, which was prepared just now.
  Statement(sqlite3* db, Session* session, sqlite3_stmt* prepared);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Sets the parameter `?N`, or `:name`, `@name`, `$name`; the mark may be left out. Unset ones are
  // null. Errors: NotFound with the parameters there are; FailedPrecondition while rows are read.
  absl::Status Bind(int number, const Value& value);
  absl::Status Bind(std::string_view name, const Value& value);
  // The names of all parameters, with their marks; "?1" for those without.
  std::vector<std::string> Parameters() const;

  // Moves to the next row; false when there is none, after which the next call begins anew.
  // Errors: those of the tables' cursors, as they are; InvalidArgument, ResourceExhausted and so on
  // for what SQLite says; Unavailable, ResourceExhausted when it was stopped.
  [[nodiscard]] absl::StatusOr<bool> Step();
  // Begins anew. What ran is given up.
  void Reset();

  int column_count() const { return sqlite3_column_count(statement_); }
  std::string column_name(int column) const;
  // As declared, for plain columns of tables: "DATE TEXT"; else empty.
  std::string declared_type(int column) const;
  // A value of the current row: null, integer, real, text or data.
  Value value(int column) const;

  // SQLite's plan, a line a step, in which each access of a table shows ours. Errors: as Prepare.
  absl::StatusOr<std::string> Explain() const;
  // How many rows the last INSERT, UPDATE or DELETE of the connection changed.
  int64_t rows_changed() const { return sqlite3_changes64(db_); }
  // Whether it is such a statement.
  bool writes() const { return writes_; }

 private:
  absl::Status Failed(int code);
  void End();

  sqlite3* const db_;
  Session* const session_;
  sqlite3_stmt* const statement_;
  const bool writes_;
  bool running_ = false;
};

}  // namespace daftar::sql
