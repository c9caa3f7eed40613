// One UPDATE of a table, prepared once and carried out on one batch of records after another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/migration.h"
#include "sql/columns.h"
#include "sql/connection.h"
#include "txn/core.h"

namespace daftar::sql {

// Each batch is a transaction of its own: Begin(), Run(), Commit(). What fails ends it, and nothing
// of it is written. It keeps the schema that the database had when it was made: once there is
// another one, all that it does is Aborted.
// Lifetime: must end before its Core. Thread safety: none.
class RecordUpdate {
 public:
  // `options` must let statements write. Errors: NotFound when the table is not there or has no
  // such field; InvalidArgument for a field that cannot be set, or is set twice, and for what is no
  // SQL; those of Connection::Open.
  static absl::StatusOr<std::unique_ptr<RecordUpdate>> Make(txn::Core* core, SessionOptions options,
                                                            TableId table,
                                                            const MigrationDefinition& definition);
  ~RecordUpdate();

  const catalog::TableDef& table() const { return *table_; }

  // Begins a transaction; gives the newest state, which it is on. What is read there does not
  // count. Errors: those of Session::Writing.
  absl::StatusOr<txn::ReadView> Begin();
  // Carries out the sets on those of these records that are there and meet `where`; gives how many
  // those are. Requires: Begin(). Errors: those of Statement::Step; where a record is the cause,
  // what it is and what it was to be set to is said.
  absl::StatusOr<uint64_t> Run(std::vector<std::string> keys);
  // Commits, with `migration` beside what was changed; gives the commit, or nothing when nothing
  // was changed and nothing written. Errors: those of txn::Transaction::Commit.
  absl::StatusOr<std::optional<CommitVersion>> Commit(txn::Migration migration);
  // Ends the transaction when one is open. Errors: Internal.
  absl::Status GiveUp();

 private:
  struct Set {
    std::string field;
    std::unique_ptr<Statement> select;  // the expression alone, of the records of the batch
  };

  RecordUpdate() = default;
  absl::Status SetUp(const MigrationDefinition& definition);
  absl::Status CheckField(const std::vector<Column>& columns, const std::string& field) const;
  absl::StatusOr<std::unique_ptr<Statement>> PrepareOne(std::string_view text);
  // An expression by itself, so that it cannot be more than one.
  absl::StatusOr<std::unique_ptr<Statement>> PrepareExpression(std::string_view part,
                                                               const std::string& expression);
  absl::Status Step(Statement* statement);
  // What to say when the record at `key` is refused.
  absl::Status Refused(const absl::Status& cause, const std::string& key);

  std::unique_ptr<Connection> connection_;  // first: statements end before it
  const catalog::TableDef* table_ = nullptr;
  std::vector<Set> sets_;
  std::unique_ptr<Statement> begin_;
  std::unique_ptr<Statement> update_;
  std::unique_ptr<Statement> commit_;
  std::unique_ptr<Statement> rollback_;
  CommitVersion begun_at_;
};

}  // namespace daftar::sql
