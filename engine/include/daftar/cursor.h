// The rows of a query.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/query.h"
#include "daftar/record.h"
#include "daftar/value.h"

namespace daftar {

namespace internal {
class CursorState;
struct DatabaseAccess;
}  // namespace internal

// The rows of a query, one by one, from one state of the database. Reads as it goes and holds a few
// rows; when the plan sorts, all that it sorts, or as many as the limit asks for. A limit that is
// reached before such a plan has read all that it must gives no row out of order, but none.
// Lifetime: must end before its database. Thread safety: none.
class Cursor {
 public:
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) noexcept;
  ~Cursor();

  // Moves to the next row; false when there is none, for which stop_reason() says why.
  // Errors: DataLoss, Unavailable; ResourceExhausted when a sort holds too much. Not to be called
  // again after an error.
  [[nodiscard]] absl::StatusOr<bool> Next();

  // The current row of a query without Select. Requires: the last Next() returned true.
  absl::StatusOr<Record> record() const;
  // The current row of a query with Select: one value a column; columns that are no single values
  // hold their JSON as text. Lifetime: until the next call. Requires: as record().
  const std::vector<Value>& values() const;
  // The current row as one compact JSON object; columns under the names they were asked by. Dates
  // in the calendar of Query::ShownIn.
  absl::StatusOr<std::string> ToJson() const;

  StopReason stop_reason() const;
  // Where the query goes on, as text for Query::After: after the current row, or after all that was
  // read when a limit has ended the cursor. Empty when there is no further row. It holds the values
  // that rows are ordered by and the primary key of one row, which a reader of the text can see;
  // docs/format.md section 15. Errors: FailedPrecondition when rows come in no total order (ask
  // with Query::Paged), or a limit was reached before a plan that sorts could give a row.
  absl::StatusOr<std::string> Continuation() const;
  QueryCounts counts() const;
  QueryTimes times() const;
  // What the plan does, a line a step.
  std::string Explain() const;
  // The columns of values(), and for each whether it holds JSON.
  struct ColumnInfo {
    std::string name;
    bool is_json = false;
  };
  std::vector<ColumnInfo> columns() const;

 private:
  friend struct internal::DatabaseAccess;
  explicit Cursor(std::unique_ptr<internal::CursorState> state);
  std::unique_ptr<internal::CursorState> state_;
};

}  // namespace daftar
