// One walk through a table for SQLite.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/executor.h"
#include "query/record_lookup.h"
#include "sql/access_choice.h"
#include "sql/columns.h"
#include "sql/session.h"

namespace daftar::sql {

// Lifetime: must end before its session and table. Thread safety: none.
class TableCursor {
 public:
  TableCursor(Session* session, const catalog::TableDef& table, const std::vector<Column>& columns)
      : session_(session), table_(table), columns_(columns), lookup_(table) {}
  ~TableCursor() { CountUp(); }

  // Begins a walk as ChooseAccess has planned it, and stands on its first row. `more`: which
  // of MoreValues `values` end with. Errors: those of Session::View and ViewAsOf, of
  // txn::CheckReadable and of Executor::Next.
  absl::Status Begin(std::string_view choice, int more, int count, sqlite3_value** values);
  // Begins a walk through the session's batch, of which those records are left out that the state
  // does not have. Errors: those of Session::View; DataLoss.
  absl::Status BeginBatch();
  // Moves on. Errors: those of Executor::Next.
  absl::Status Next();
  bool at_end() const { return at_end_; }
  // Gives a column of the current row, or nothing when an UPDATE passes it on as it is. Errors:
  // DataLoss; those of SetResult.
  absl::Status Result(sqlite3_context* context, size_t column);
  // The number of the current row. Errors: DataLoss.
  absl::StatusOr<int64_t> RowId();

 private:
  absl::Status Parse(std::string_view text);
  // The conditions that the values make. False: no row can meet them.
  bool Translated(sqlite3_value** values, std::vector<record::Condition>* conditions) const;
  absl::StatusOr<query::Plan> MakePlan(std::vector<record::Condition> conditions);
  // Those of the chosen indexes that can be read beside the first one; a value of another type than
  // its column may leave one without its condition.
  std::vector<std::string> Intersected(const query::BoundQuery& query) const;
  // Takes the values that follow those of the arguments. Errors: Internal when there are others.
  absl::Status TakeMore(int more, int count, sqlite3_value** values);
  absl::Status LookUp(const txn::ReadView& view, std::string key);
  absl::Status NextOfBatch();
  absl::StatusOr<record::Message> Record();
  absl::Status ResultFromRecord(sqlite3_context* context, const Column& column);
  // Adds what the walk has read to the session's counts.
  void CountUp();

  Session* const session_;
  const catalog::TableDef& table_;
  const std::vector<Column>& columns_;
  std::string choice_text_;
  AccessChoice choice_;
  std::string moment_;
  std::optional<uint64_t> rows_expected_;
  std::unique_ptr<query::Executor> executor_;  // null: `lookup_` has the row
  query::RecordLookup lookup_;
  std::optional<txn::ReadView> batch_view_;  // nothing: the walk is not through the batch
  size_t next_in_batch_ = 0;
  std::optional<record::Message> record_;  // of the current row, once a column needs all of it
  // For each column that entries give the plan's slot, or its place among the values of a plan that
  // sorts.
  std::vector<std::optional<size_t>> places_;
  bool at_end_ = true;
};

}  // namespace daftar::sql
