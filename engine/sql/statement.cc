#include "sql/statement.h"

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "sql/value.h"

namespace daftar::sql {
namespace {

struct Binder {
  sqlite3_stmt* statement;
  int number;

  int Text(std::string_view text) const {
    return sqlite3_bind_text64(statement, number, text.data() == nullptr ? "" : text.data(),
                               text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, number); }
  int operator()(bool v) const { return sqlite3_bind_int(statement, number, v ? 1 : 0); }
  int operator()(int64_t v) const { return sqlite3_bind_int64(statement, number, v); }
  // As the columns show it.
  int operator()(uint64_t v) const {
    return v <= INT64_MAX ? (*this)(static_cast<int64_t>(v)) : Text(absl::StrCat(v));
  }
  int operator()(double v) const { return sqlite3_bind_double(statement, number, v); }
  int operator()(const std::string& v) const { return Text(v); }
  int operator()(const Blob& v) const {
    return sqlite3_bind_blob64(statement, number, v.bytes.empty() ? "" : v.bytes.data(),
                               v.bytes.size(), SQLITE_TRANSIENT);
  }
  int operator()(const Enumerant& v) const { return Text(v.name); }
  int operator()(Date v) const { return Text(DateText(v.days)); }
  int operator()(Instant v) const { return Text(InstantText(v.micros)); }
  int operator()(const Decimal& v) const { return (*this)(DecimalValue(v.unscaled, v.scale)); }
};

absl::StatusCode CodeOf(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     code == SQLITE_CONSTRAINT_ROWID
                 ? absl::StatusCode::kAlreadyExists
                 : absl::StatusCode::kInvalidArgument;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return absl::StatusCode::kInvalidArgument;
    case SQLITE_NOMEM:
    case SQLITE_FULL:
    case SQLITE_TOOBIG:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_AUTH:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_INTERRUPT:
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status StatusOf(int code, std::string_view message) { return Error(CodeOf(code), message); }

Statement::Statement(sqlite3* db, Session* session, sqlite3_stmt* prepared)
    : db_(db), session_(session), statement_(prepared), writes_(session->TakeNotedWrites()) {}

Statement::~Statement() {
  sqlite3_reset(statement_);
  End();
  sqlite3_finalize(statement_);
}

void Statement::End() {
  if (!running_) return;
  running_ = false;
  session_->StatementEnds();
}

std::vector<std::string> Statement::Parameters() const {
  std::vector<std::string> names;
  for (int i = 1; i <= sqlite3_bind_parameter_count(statement_); ++i) {
    const char* name = sqlite3_bind_parameter_name(statement_, i);
    names.push_back(name == nullptr ? absl::StrCat("?", i) : name);
  }
  return names;
}

absl::Status Statement::Bind(int number, const Value& value) {
  if (running_) return FailedPrecondition("the statement is running; reset it first");
  if (number < 1 || number > sqlite3_bind_parameter_count(statement_)) {
    return NotFound("the statement has no such parameter")
        .With("number", number)
        .With("parameters", absl::StrJoin(Parameters(), ", "));
  }
  const int code = std::visit(Binder{statement_, number}, value.variant());
  return code == SQLITE_OK ? absl::OkStatus() : StatusOf(code, sqlite3_errmsg(db_));
}

absl::Status Statement::Bind(std::string_view name, const Value& value) {
  const std::vector<std::string> names = Parameters();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name || names[i].substr(1) == name) {
      return Bind(static_cast<int>(i) + 1, value);
    }
  }
  return NotFound("the statement has no such parameter")
      .With("name", name)
      .With("parameters", names.empty() ? "(none)" : absl::StrJoin(names, ", "));
}

absl::Status Statement::Failed(int code) {
  const std::string message = sqlite3_errmsg(db_);
  absl::Status failure = session_->TakeFailure();
  const absl::Status stopped = session_->stop_sign().Check();
  sqlite3_reset(statement_);
  End();
  // What failed in our tables, as it was; SQLite has but its text.
  if (!failure.ok()) return failure;
  if ((code & 0xff) == SQLITE_INTERRUPT && !stopped.ok()) return stopped;
  return StatusOf(code, message);
}

absl::StatusOr<bool> Statement::Step() {
  if (!running_) {
    running_ = true;
    session_->StatementBegins(writes_);
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) return Failed(code);
  // The row that a cursor stands on, and what it holds, are let go.
  sqlite3_reset(statement_);
  session_->Fail(absl::OkStatus());
  End();
  return false;
}

void Statement::Reset() {
  sqlite3_reset(statement_);
  End();
}

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_, column);
  return name == nullptr ? "" : name;
}

std::string Statement::declared_type(int column) const {
  const char* type = sqlite3_column_decltype(statement_, column);
  return type == nullptr ? "" : type;
}

Value Statement::value(int column) const {
  const auto bytes = [&] { return static_cast<size_t>(sqlite3_column_bytes(statement_, column)); };
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return static_cast<int64_t>(sqlite3_column_int64(statement_, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
      return std::string(text, bytes());
    }
    case SQLITE_BLOB: {
      const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
      return Blob{data == nullptr ? std::string() : std::string(data, bytes())};
    }
    default:
      return Value();
  }
}

absl::StatusOr<std::string> Statement::Explain() const {
  const std::string text = absl::StrCat("EXPLAIN QUERY PLAN ", sqlite3_sql(statement_));
  sqlite3_stmt* prepared = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()), 0, &prepared, nullptr);
  if (code != SQLITE_OK) {
    absl::Status failure = session_->TakeFailure();
    return failure.ok() ? StatusOf(code, sqlite3_errmsg(db_)) : failure;
  }
  Statement explain(db_, session_, prepared);
  std::map<int64_t, size_t> depths;
  std::string plan;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, explain.Step());
    if (!more) return plan;
    const auto number = *explain.value(0).get_if<int64_t>();
    const auto parent = *explain.value(1).get_if<int64_t>();
    const size_t depth = parent == 0 ? 0 : depths[parent] + 1;
    depths[number] = depth;
    absl::StrAppend(&plan, std::string(2 * depth, ' '), explain.value(3).ToString(), "\n");
  }
}

}  // namespace daftar::sql
