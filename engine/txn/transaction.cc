#include "txn/transaction.h"

#include <utility>

#include "base/status.h"

namespace daftar::txn {

Transaction::Transaction(Core* core, const TransactionLimits& limits)
    : core_(core),
      limits_(limits),
      view_(core->View()),
      reads_(std::make_shared<ReadSet>(limits.read_bytes_max)),
      tracking_(NewTrackingReader(view_.reader, reads_)),
      changes_(NewWriteSet()),
      last_use_(std::chrono::steady_clock::now()) {}

std::unique_ptr<WriteSet> Transaction::NewWriteSet() const {
  return std::make_unique<WriteSet>(view_.reader, view_.catalog->version,
                                    CommitVersion(view_.version.value() + 1));
}

absl::Status Transaction::Touch() {
  if (finished_) return FailedPrecondition("the transaction is finished; begin another one");
  const auto now = std::chrono::steady_clock::now();
  const auto idle = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_use_);
  if (idle > limits_.idle_max) {
    return Aborted("the transaction was idle too long; begin again")
        .With("idle ms", idle.count())
        .With("limit ms", limits_.idle_max.count());
  }
  last_use_ = now;
  return absl::OkStatus();
}

absl::StatusOr<ReadView> Transaction::View() {
  DAFTAR_RETURN_IF_ERROR(Touch());
  // Groups of aggregates are read by iterators only, which enter what the base holds of them into
  // the read set: other than a record that was put, a total depends on it.
  DAFTAR_RETURN_IF_ERROR(changes_->ShowGroups());
  ReadView view = view_;
  view.columns = nullptr;
  view.scan = nullptr;
  view.reader =
      writes_.empty() ? tracking_ : storage::NewOverlayReader(tracking_, changes_->changes());
  return view;
}

absl::StatusOr<std::optional<record::Message>> Transaction::Read(
    const catalog::TableDef& table, const codec::EncodedKey& key,
    std::span<const std::string> next) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  reads_->AddKey(key.view());
  DAFTAR_RETURN_IF_ERROR(reads_->CheckSize());
  DAFTAR_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                          changes_->Read(key.view(), next));
  if (!stored.has_value()) return std::optional<record::Message>();
  return DecodeRecord(table, key.view(), *stored);
}

absl::Status Transaction::Write(RecordWrite write) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  const size_t bytes = changes_->bytes() + write.key.view().size() +
                       (write.record.has_value() ? write.record->bytes().size() : 0);
  if (bytes > limits_.write_bytes_max) {
    return ResourceExhausted("the transaction writes too much; split it, or import a file")
        .With("bytes", bytes)
        .With("limit", limits_.write_bytes_max);
  }
  if (!write.record.has_value() || write.intent != WriteIntent::kUpsert) {
    reads_->AddKey(write.key.view());
    DAFTAR_RETURN_IF_ERROR(reads_->CheckSize());
  }
  DAFTAR_RETURN_IF_ERROR(changes_->Apply(write));
  writes_.push_back(std::move(write));
  numbers_.push_back(next_number_++);
  return absl::OkStatus();
}

absl::Status Transaction::RollbackTo(const Savepoint& savepoint) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  const size_t kept = savepoint.writes;
  if (kept > writes_.size() || (kept > 0 && numbers_[kept - 1] != savepoint.last)) {
    return InvalidArgument("there is no such savepoint; it was rolled back")
        .With("savepoint", kept)
        .With("writes", writes_.size());
  }
  std::unique_ptr<WriteSet> changes = NewWriteSet();
  for (size_t i = 0; i < kept; ++i) DAFTAR_RETURN_IF_ERROR(changes->Apply(writes_[i]));
  writes_.erase(writes_.begin() + static_cast<std::ptrdiff_t>(kept), writes_.end());
  numbers_.resize(kept);
  changes_ = std::move(changes);
  return absl::OkStatus();
}

absl::StatusOr<CommitVersion> Transaction::Commit(const CommitOptions& options,
                                                  const Migration* migration) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  finished_ = true;
  if (writes_.empty()) return view_.version;
  CommitRequest request;
  request.catalog = view_.catalog.get();
  request.writes = &writes_;
  request.view = view_.version;
  request.fills = view_.fills;
  request.options = &options;
  request.migration = migration;
  return core_->CommitPrepared(&request, changes_.get(), reads_.get());
}

}  // namespace daftar::txn
