#include "sql/connection.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "sql/authorizer.h"
#include "sql/collations.h"
#include "sql/columns.h"
#include "sql/functions.h"
#include "sql/hints.h"
#include "sql/match.h"
#include "sql/module.h"
#include "sql/money_functions.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

// Steps of SQLite's machine between two looks at the stop sign.
constexpr int kStepsBetweenChecks = 1000;

int CheckStopSign(void* session) {
  return static_cast<Session*>(session)->stop_sign().Check().ok() ? 0 : 1;
}

// Whether a text has MATCH as a word. One that stands in a literal does no harm.
bool HasMatchOperator(std::string_view text) {
  constexpr std::string_view kMatch = "match";
  const std::string lower = absl::AsciiStrToLower(text);
  const auto is_letter = [&](size_t at) {
    return at < lower.size() &&
           (absl::ascii_isalnum(static_cast<unsigned char>(lower[at])) || lower[at] == '_');
  };
  for (size_t at = lower.find(kMatch); at != std::string::npos; at = lower.find(kMatch, at + 1)) {
    if (!(at > 0 && is_letter(at - 1)) && !is_letter(at + kMatch.size())) return true;
  }
  return false;
}

}  // namespace

Connection::Connection(txn::Core* core, SessionOptions options)
    : session_(core, std::move(options)) {}

Connection::~Connection() { sqlite3_close_v2(db_); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(txn::Core* core,
                                                             SessionOptions options) {
  std::unique_ptr<Connection> connection(new Connection(core, std::move(options)));
  DAFTAR_RETURN_IF_ERROR(connection->SetUp());
  return connection;
}

absl::Status Connection::SetUp() {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY |
                         SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(":memory:", &db_, kFlags, nullptr) != SQLITE_OK) {
    return ResourceExhausted("SQLite does not open")
        .With("cause", db_ == nullptr ? "out of memory" : sqlite3_errmsg(db_));
  }
  session_.set_db(db_);
  // "vaildTo" in double quotes is a column that is not there and not a text.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // TEMP tables stay in memory: nothing of the database is to reach a file that nobody guards.
  if (sqlite3_exec(db_, "PRAGMA temp_store = MEMORY", nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Internal("SQLite does not keep temporary tables in memory")
        .With("cause", sqlite3_errmsg(db_));
  }
  DAFTAR_RETURN_IF_ERROR(RegisterTables(db_, &session_));
  DAFTAR_RETURN_IF_ERROR(RegisterSystemTables(db_, &session_));
  DAFTAR_RETURN_IF_ERROR(RegisterFunctions(db_));
  DAFTAR_RETURN_IF_ERROR(RegisterMoneyFunctions(db_, &session_));
  DAFTAR_RETURN_IF_ERROR(RegisterMatch(db_));
  DAFTAR_RETURN_IF_ERROR(RegisterCollations(db_));
  SetAuthorizer(db_, &session_);
  sqlite3_progress_handler(db_, kStepsBetweenChecks, CheckStopSign, &session_);
  return absl::OkStatus();
}

int Connection::PrepareOnce(std::string_view text, sqlite3_stmt** prepared, const char** rest) {
  session_.Fail(absl::OkStatus());
  session_.TakeNotedWrites();
  return sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()), 0, prepared, rest);
}

absl::Status Connection::ShowBatch(const catalog::TableDef& table) {
  return RegisterBatchTable(db_, &session_, table);
}

absl::StatusOr<bool> Connection::LacksMatchColumn(std::string_view message) const {
  if (!absl::ConsumePrefix(&message, "no such column: ")) return false;
  const std::string_view name = message.substr(message.rfind('.') + 1);
  for (const catalog::TableDef& table : session_.catalog()->tables) {
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<Column> columns, ColumnsOf(table));
    const auto number = FindColumn(columns, name);
    if (number.has_value() && columns[*number].is_of_match()) return true;
  }
  return false;
}

absl::StatusOr<bool> Connection::ShowMatchColumns(std::string_view text) {
  std::vector<const catalog::TableDef*> named;
  std::vector<const catalog::TableDef*> others;
  for (const catalog::TableDef& table : session_.catalog()->tables) {
    DAFTAR_ASSIGN_OR_RETURN(const std::vector<Column> columns, ColumnsOf(table));
    if (absl::c_none_of(columns, [](const Column& each) { return each.is_of_match(); })) continue;
    (absl::StrContainsIgnoreCase(text, table.name) ? named : others).push_back(&table);
  }
  bool any = false;
  for (const catalog::TableDef* table : named.empty() ? others : named) {
    if (!with_match_columns_.insert(table->id).second) continue;
    DAFTAR_RETURN_IF_ERROR(RegisterTable(db_, &session_, *table, MatchColumns::kShown));
    any = true;
  }
  return any;
}

absl::StatusOr<std::unique_ptr<Statement>> Connection::Prepare(std::string_view* text) {
  error_offset_.reset();
  sqlite3_stmt* prepared = nullptr;
  const char* rest = nullptr;
  const std::string_view whole = *text;
  // Tried before: without the columns, a name in a subquery would be one of the query around it.
  if (HasMatchOperator(whole)) DAFTAR_RETURN_IF_ERROR(ShowMatchColumns(whole).status());
  int rc = PrepareOnce(whole, &prepared, &rest);
  if (rc != SQLITE_OK) {
    DAFTAR_ASSIGN_OR_RETURN(bool again, LacksMatchColumn(sqlite3_errmsg(db_)));
    if (again) {
      DAFTAR_ASSIGN_OR_RETURN(again, ShowMatchColumns(whole));
    }
    if (again) rc = PrepareOnce(whole, &prepared, &rest);
  }
  if (rc == SQLITE_OK) {
    text->remove_prefix(static_cast<size_t>(rest - whole.data()));
    // What SQLite tried and did without is no failure of the statement.
    session_.Fail(absl::OkStatus());
    if (prepared == nullptr) return std::unique_ptr<Statement>();
    return std::make_unique<Statement>(db_, &session_, prepared);
  }
  const std::string message = sqlite3_errmsg(db_);
  if (const int offset = sqlite3_error_offset(db_); offset >= 0) {
    error_offset_ = static_cast<size_t>(offset);
  }
  absl::Status failure = session_.TakeFailure();
  if (!failure.ok()) return failure;
  return StatusOf(rc, absl::StrCat(message, HintFor(message, whole, *session_.catalog())));
}

}  // namespace daftar::sql
