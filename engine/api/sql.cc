#include "daftar/sql.h"

#include <utility>

#include "absl/strings/match.h"
#include "api/sql_session.h"
#include "api/state.h"
#include "base/status.h"
#include "daftar/database.h"
#include "sql/connection.h"

namespace daftar {
namespace internal {

sql::SessionOptions NewSession(const txn::Core* core) {
  sql::SessionOptions session;
  session.view_at = [core](std::string_view moment) -> absl::StatusOr<txn::ReadView> {
    DAFTAR_ASSIGN_OR_RETURN(const AsOf as_of, AsOf::Parse(moment));
    return ViewAt(*core, as_of);
  };
  return session;
}

class SqlConnectionState {
 public:
  explicit SqlConnectionState(std::unique_ptr<sql::Connection> opened)
      : connection(std::move(opened)) {}
  const std::unique_ptr<sql::Connection> connection;
};

// Shares the connection: SQLite cannot end before its statements do.
class SqlStatementState {
 public:
  SqlStatementState(std::shared_ptr<SqlConnectionState> of,
                    std::unique_ptr<sql::Statement> prepared)
      : connection(std::move(of)), statement(std::move(prepared)) {}
  const std::shared_ptr<SqlConnectionState> connection;
  const std::unique_ptr<sql::Statement> statement;
};

}  // namespace internal

SqlStatement::SqlStatement(std::unique_ptr<internal::SqlStatementState> state)
    : state_(std::move(state)) {}
SqlStatement::SqlStatement(SqlStatement&&) noexcept = default;
SqlStatement& SqlStatement::operator=(SqlStatement&&) noexcept = default;
SqlStatement::~SqlStatement() = default;

absl::Status SqlStatement::Bind(int number, const Value& value) {
  return state_->statement->Bind(number, value);
}

absl::Status SqlStatement::Bind(std::string_view name, const Value& value) {
  return state_->statement->Bind(name, value);
}

std::vector<std::string> SqlStatement::parameters() const {
  return state_->statement->Parameters();
}

absl::StatusOr<bool> SqlStatement::Next() { return state_->statement->Step(); }

void SqlStatement::Reset() { state_->statement->Reset(); }

std::vector<SqlStatement::Column> SqlStatement::columns() const {
  std::vector<Column> columns;
  for (int i = 0; i < state_->statement->column_count(); ++i) {
    columns.push_back({state_->statement->column_name(i),
                       absl::StartsWith(state_->statement->declared_type(i), "JSON")});
  }
  return columns;
}

Value SqlStatement::value(size_t column) const {
  return state_->statement->value(static_cast<int>(column));
}

absl::StatusOr<std::string> SqlStatement::Explain() const { return state_->statement->Explain(); }

QueryCounts SqlStatement::counts() const {
  return state_->connection->connection->session().counts();
}

bool SqlStatement::names_left_out() const {
  return state_->connection->connection->session().names_left_out();
}

bool SqlStatement::writes() const { return state_->statement->writes(); }

int64_t SqlStatement::rows_changed() const { return state_->statement->rows_changed(); }

SqlConnection::SqlConnection(std::shared_ptr<internal::SqlConnectionState> state)
    : state_(std::move(state)) {}
SqlConnection::SqlConnection(SqlConnection&&) noexcept = default;
SqlConnection& SqlConnection::operator=(SqlConnection&&) noexcept = default;
SqlConnection::~SqlConnection() = default;

absl::StatusOr<SqlConnection> SqlConnection::Open(Database& database, const SqlOptions& options) {
  if (options.writable) {
    DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*database.state_));
    if (!options.as_of.empty()) {
      return InvalidArgument("the past cannot be written; leave out the moment, or read only")
          .With("as of", options.as_of);
    }
  }
  txn::Core* core = database.state_->core.get();
  sql::SessionOptions session = internal::NewSession(core);
  session.as_of = options.as_of;
  session.time_max = options.time_max;
  session.writable = options.writable;
  session.commit = options.commit;
  session.limits = options.limits;
  session.rates = options.rates;
  // A moment that cannot be read is refused here and not at the first statement.
  if (!options.as_of.empty()) {
    auto view = session.view_at(options.as_of);
    if (!view.ok()) return view.status();
  }
  DAFTAR_ASSIGN_OR_RETURN(auto connection, sql::Connection::Open(core, std::move(session)));
  return SqlConnection(std::make_shared<internal::SqlConnectionState>(std::move(connection)));
}

absl::StatusOr<std::optional<SqlStatement>> SqlConnection::PrepareNext(std::string_view* sql) {
  DAFTAR_ASSIGN_OR_RETURN(std::unique_ptr<sql::Statement> prepared,
                          state_->connection->Prepare(sql));
  if (prepared == nullptr) return std::optional<SqlStatement>();
  return std::optional<SqlStatement>(
      SqlStatement(std::make_unique<internal::SqlStatementState>(state_, std::move(prepared))));
}

absl::StatusOr<SqlStatement> SqlConnection::Prepare(std::string_view sql) {
  DAFTAR_ASSIGN_OR_RETURN(std::optional<SqlStatement> first, PrepareNext(&sql));
  if (!first.has_value()) return InvalidArgument("there is no statement in the text");
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<SqlStatement> second, PrepareNext(&sql));
  if (second.has_value()) {
    return InvalidArgument("there is more than one statement in the text; prepare one by one");
  }
  return *std::move(first);
}

std::optional<size_t> SqlConnection::error_offset() const {
  return state_->connection->error_offset();
}

bool SqlConnection::in_transaction() const { return state_->connection->in_transaction(); }

std::optional<CommitVersion> SqlConnection::last_commit() const {
  return state_->connection->session().last_commit();
}

void SqlConnection::Interrupt() { state_->connection->Interrupt(); }

}  // namespace daftar
