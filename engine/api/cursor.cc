#include "api/state.h"
#include "base/json_string.h"
#include "base/status.h"
#include "daftar/database.h"
#include "query/continuation.h"
#include "record/json_codec.h"

namespace daftar {

Cursor::Cursor(std::unique_ptr<internal::CursorState> state) : state_(std::move(state)) {}
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
Cursor::~Cursor() = default;

absl::StatusOr<bool> Cursor::Next() { return state_->executor.Next(); }

absl::StatusOr<Record> Cursor::record() const {
  query::Executor& executor = state_->executor;
  if (!executor.plan().query.columns.empty()) {
    return FailedPrecondition("a query with Select gives values, not records");
  }
  DAFTAR_ASSIGN_OR_RETURN(record::Message record, executor.Record());
  auto state = std::make_shared<internal::RecordState>(internal::RecordState{
      executor.view().catalog, executor.plan().query.table, std::move(record), executor.created()});
  return internal::RecordAccess::Make(std::move(state));
}

const std::vector<Value>& Cursor::values() const { return state_->executor.values(); }

absl::StatusOr<std::string> Cursor::ToJson() const {
  const std::vector<Value>& values = state_->executor.values();
  const auto& columns = state_->executor.plan().query.columns;
  const Calendar calendar = state_->executor.plan().query.calendar;
  std::string json;
  if (columns.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(const record::Message record, state_->executor.Record());
    DAFTAR_RETURN_IF_ERROR(record::AppendMessageJson(record, &json, calendar));
    return json;
  }
  json.push_back('{');
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) json.push_back(',');
    AppendJsonString(columns[i].name, &json);
    json.push_back(':');
    if (columns[i].path.has_value()) {
      json += InCalendar(values[i], calendar).ToJson();
    } else {
      json += *values[i].get_if<std::string>();
    }
  }
  json.push_back('}');
  return json;
}

StopReason Cursor::stop_reason() const { return state_->executor.stop_reason(); }
absl::StatusOr<std::string> Cursor::Continuation() const {
  const query::Executor& executor = state_->executor;
  if (executor.stop_reason() == StopReason::kExhausted) return std::string();
  const query::BoundQuery& query = executor.plan().query;
  query::Continuation continuation;
  DAFTAR_ASSIGN_OR_RETURN(continuation.place, executor.Place());
  continuation.version = executor.view().version;
  continuation.is_pinned = query.pages == PageState::kOneState;
  continuation.table = query.table->id;
  continuation.query_digest = query::DigestOf(query);
  return query::SealContinuation(executor.view().database, continuation);
}

QueryCounts Cursor::counts() const { return state_->executor.counts(); }
QueryTimes Cursor::times() const { return state_->executor.times(); }
std::string Cursor::Explain() const { return state_->executor.plan().ToString(); }

std::vector<Cursor::ColumnInfo> Cursor::columns() const {
  std::vector<ColumnInfo> columns;
  for (const query::Column& column : state_->executor.plan().query.columns) {
    columns.push_back({column.name, !column.path.has_value()});
  }
  return columns;
}

}  // namespace daftar
