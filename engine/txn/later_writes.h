// Writes of one long statement, applied by a thread of their own while the statement goes on.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "storage/scan_threads.h"
#include "txn/write_set.h"

namespace daftar::txn {

// Working out what a record changes takes about as long as making the record: two threads do both
// in half the time. The first few hundred writes wait for whoever settles them, so that a short
// statement starts no thread.
// Lifetime: what it is made with outlives it. Thread safety: none; until it is settled nobody else
// may use the WriteSet, but for ReadBase().
class LaterWrites {
 public:
  // `threads`: may refuse one; then the caller's does the work.
  LaterWrites(WriteSet* changes, storage::ScanThreads* threads)
      : changes_(*changes), threads_(*threads) {}
  // Gives up what is not applied yet.
  ~LaterWrites();
  LaterWrites(const LaterWrites&) = delete;
  LaterWrites& operator=(const LaterWrites&) = delete;

  // Whether a write to `key` was added; true may be wrong.
  bool MayHave(std::string_view key) const;
  // Applies `write` at some time. `stored`: what the base holds at its key. Requires:
  // !MayHave(key). Errors: those of WriteSet::Apply, of an earlier write; this one is then not
  // taken.
  absl::Status Add(RecordWrite write, std::optional<std::string> stored);
  // Of the changes so far, about, those of writes that wait left out.
  size_t bytes() const;
  // Waits until all are applied, and moves them to the end of `writes`. Call it once, at last.
  // Errors: that of the first one that could not be; none is applied after it.
  absl::Status Settle(std::vector<RecordWrite>* writes);

 private:
  struct Item {
    RecordWrite write;
    std::optional<std::string> stored;
  };
  using Pile = std::vector<Item>;

  // Lets the pile that was gathered be applied.
  absl::Status HandOver();
  void Apply(const Pile& pile) ABSL_LOCKS_EXCLUDED(mutex_);
  // What the thread does.
  void Work() ABSL_LOCKS_EXCLUDED(mutex_);
  absl::Status status() const ABSL_LOCKS_EXCLUDED(mutex_);

  WriteSet& changes_;
  storage::ScanThreads& threads_;
  Pile gathered_;
  absl::flat_hash_set<size_t> keys_;          // their hashes
  std::vector<std::unique_ptr<Pile>> piles_;  // all that were handed over

  mutable absl::Mutex mutex_;
  std::deque<const Pile*> waiting_ ABSL_GUARDED_BY(mutex_);
  bool is_applying_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_over_ ABSL_GUARDED_BY(mutex_) = false;
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);

  std::unique_ptr<storage::ScanTeam> team_;  // last: its thread uses all of the above
};

}  // namespace daftar::txn
