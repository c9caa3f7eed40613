// SQL over the tables of a database: SQLite's dialect. docs/sql.md says how fields show.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "daftar/options.h"
#include "daftar/query.h"
#include "daftar/value.h"

namespace daftar {

class Database;

namespace internal {
class SqlConnectionState;
class SqlStatementState;
}  // namespace internal

struct SqlOptions {
  // Everything is read as of this moment, as AsOf::Parse reads it; empty: the present.
  std::string as_of = {};
  // How long one statement may run, from its first row to its last.
  std::optional<std::chrono::milliseconds> time_max = std::nullopt;
  // Whether statements may write. A statement by itself is a transaction, as are those between
  // BEGIN and COMMIT; each commits with what `commit` says of it, within `limits`.
  bool writable = false;
  CommitOptions commit = {};
  TransactionLimits limits = {};
  // The table whose rates money is converted by: docs/schema.md, "Exchange rates".
  std::string rates = "rate";
};

// One statement, prepared. Lifetime: must end before its database; may outlive its connection.
// Thread safety: none; all statements of one connection belong to one thread at a time.
class SqlStatement {
 public:
  SqlStatement(SqlStatement&&) noexcept;
  SqlStatement& operator=(SqlStatement&&) noexcept;
  ~SqlStatement();

  // Sets the parameter `?N`, or `:name`, `@name` or `$name`; the mark may be left out. Values are
  // never made part of the text. Parameters that are not set are null. Errors: NotFound with the
  // parameters there are; FailedPrecondition while rows are read.
  absl::Status Bind(int number, const Value& value);
  absl::Status Bind(std::string_view name, const Value& value);
  // The parameters with their marks, by number.
  std::vector<std::string> parameters() const;

  // Moves to the next row; false when there is none, after which the next call begins anew. All
  // that a statement reads is from one state, taken when it reads first. Errors: DataLoss and
  // whatever else reading meets, as Database::Run; FailedPrecondition when a history does not reach
  // back to the moment asked for; InvalidArgument for what SQLite refuses; AlreadyExists when a key
  // or the values of a unique index are taken; ResourceExhausted when the time is up; Unavailable
  // when it was interrupted. The statement has ended then, and nothing of it is written. A COMMIT,
  // or a statement that is a transaction of its own, can also be Aborted, when what it has read was
  // changed meanwhile: nothing of the transaction is written; begin it again.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Gives up the rows that are left.
  void Reset();

  struct Column {
    std::string name;
    bool is_json = false;  // a list or a struct as JSON text
  };
  std::vector<Column> columns() const;
  // A value of the current row: null, integer, real, text or data. Requires: the last Next()
  // returned true, and `column` is one of columns().
  Value value(size_t column) const;

  // SQLite's plan, a line a step; where a table is read it shows which index, conditions and order
  // were chosen. Errors: InvalidArgument.
  absl::StatusOr<std::string> Explain() const;
  // What the tables have read so far, or in the last run.
  QueryCounts counts() const;
  // Whether a MATCH in it may have left names out, since more were alike than are looked at.
  bool names_left_out() const;
  // Whether the statement can write: an INSERT, UPDATE or DELETE.
  bool writes() const;
  // How many rows the last such statement of the connection wrote.
  int64_t rows_changed() const;

 private:
  friend class SqlConnection;
  explicit SqlStatement(std::unique_ptr<internal::SqlStatementState> state);
  std::unique_ptr<internal::SqlStatementState> state_;
};

// A private SQLite, in memory, in which every table of the database can be named. It holds TEMP
// tables and nothing else. It keeps the schema that the database had when it was opened.
//
//   auto sql = daftar::SqlConnection::Open(*database);
//   auto permits = sql->Prepare("SELECT no, validTo FROM permit WHERE zone = :zone");
//   permits->Bind("zone", "CFZ");
//   while (*permits->Next()) Show(permits->value(0));
//
// Lifetime: must end before its database. Thread safety: none, but for Interrupt().
class SqlConnection {
 public:
  // Errors: InvalidArgument for the moment, and for one together with writing; FailedPrecondition
  // when the database is open for reading only, and when names of tables differ only in case, which
  // SQL takes for the same.
  static absl::StatusOr<SqlConnection> Open(Database& database, const SqlOptions& options = {});
  SqlConnection(SqlConnection&&) noexcept;
  SqlConnection& operator=(SqlConnection&&) noexcept;
  ~SqlConnection();

  // Prepares one statement. Errors: InvalidArgument for what SQLite does not understand, with the
  // names there are in place of one that there is not, and for more than one statement;
  // FailedPrecondition for statements that change the schema or touch files.
  absl::StatusOr<SqlStatement> Prepare(std::string_view sql);
  // Prepares the first of several and moves `sql` behind it; nothing when there is none left.
  absl::StatusOr<std::optional<SqlStatement>> PrepareNext(std::string_view* sql);
  // Where the text that was refused last is wrong, in bytes from its beginning, when that is known.
  std::optional<size_t> error_offset() const;

  // Whether BEGIN or SAVEPOINT has begun a transaction that is not over. It is given up with the
  // connection.
  bool in_transaction() const;
  // The last commit that the connection made.
  std::optional<CommitVersion> last_commit() const;

  // Ends the statements that run, with Unavailable. May be called from any thread and from a signal
  // handler, as long as the connection lives.
  void Interrupt();

 private:
  explicit SqlConnection(std::shared_ptr<internal::SqlConnectionState> state);
  std::shared_ptr<internal::SqlConnectionState> state_;
};

}  // namespace daftar
