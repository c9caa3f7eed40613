#include "sql/match_cursor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "index/stored_record.h"
#include "record/json_codec.h"
#include "search/find.h"
#include "sql/access_choice.h"
#include "sql/system_table.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

// As many as a search gives at most.
constexpr size_t kHitsMost = 1000;

}  // namespace

absl::StatusOr<std::optional<SearchQuery>> MatchCursor::TakeQuery(std::string_view choice_text,
                                                                  int more, int count,
                                                                  sqlite3_value** values) {
  DAFTAR_ASSIGN_OR_RETURN(const MatchChoice choice, ParseMatchChoice(choice_text, columns_));
  const bool has_moment = (more & kHasMoment) != 0;
  if (count != (has_moment ? 2 : 1)) {
    return Internal("a plan was given other values than it takes").With("values", count);
  }
  sqlite3_value* const text = values[0];
  moment_ = has_moment ? std::string(TextOf(values[1])) : "";
  if (sqlite3_value_type(text) == SQLITE_NULL) return std::optional<SearchQuery>();
  SearchQuery query = ParseMatch(TextOf(text));
  query.table = table_.name;
  const Column& column = columns_[choice.column];
  if (column.kind != Column::Kind::kMatch) query.field = column.name;
  query.limit = kHitsMost;
  return std::optional<SearchQuery>(std::move(query));
}

absl::Status MatchCursor::Search(SearchQuery query) {
  std::string key =
      absl::StrCat(query.field, "\n", moment_, "\n", static_cast<int>(query.mode), query.text);
  if (searched_ == key) return absl::OkStatus();
  searched_.reset();
  primary_keys_.clear();
  DAFTAR_ASSIGN_OR_RETURN(view_, moment_.empty() ? session_->View() : session_->ViewAsOf(moment_));
  DAFTAR_ASSIGN_OR_RETURN(found_, search::Find(*view_, query, &primary_keys_));
  searched_ = std::move(key);
  QueryCounts counts;
  counts.entries_read = found_.entries_read;
  session_->AddCounts(counts);
  if (!found_.complete) session_->LeaveNamesOut();
  return absl::OkStatus();
}

absl::Status MatchCursor::Begin(std::string_view choice, int more, int count,
                                sqlite3_value** values) {
  at_end_ = true;
  record_.reset();
  place_ = 0;
  DAFTAR_ASSIGN_OR_RETURN(std::optional<SearchQuery> query, TakeQuery(choice, more, count, values));
  if (!query.has_value()) return absl::OkStatus();
  DAFTAR_RETURN_IF_ERROR(Search(*std::move(query)));
  at_end_ = found_.hits.empty();
  return absl::OkStatus();
}

absl::Status MatchCursor::Next() {
  record_.reset();
  at_end_ = ++place_ >= found_.hits.size();
  return absl::OkStatus();
}

codec::EncodedKey MatchCursor::Key() const {
  return codec::EncodedKey(codec::RecordPrefix(table_.id) + primary_keys_[place_]);
}

absl::Status MatchCursor::ResultFromRecord(sqlite3_context* context, const Column& column) {
  if (!record_.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(record_, index::ReadRecord(*view_->reader, table_, Key()));
    if (!record_.has_value()) {
      return DataLoss("a name leads to no record; run `daftar verify`")
          .With("table", table_.name)
          .With("key", index::DescribeKey(table_, primary_keys_[place_]));
    }
    QueryCounts counts;
    counts.records_fetched = 1;
    session_->AddCounts(counts);
  }
  if (column.path.has_value()) {
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, record_->Get(*column.path));
    return SetResult(context, column, value);
  }
  std::string json;
  DAFTAR_RETURN_IF_ERROR(record::AppendPathJson(*record_, column.name, &json));
  if (json != "null") SetResult(context, SystemValue(std::move(json)));
  return absl::OkStatus();
}

absl::Status MatchCursor::Result(sqlite3_context* context, size_t number) {
  const Column& column = columns_[number];
  // An UPDATE does not set the column: the record keeps what it has.
  if (sqlite3_vtab_nochange(context) != 0) return absl::OkStatus();
  const SearchHit& hit = found_.hits[place_];
  switch (column.kind) {
    case Column::Kind::kAsOf:
      if (!moment_.empty()) SetResult(context, SystemValue(moment_));
      return absl::OkStatus();
    case Column::Kind::kMatch:
      SetResult(context, SystemValue(hit.text));
      return absl::OkStatus();
    case Column::Kind::kSimilarity:
      sqlite3_result_double(context, hit.similarity);
      return absl::OkStatus();
    case Column::Kind::kRank:
      sqlite3_result_int64(context, static_cast<sqlite3_int64>(place_) + 1);
      return absl::OkStatus();
    case Column::Kind::kScalar:
    case Column::Kind::kUnscaled:
    case Column::Kind::kJson:
      return ResultFromRecord(context, column);
  }
  return Internal("column of no kind").With("column", column.name);
}

absl::StatusOr<int64_t> MatchCursor::RowId() { return session_->RowId(table_, Key().view()); }

}  // namespace daftar::sql
