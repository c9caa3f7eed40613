// Works out what a group of commits writes: one batch that makes all of them, in their order.
#pragma once

#include <memory>
#include <vector>

#include "storage/overlay.h"
#include "txn/commit_request.h"
#include "txn/header.h"
#include "txn/journal_reader.h"
#include "txn/recent_commits.h"

namespace daftar::txn {

// Faults that torture puts into the commit path to see that it finds them. Never set otherwise.
struct PlantedFaults {
  bool ignore_read_keys = false;
  bool ignore_read_ranges = false;
  bool skip_sync = false;
  bool drop_index_entry = false;       // of every tenth commit
  bool drop_group = false;             // of every tenth commit
  bool drop_history = false;           // of every tenth commit
  bool forget_build_progress = false;  // of every third range that is counted into an aggregate
  bool forget_migration = false;       // how far one has come, with every third commit
};

// Where the database stands before and after a group.
struct DatabaseEnd {
  Header header;
  JournalEnd journal;
};

// Belongs to whoever holds the write mutex. Thread safety: none.
class CommitGroup {
 public:
  // `state` is the newest state, `recent` what led to it, `fills` as ReadView has them. Lifetime:
  // `recent` outlives the group.
  CommitGroup(std::shared_ptr<const storage::Reader> state, const DatabaseEnd& end, uint64_t fills,
              const RecentCommits& recent, int64_t time, const PlantedFaults& faults);

  // Makes the request the next commit of the group, or decides its result: Aborted when something
  // that it read was written meanwhile; FailedPrecondition when its migration was abandoned; what
  // WriteSet refuses; the last commit when it changes nothing.
  void Add(CommitRequest* request);

  // A request that goes through, and the commit that it is: the one before when it changes nothing.
  struct Accepted {
    CommitRequest* request;
    CommitVersion version;
  };
  // Their results are for the caller to set once the batch is written.
  const std::vector<Accepted>& accepted() const { return accepted_; }
  storage::Batch& batch() { return batch_; }
  const DatabaseEnd& end() const { return end_; }
  bool needs_sync() const { return needs_sync_; }
  // Of values that were replaced or deleted.
  uint64_t replaced_bytes() const { return replaced_bytes_; }
  // What the accepted commits change of the state, records and index entries. Call it once no
  // request is added any more.
  std::shared_ptr<const storage::PendingChanges> changes() const { return overlay_; }
  // What each new commit wrote, in order.
  std::vector<RecentCommits::Written>& written() { return written_; }

 private:
  // The state with the accepted commits laid over it.
  std::shared_ptr<const storage::Reader> Newest() const;
  absl::Status Validate(const CommitRequest& request) const;
  // Applies the request's writes to the newest state when what they followed from has changed.
  absl::Status Refresh(CommitRequest* request, std::unique_ptr<WriteSet>* fresh);
  absl::Status Take(CommitRequest* request, WriteSet* writes);
  RecentCommits::Written WrittenBy(CommitVersion version,
                                   const storage::PendingChanges& changes) const;
  // Lays the changes of one more commit over the state.
  void Lay(std::shared_ptr<const storage::PendingChanges> changes);
  absl::StatusOr<bool> HitSince(const ReadSet& reads, CommitVersion since) const;
  void NoteMigration(const Migration& migration, CommitVersion version);
  void PlantFaults(CommitVersion version, size_t first_operation);

  const std::shared_ptr<const storage::Reader> state_;
  const uint64_t fills_;
  const RecentCommits& recent_;
  const int64_t time_;
  const PlantedFaults faults_;
  DatabaseEnd end_;
  // What the accepted commits write: of one alone its own, else `merged_`.
  std::shared_ptr<const storage::PendingChanges> overlay_ =
      std::make_shared<const storage::PendingChanges>();
  std::shared_ptr<storage::PendingChanges> merged_;
  storage::Batch batch_;
  bool needs_sync_ = false;
  uint64_t replaced_bytes_ = 0;
  std::vector<Accepted> accepted_;
  std::vector<RecentCommits::Written> written_;
};

}  // namespace daftar::txn
