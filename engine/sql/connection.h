// A private SQLite in memory in which the tables of a database can be named.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sql/session.h"
#include "sql/statement.h"

namespace daftar::sql {

// SQLite is a front end here: none of our rows lives in it, only TEMP tables do.
// Lifetime: must end before its Core and after its statements. Thread safety: none, but for
// Interrupt().
class Connection {
 public:
  // Errors: those of RegisterTables; ResourceExhausted.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(txn::Core* core, SessionOptions options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Prepares the first statement of `text`, and moves `text` behind it. Null: there was none, only
  // spaces and comments. Errors: InvalidArgument for what SQLite cannot make sense of, with what
  // there is instead; FailedPrecondition for what is not allowed; those of ChooseAccess.
  absl::StatusOr<std::unique_ptr<Statement>> Prepare(std::string_view* text);

  // Lets the records of the session's batch, which are of `table`, be named: RegisterBatchTable.
  absl::Status ShowBatch(const catalog::TableDef& table);

  // Where in its text the statement is wrong that Prepare refused last, in bytes.
  std::optional<size_t> error_offset() const { return error_offset_; }

  bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

  // Ends what runs, with Unavailable. Thread safety: any thread, also signal handlers.
  void Interrupt() { session_.stop_sign().Interrupt(); }

  Session& session() { return session_; }

 private:
  Connection(txn::Core* core, SessionOptions options);
  absl::Status SetUp();
  int PrepareOnce(std::string_view text, sqlite3_stmt** prepared, const char** rest);
  // Gives the columns for MATCH to the tables that a statement names, from now on; to all where it
  // names none, as it may read a TEMP view. They are not there from the beginning, since `firm`
  // beside `permit.firm` would make names ambiguous in statements that have nothing to do with
  // MATCH. False: nothing was to be given.
  absl::StatusOr<bool> ShowMatchColumns(std::string_view text);
  // Whether what SQLite says of a statement is that such a column is not there.
  absl::StatusOr<bool> LacksMatchColumn(std::string_view message) const;

  Session session_;
  sqlite3* db_ = nullptr;
  std::optional<size_t> error_offset_;
  std::set<TableId> with_match_columns_;
};

}  // namespace daftar::sql
