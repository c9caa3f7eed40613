#include "sql/record_update.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "codec/keyspace.h"
#include "index/stored_record.h"
#include "rules/violation.h"
#include "sql/columns.h"
#include "sql/hints.h"
#include "sql/module.h"

namespace daftar::sql {
namespace {

// The records of the batch under the name of their table, so that expressions may use it.
std::string BatchAs(const catalog::TableDef& table) {
  return absl::StrCat(QuoteName(kBatchTable), " AS ", QuoteName(table.name));
}

// In parentheses. A comment at the end of an expression ends with its line.
std::string Enclosed(const std::string& expression) { return absl::StrCat("(", expression, "\n)"); }

// Whether a column holds a part of the key, or the key a part of it.
bool IsOfKey(const catalog::TableDef& table, const Column& column) {
  std::string_view name = column.name;
  if (column.kind == Column::Kind::kUnscaled) name = absl::StripSuffix(name, ".unscaled");
  return std::any_of(table.key.begin(), table.key.end(), [&](const catalog::Term& term) {
    return term.path.text() == name || absl::StartsWith(term.path.text(), absl::StrCat(name, "."));
  });
}

// Whether a record was refused for what it is, and not that others were in the way or the system
// failed.
bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         rules::IsRefusal(status);
}

}  // namespace

RecordUpdate::~RecordUpdate() = default;

absl::StatusOr<std::unique_ptr<RecordUpdate>> RecordUpdate::Make(
    txn::Core* core, SessionOptions options, TableId table, const MigrationDefinition& definition) {
  std::unique_ptr<RecordUpdate> made(new RecordUpdate());
  DAFTAR_ASSIGN_OR_RETURN(made->connection_, Connection::Open(core, std::move(options)));
  made->table_ = made->connection_->session().catalog()->FindTable(table);
  if (made->table_ == nullptr) return NotFound("no such table").With("table", definition.table);
  DAFTAR_RETURN_IF_ERROR(made->SetUp(definition));
  return made;
}

absl::Status RecordUpdate::CheckField(const std::vector<Column>& columns,
                                      const std::string& field) const {
  const auto found = FindColumn(columns, field);
  if (!found.has_value() || columns[*found].is_of_match()) {
    return NotFound(absl::StrCat("the table has no such field",
                                 HintFor(absl::StrCat("no such column: ", field), table_->name,
                                         *connection_->session().catalog())))
        .With("table", table_->name)
        .With("field", field);
  }
  if (columns[*found].kind == Column::Kind::kAsOf) {
    return InvalidArgument("the past is not written").With("field", field);
  }
  if (IsOfKey(*table_, columns[*found])) {
    return InvalidArgument("a key is not set: with another one, a record would be another")
        .With("table", table_->name)
        .With("field", field);
  }
  const bool is_twice = std::any_of(sets_.begin(), sets_.end(), [&](const Set& set) {
    return absl::EqualsIgnoreCase(set.field, field);
  });
  if (is_twice) return InvalidArgument("a field is set twice").With("field", field);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Statement>> RecordUpdate::PrepareOne(std::string_view text) {
  DAFTAR_ASSIGN_OR_RETURN(auto statement, connection_->Prepare(&text));
  if (statement == nullptr || !absl::StripAsciiWhitespace(text).empty()) {
    return InvalidArgument("there is more than an expression").With("rest", text);
  }
  return statement;
}

absl::StatusOr<std::unique_ptr<Statement>> RecordUpdate::PrepareExpression(
    std::string_view part, const std::string& expression) {
  auto statement =
      PrepareOne(absl::StrCat("SELECT ", Enclosed(expression), " FROM ", BatchAs(*table_)));
  absl::Status status = statement.status();
  if (status.ok() && (*statement)->column_count() != 1) {
    status = InvalidArgument("it is more than one expression");
  }
  if (status.ok() && !(*statement)->Parameters().empty()) {
    status = InvalidArgument("it has parameters, which have no values");
  }
  if (status.ok()) return statement;
  return WithContext(WithContext(status, part, expression), "table", table_->name);
}

absl::Status RecordUpdate::SetUp(const MigrationDefinition& definition) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<Column> columns, ColumnsOf(*table_));
  for (const MigrationDefinition::Set& set : definition.sets) {
    DAFTAR_RETURN_IF_ERROR(CheckField(columns, set.field));
    sets_.push_back({set.field, nullptr});
  }
  DAFTAR_RETURN_IF_ERROR(connection_->ShowBatch(*table_));
  std::string text;
  for (size_t i = 0; i < sets_.size(); ++i) {
    const std::string& expression = definition.sets[i].expression;
    DAFTAR_ASSIGN_OR_RETURN(sets_[i].select, PrepareExpression(sets_[i].field, expression));
    absl::StrAppend(&text, text.empty() ? "" : ", ", QuoteName(sets_[i].field), " = ",
                    Enclosed(expression));
  }
  text = absl::StrCat("UPDATE ", BatchAs(*table_), " SET ", text);
  if (!definition.where.empty()) {
    DAFTAR_RETURN_IF_ERROR(PrepareExpression("where", definition.where).status());
    absl::StrAppend(&text, " WHERE ", Enclosed(definition.where));
  }
  auto update = PrepareOne(text);
  if (!update.ok()) return WithContext(update.status(), "statement", text);
  update_ = *std::move(update);
  DAFTAR_ASSIGN_OR_RETURN(begin_, PrepareOne("BEGIN"));
  DAFTAR_ASSIGN_OR_RETURN(commit_, PrepareOne("COMMIT"));
  DAFTAR_ASSIGN_OR_RETURN(rollback_, PrepareOne("ROLLBACK"));
  return absl::OkStatus();
}

absl::Status RecordUpdate::Step(Statement* statement) {
  DAFTAR_ASSIGN_OR_RETURN(const bool row, statement->Step());
  if (row) return Internal("a statement that gives no rows gave one");
  return absl::OkStatus();
}

absl::StatusOr<txn::ReadView> RecordUpdate::Begin() {
  DAFTAR_RETURN_IF_ERROR(Step(begin_.get()));
  DAFTAR_ASSIGN_OR_RETURN(txn::Transaction* const transaction, connection_->session().Writing());
  begun_at_ = transaction->begun_at();
  return transaction->snapshot();
}

absl::StatusOr<uint64_t> RecordUpdate::Run(std::vector<std::string> keys) {
  const bool is_one = keys.size() == 1;
  RecordBatch& batch = connection_->session().batch();
  batch = {std::move(keys), ""};
  const absl::Status status = Step(update_.get());
  if (status.ok()) return static_cast<uint64_t>(update_->rows_changed());
  // Several may be too much where one is not.
  const bool is_refusal = IsRefusal(status) || (is_one && absl::IsResourceExhausted(status));
  if (batch.at.empty() || !is_refusal) return status;
  return Refused(status, std::exchange(batch.at, ""));
}

absl::Status RecordUpdate::Refused(const absl::Status& cause, const std::string& key) {
  const std::string_view primary_key =
      std::string_view(key).substr(codec::RecordPrefix(table_->id).size());
  absl::Status said = Error(cause.code(), "a record cannot be changed so")
                          .With("table", table_->name)
                          .With("key", index::DescribeKey(*table_, primary_key));
  for (const Set& set : sets_) {
    connection_->session().batch() = {{key}, ""};
    const auto row = set.select->Step();
    said = WithContext(said, "field", set.field);
    if (row.ok() && *row) said = WithContext(said, "value", set.select->value(0).ToString());
    set.select->Reset();
    // The expression itself is the cause.
    if (!row.ok()) break;
  }
  return WithContext(said, "cause", cause.message());
}

absl::StatusOr<std::optional<CommitVersion>> RecordUpdate::Commit(txn::Migration migration) {
  Session& session = connection_->session();
  session.NoteMigration(std::move(migration));
  DAFTAR_RETURN_IF_ERROR(Step(commit_.get()));
  const std::optional<CommitVersion>& last = session.last_commit();
  // One that changes nothing gives the commit that it began after.
  if (!last.has_value() || *last <= begun_at_) return std::optional<CommitVersion>();
  return last;
}

absl::Status RecordUpdate::GiveUp() {
  if (!connection_->in_transaction()) return absl::OkStatus();
  return Step(rollback_.get());
}

}  // namespace daftar::sql
