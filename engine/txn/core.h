// The one path by which anything is read from or written to an open database.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "catalog/catalog.h"
#include "columns/column_cache.h"
#include "daftar/options.h"
#include "storage/scan_threads.h"
#include "storage/store.h"
#include "txn/anchor.h"
#include "txn/commit_group.h"
#include "txn/commit_queue.h"
#include "txn/follower_reader.h"
#include "txn/header.h"
#include "txn/housekeeper.h"
#include "txn/read_view.h"
#include "txn/recent_commits.h"
#include "txn/write_set.h"

namespace daftar::txn {

enum class CoreMode {
  kWrite,
  kRead,    // beside a process that writes, the state found at opening
  kFollow,  // the same, moving on by CatchUp()
};

struct CoreOptions {
  CoreMode mode = CoreMode::kWrite;
  // Microseconds since 1970 UTC. Commits never go back in time: when the clock does, they keep the
  // time of the commit before.
  std::function<int64_t()> clock = nullptr;  // null: the system's
  // Bytes of keys of recent commits, against which transactions are checked.
  size_t recent_bytes_max = size_t{16} << 20;
  // Of projections of tables, and the smallest table that gets one.
  size_t column_bytes_max = size_t{32} << 20;
  uint64_t column_rows_min = columns::ColumnCache::kRowsMin;
  // How scans of large tables are divided among threads.
  storage::ScanLimits scan = {};
  // Makes the conditions of $check ready. Without it, commits to tables that have some are refused.
  catalog::ConditionCompiler compiler = nullptr;
  // Merges what commits have replaced when they rest, on a thread of its own.
  bool housekeeping = false;
  PlantedFaults faults = {};
};

// Thread safety: all methods may be called from many threads; commits take turns.
class Core {
 public:
  // Opens a store that holds a database; to write, also renews indexes of names (renew_search.h).
  // Errors: NotFound when the store is empty; DataLoss, also when what is there is older than the
  // anchor says or the end of the journal is not whole; FailedPrecondition when the format is
  // newer, or older and to be upgraded.
  static absl::StatusOr<std::unique_ptr<Core>> Open(std::unique_ptr<storage::Store> store,
                                                    CoreOptions options = {});
  // Makes a database in an empty store. Errors: AlreadyExists when the store holds anything.
  static absl::StatusOr<std::unique_ptr<Core>> Create(std::unique_ptr<storage::Store> store,
                                                      catalog::Catalog catalog,
                                                      const DatabaseId& id,
                                                      CoreOptions options = {});
  // Makes what was committed durable and brings the anchor up to it. When that fails, the database
  // is as after a power loss.
  ~Core();

  // The newest state. Never waits for a commit.
  ReadView View() const;
  // The state right after commit `version`. Errors: InvalidArgument when there is no such commit
  // yet; DataLoss.
  absl::StatusOr<ReadView> ViewAsOf(CommitVersion version) const;
  // The state at a moment, in microseconds since 1970 UTC: that of the newest commit until then.
  absl::StatusOr<ReadView> ViewAt(int64_t time) const;

  // Applies all of `writes` or none, and gives the new commit's version, or the last one when
  // nothing changed. `catalog` is the one the writes were made with.
  // Errors: those of WriteSet; InvalidArgument for the statement; FailedPrecondition when a table
  // requires more of it; Aborted when the schema has changed since; those of Store::Write.
  // Durability: as asked; the commit is visible to others only once it is written.
  absl::StatusOr<CommitVersion> Commit(const catalog::Catalog& catalog,
                                       const std::vector<RecordWrite>& writes,
                                       const CommitOptions& options);
  // The same for writes that were prepared on an earlier state, when what was read of that state is
  // still so. Errors: also Aborted when it is not.
  absl::StatusOr<CommitVersion> CommitPrepared(CommitRequest* request, WriteSet* prepared,
                                               ReadSet* reads);

  // Appends an entry without changes, for what is done to the database itself; `batch` is what goes
  // with it.
  absl::StatusOr<CommitVersion> CommitNote(const CommitOptions& options, storage::Batch batch);
  // The same with what `body` makes of the newest state while nobody writes; the commit will be the
  // one after it. Nothing: there is nothing to be noted, and the last commit is given. Errors: also
  // those of `body`, and nothing is done then.
  using NoteBody = std::function<absl::StatusOr<std::optional<storage::Batch>>(const ReadView&)>;
  absl::StatusOr<CommitVersion> CommitNoteWith(const CommitOptions& options, const NoteBody& body);

  // Puts another schema in force, which is the next version, with an entry that says so; `batch` is
  // what goes with it. Writes that were prepared under the schema before are Aborted. `check` looks
  // at the newest state while nobody writes, and what it refuses is not done; null: nothing is.
  // Errors: as CommitNote; ResourceExhausted when the schema is too large; those of `check`.
  using StateCheck = std::function<absl::Status(const ReadView&)>;
  absl::StatusOr<CommitVersion> CommitSchema(const catalog::Catalog& catalog,
                                             const CommitOptions& options, storage::Batch batch,
                                             const StateCheck& check = nullptr);
  // Writes entries of indexes that are being built, and whatever goes with them, outside of
  // commits. Commits that were prepared on a state without them are worked out anew. Requires: a
  // WriteLock is held. Errors: those of Store::Write. Durability: buffered.
  absl::Status Fill(const storage::Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  // Whether a commit after `since` wrote a key in `range`, or may have. Requires: a WriteLock is
  // held.
  bool WrittenSince(const storage::KeyRange& range,
                    CommitVersion since) const ABSL_NO_THREAD_SAFETY_ANALYSIS;

  // Takes in what the process that writes has committed; views stay as they are. Errors:
  // FailedPrecondition when the mode is not kFollow; DataLoss; Unavailable: call it again.
  absl::Status CatchUp();
  // What the writing process has made durable, for the lag of a reader. Errors: DataLoss.
  absl::StatusOr<Anchor> ReadAnchor() const;

  std::shared_ptr<const catalog::Catalog> catalog() const;
  storage::Store& store() { return *store_; }
  const storage::Store& store() const { return *store_; }
  int64_t Now() const { return options_.clock(); }
  const PlantedFaults& faults() const { return options_.faults; }

  // Held, by a WriteLock, by whoever writes to the store outside Commit (bulk load, repair).
  absl::Mutex& write_mutex() ABSL_LOCK_RETURNED(write_mutex_) { return write_mutex_; }
  // Where the database stands; the next commit follows it.
  DatabaseEnd end() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  // The time of a commit that is to follow `end`.
  int64_t NextTime(const DatabaseEnd& end) const;
  // Shows commits that were written to readers. `durable`: they are synced, and everything before
  // them. `changes`: all that they wrote; null: any record may have been.
  void Publish(const DatabaseEnd& end, bool durable,
               const storage::PendingChanges* changes = nullptr)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  // Takes note of what a commit outside of Commit wrote, against which transactions are checked.
  // Requires: a WriteLock is held.
  void NoteWritten(RecentCommits::Written written) ABSL_NO_THREAD_SAFETY_ANALYSIS;
  // Shows readers what was written to the store outside of commits, or found to be there.
  void ShowStore() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);

 private:
  friend class WriteLock;
  class GroupStage;

  // A group that is worked out on the view and not shown in it yet.
  struct InFlight {
    DatabaseEnd end;
    std::shared_ptr<const storage::PendingChanges> changes;
  };

  Core(std::unique_ptr<storage::Store> store, CoreOptions options);

  // Finds out where the store stands and shows it to readers.
  absl::Status Load();
  // The same beside a process that writes, which may need several attempts.
  absl::Status LoadMoving();
  absl::Status CheckAnchor(const storage::Reader& reader, const Header& header,
                           const std::optional<Anchor>& anchor) const;
  absl::StatusOr<std::shared_ptr<const catalog::Catalog>> LoadCatalog(const storage::Reader& reader,
                                                                      SchemaVersion version) const;
  // What shows the state after the newest commit, as the mode has it.
  std::shared_ptr<const storage::Reader> NewReader(
      CommitVersion newest, SchemaVersion schema,
      std::shared_ptr<const HistoryStarts> starts) const;
  // Appends an entry without changes, and puts `catalog` in force when there is one.
  absl::StatusOr<CommitVersion> CommitNote(const catalog::Catalog* catalog,
                                           const CommitOptions& options, const NoteBody& body);
  void Show(ReadView view);
  std::unique_ptr<CommitStage> NewCommitStage();
  // What the rules say; of a large commit the batch is made meanwhile.
  absl::Status CheckRules(const CommitRequest& request, WriteSet* prepared);
  absl::Status WriteGroup(CommitGroup* group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mutex_);
  absl::StatusOr<std::optional<Anchor>> FindAnchor() const;

  const std::unique_ptr<storage::Store> store_;
  const CoreOptions options_;
  CommitQueue queue_;

  const std::shared_ptr<columns::ColumnCache> columns_;
  storage::ScanThreads scan_;
  absl::Mutex load_mutex_;  // one catches up at a time; taken before the others
  Moves moves_ = 0;         // of a follower's store, known to its views
  // Two groups of commits are under way at most: commits are worked out under the first of these,
  // one group is written under the second.
  absl::Mutex work_mutex_ ABSL_ACQUIRED_BEFORE(write_mutex_);
  RecentCommits recent_ ABSL_GUARDED_BY(work_mutex_);

  absl::Mutex write_mutex_;
  CommitVersion anchored_ ABSL_GUARDED_BY(write_mutex_);  // what the anchor says
  int64_t anchor_synced_at_ ABSL_GUARDED_BY(write_mutex_) = 0;

  std::unique_ptr<Housekeeper> housekeeper_;  // null: none; set before anything is committed

  mutable absl::Mutex view_mutex_;
  ReadView view_ ABSL_GUARDED_BY(view_mutex_);
  DatabaseEnd end_ ABSL_GUARDED_BY(view_mutex_);  // of the view, when that is the newest state
  // Taken back when the view shows it, in the same step.
  std::optional<InFlight> in_flight_ ABSL_GUARDED_BY(view_mutex_);
};

// The sole right to write. While it is held no commit is worked out or written, and none is in
// flight; they wait.
class ABSL_SCOPED_LOCKABLE WriteLock {
 public:
  explicit WriteLock(Core* core) ABSL_EXCLUSIVE_LOCK_FUNCTION(core->write_mutex());
  ~WriteLock() ABSL_UNLOCK_FUNCTION();
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

 private:
  Core* const core_;
};

}  // namespace daftar::txn
