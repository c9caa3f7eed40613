// A transaction: reads of one state, writes that only it sees, and a commit that goes through only
// when nothing that it read has changed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/options.h"
#include "txn/core.h"
#include "txn/later_writes.h"
#include "txn/read_set.h"
#include "txn/write_set.h"

namespace daftar::txn {

// Strictly serializable: a transaction that commits might as well have run alone at the moment of
// its commit. One that only reads has run at the moment it was begun.
//
// An insert, update or delete reads whether its key is taken; an upsert reads nothing, so that two
// of one key never disturb each other.
//
// Lifetime: must end before its Core. Thread safety: none.
class Transaction {
 public:
  Transaction(Core* core, const TransactionLimits& limits);

  const std::shared_ptr<const catalog::Catalog>& catalog() const { return view_.catalog; }
  CommitVersion begun_at() const { return view_.version; }

  // What the transaction reads from: the state in which it was begun, with its own writes so far.
  // Later writes do not show. Whatever is read counts at the commit. Errors: Aborted when the
  // transaction was idle too long; FailedPrecondition when it is finished.
  absl::StatusOr<ReadView> View();
  // The record at `key` as it would be read from View(), which it need not make. `next`: keys of
  // records that will likely be read after it, in this order. Errors: DataLoss; those of View.
  absl::StatusOr<std::optional<record::Message>> Read(const catalog::TableDef& table,
                                                      const codec::EncodedKey& key,
                                                      std::span<const std::string> next = {});
  // The state in which it was begun. What is read there does not count.
  const ReadView& snapshot() const { return view_; }

  // Errors: those of WriteSet::Apply, after which the transaction may go on as if nothing had been
  // said; ResourceExhausted when it writes too much; those of View.
  absl::Status Write(RecordWrite write);
  // The same of a record that Read() has just given, as an upsert, when whoever writes takes it all
  // back or commits it all: what is wrong with it may be said by a later call, and then until all
  // is taken back. Where many are written so, another thread works out what they change.
  absl::Status WriteLater(RecordWrite write);

  // A place among the writes: how many there are, and which was the last. Writes are numbered from
  // 1 and never renumbered, so that a place which was rolled back is told from one that is there.
  struct Savepoint {
    size_t writes = 0;
    uint64_t last = 0;
  };
  Savepoint savepoint() const { return {numbers_.size(), numbers_.empty() ? 0 : numbers_.back()}; }
  // Takes back all writes after `savepoint`. What was read still counts. Errors: InvalidArgument
  // when the writes before it are not all there any more; those of View.
  absl::Status RollbackTo(const Savepoint& savepoint);

  // Finishes the transaction. Errors: Aborted when something that was read has changed; those of
  // Core::Commit. Nothing is written then. `migration` is written with what the transaction
  // changes, and says that this commit was its last; when nothing changes, it is not.
  absl::StatusOr<CommitVersion> Commit(const CommitOptions& options,
                                       const Migration* migration = nullptr);

 private:
  absl::Status Touch();
  // Errors: ResourceExhausted when so many bytes of changes are too much, with another write.
  absl::Status CheckRoom(size_t bytes, const RecordWrite& write) const;
  absl::Status CheckBytes(size_t bytes) const;
  // Waits for what WriteLater() was given. Errors: of the first write that could not be applied.
  absl::Status Settle();
  std::unique_ptr<WriteSet> NewWriteSet() const;

  Core* const core_;
  const TransactionLimits limits_;
  const ReadView view_;
  const std::shared_ptr<ReadSet> reads_;
  const std::shared_ptr<const storage::Reader> tracking_;
  std::vector<RecordWrite> writes_;  // but for those of later_
  std::vector<uint64_t> numbers_;    // of all writes, increasing
  uint64_t next_number_ = 1;
  std::unique_ptr<WriteSet> changes_;
  std::unique_ptr<LaterWrites> later_;  // null: none
  absl::Status failed_;                 // what Settle() has met
  std::chrono::steady_clock::time_point last_use_;
  bool finished_ = false;
};

}  // namespace daftar::txn
