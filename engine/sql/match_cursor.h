// One walk through the rows that a MATCH finds, the best first.
#pragma once

#include <sqlite3.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/search.h"
#include "record/message.h"
#include "sql/columns.h"
#include "sql/match.h"
#include "sql/session.h"

namespace daftar::sql {

// Lifetime: must end before its session and table. Thread safety: none.
class MatchCursor {
 public:
  MatchCursor(Session* session, const catalog::TableDef& table, const std::vector<Column>& columns)
      : session_(session), table_(table), columns_(columns) {}

  // Begins a walk as ChooseMatch has planned it, and stands on its first row. The same text at the
  // same moment is searched once in the cursor's life, which is one run of a statement. Errors:
  // those of Session::View and ViewAsOf, and of search::Find.
  absl::Status Begin(std::string_view choice, int more, int count, sqlite3_value** values);
  // Moves on.
  absl::Status Next();
  bool at_end() const { return at_end_; }
  // Gives a column of the current row. Errors: DataLoss; those of SetResult.
  absl::Status Result(sqlite3_context* context, size_t column);
  // The number of the current row. Errors: DataLoss.
  absl::StatusOr<int64_t> RowId();

 private:
  // What is searched for. Nothing: a null, to which no name is alike. Errors: Internal.
  absl::StatusOr<std::optional<SearchQuery>> TakeQuery(std::string_view choice, int more, int count,
                                                       sqlite3_value** values);
  absl::Status Search(SearchQuery query);
  absl::Status ResultFromRecord(sqlite3_context* context, const Column& column);
  codec::EncodedKey Key() const;

  Session* const session_;
  const catalog::TableDef& table_;
  const std::vector<Column>& columns_;
  std::string moment_;
  // What was searched last: as a text, and what it gave.
  std::optional<std::string> searched_;
  std::optional<txn::ReadView> view_;
  SearchResult found_;
  std::vector<std::string> primary_keys_;  // of its hits
  size_t place_ = 0;                       // of the current row in the hits
  std::optional<record::Message> record_;  // of the current row, once a column needs it
  bool at_end_ = true;
};

}  // namespace daftar::sql
