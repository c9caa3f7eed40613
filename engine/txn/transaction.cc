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

absl::Status Transaction::Settle() {
  if (later_ == nullptr) return failed_;
  failed_ = later_->Settle(&writes_);
  later_.reset();
  // Nobody knew while they waited.
  if (failed_.ok()) failed_ = CheckBytes(changes_->bytes());
  return failed_;
}

absl::StatusOr<ReadView> Transaction::View() {
  DAFTAR_RETURN_IF_ERROR(Touch());
  DAFTAR_RETURN_IF_ERROR(Settle());
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
  const bool is_of_base = later_ != nullptr && !later_->MayHave(key.view());
  if (!is_of_base) DAFTAR_RETURN_IF_ERROR(Settle());
  DAFTAR_ASSIGN_OR_RETURN(
      const std::optional<std::string> stored,
      is_of_base ? changes_->ReadBase(key.view(), next) : changes_->Read(key.view(), next));
  if (!stored.has_value()) return std::optional<record::Message>();
  return DecodeRecord(table, key.view(), *stored);
}

absl::Status Transaction::CheckRoom(size_t bytes, const RecordWrite& write) const {
  bytes += write.key.view().size();
  if (write.record.has_value()) bytes += write.record->bytes().size();
  return CheckBytes(bytes);
}

absl::Status Transaction::CheckBytes(size_t bytes) const {
  if (bytes <= limits_.write_bytes_max) return absl::OkStatus();
  return ResourceExhausted("the transaction writes too much; split it, or import a file")
      .With("bytes", bytes)
      .With("limit", limits_.write_bytes_max);
}

absl::Status Transaction::Write(RecordWrite write) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  DAFTAR_RETURN_IF_ERROR(Settle());
  DAFTAR_RETURN_IF_ERROR(CheckRoom(changes_->bytes(), write));
  if (!write.record.has_value() || write.intent != WriteIntent::kUpsert) {
    reads_->AddKey(write.key.view());
    DAFTAR_RETURN_IF_ERROR(reads_->CheckSize());
  }
  DAFTAR_RETURN_IF_ERROR(changes_->Apply(write));
  writes_.push_back(std::move(write));
  numbers_.push_back(next_number_++);
  return absl::OkStatus();
}

absl::Status Transaction::WriteLater(RecordWrite write) {
  const bool may_wait = later_ != nullptr ? !later_->MayHave(write.key.view())
                                          : writes_.empty() && view_.scan != nullptr &&
                                                view_.scan->limits().threads > 1;
  if (!may_wait) return Write(std::move(write));
  DAFTAR_RETURN_IF_ERROR(Touch());
  DAFTAR_RETURN_IF_ERROR(failed_);
  if (later_ == nullptr) later_ = std::make_unique<LaterWrites>(changes_.get(), view_.scan);
  DAFTAR_RETURN_IF_ERROR(CheckRoom(later_->bytes(), write));
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> stored, changes_->ReadBase(write.key.view()));
  DAFTAR_RETURN_IF_ERROR(later_->Add(std::move(write), std::move(stored)));
  numbers_.push_back(next_number_++);
  return absl::OkStatus();
}

absl::Status Transaction::RollbackTo(const Savepoint& savepoint) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  // What could not be applied is among what is taken back, or is met again.
  Settle().IgnoreError();
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
  failed_ = absl::OkStatus();
  return absl::OkStatus();
}

absl::StatusOr<CommitVersion> Transaction::Commit(const CommitOptions& options,
                                                  const Migration* migration) {
  DAFTAR_RETURN_IF_ERROR(Touch());
  finished_ = true;
  DAFTAR_RETURN_IF_ERROR(Settle());
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
