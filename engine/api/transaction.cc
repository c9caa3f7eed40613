#include "daftar/transaction.h"

#include "api/state.h"
#include "base/status.h"
#include "daftar/database.h"
#include "txn/retry.h"

namespace daftar {

Transaction::Transaction(std::unique_ptr<internal::TransactionState> state)
    : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

CommitVersion Transaction::begun_at() const { return state_->transaction.begun_at(); }

absl::StatusOr<Record> Transaction::Get(std::string_view table, const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, state_->transaction.View());
  return internal::GetRecord(view, table, key);
}

absl::StatusOr<std::optional<Record>> Transaction::Find(std::string_view table, const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, state_->transaction.View());
  return internal::FindRecord(view, table, key);
}

absl::StatusOr<Cursor> Transaction::Run(const Query& query) {
  DAFTAR_ASSIGN_OR_RETURN(txn::ReadView view, state_->transaction.View());
  return internal::RunTransactionQuery(std::move(view), query);
}

ReadView Transaction::snapshot() const {
  return internal::DatabaseAccess::MakeView(state_->transaction.snapshot());
}

absl::Status Transaction::Put(std::string_view table, std::string_view json, WriteIntent intent) {
  DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                          internal::MakePut(*state_->transaction.catalog(), table, json, intent));
  return state_->transaction.Write(std::move(write));
}

absl::Status Transaction::Delete(std::string_view table, const Key& key) {
  DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                          internal::MakeDelete(*state_->transaction.catalog(), table, key));
  return state_->transaction.Write(std::move(write));
}

Transaction::Savepoint Transaction::MakeSavepoint() const {
  const txn::Transaction::Savepoint place = state_->transaction.savepoint();
  return Savepoint(place.writes, place.last);
}

absl::Status Transaction::RollbackTo(const Savepoint& savepoint) {
  return state_->transaction.RollbackTo({savepoint.writes_, savepoint.last_});
}

absl::StatusOr<CommitVersion> Transaction::Commit(const CommitOptions& options) && {
  // The state stays, to refuse what is still asked of it.
  return state_->transaction.Commit(options);
}

absl::StatusOr<Transaction> Database::Begin(const TransactionLimits& limits) {
  DAFTAR_RETURN_IF_ERROR(internal::CheckWritable(*state_));
  return Transaction(std::make_unique<internal::TransactionState>(state_->core.get(), limits));
}

absl::StatusOr<CommitVersion> Database::Transact(absl::FunctionRef<absl::Status(Transaction&)> body,
                                                 const TransactOptions& options) {
  for (int attempt = 1;; ++attempt) {
    DAFTAR_ASSIGN_OR_RETURN(Transaction transaction, Begin(options.limits));
    absl::Status status = body(transaction);
    if (status.ok()) {
      auto committed = std::move(transaction).Commit(options.commit);
      if (committed.ok()) return committed;
      status = committed.status();
    }
    if (!absl::IsAborted(status)) return status;
    if (attempt >= options.attempts_max) return WithContext(status, "attempts", attempt);
    txn::PauseAfter(attempt);
  }
}

}  // namespace daftar
