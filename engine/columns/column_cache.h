// Projections of the tables and indexes that are read much, kept up with the commits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "columns/projection.h"
#include "storage/overlay.h"

namespace daftar::columns {

// What reads a table as a whole, or ranges of an index, says how much it has read. When that comes
// near to what a projection costs, the next one makes it: of a table with the fields that were
// asked for, and another one when other fields are asked for, too. Each is exact: a reader that
// comes after commits first brings it up to its own state, by reading what they wrote; unless they
// wrote so much that reading what it wants costs less. Whoever commits tells of all that it wrote
// before a state that has it is shown.
//
// Memory: at most about `bytes_max` for projections, and a few megabytes for keys that were
// written; the projection that was used longest ago goes first. Time: reading for projections never
// takes more than a few times what was read without.
// Thread safety: all methods may be called from many threads.
class ColumnCache {
 public:
  // Fewer rows are not projected.
  static constexpr uint64_t kRowsMin = 100;

  explicit ColumnCache(size_t bytes_max, uint64_t rows_min = kRowsMin)
      : bytes_max_(bytes_max), rows_min_(rows_min) {}

  // One state of the store: that after the commits up to `version`, and so many fills.
  struct State {
    const storage::Reader& reader;
    CommitVersion version;
    uint64_t fills = 0;
    // That may read it for a projection, too. Null: none.
    storage::ScanThreads* threads = nullptr;
  };

  // The commits up to `version` are to be shown; `changes` has everything that they wrote since the
  // call before.
  void NoteCommits(CommitVersion version, const storage::PendingChanges& changes);
  // `batch` was written outside of commits, and there have been so many fills with it.
  void NoteFill(uint64_t fills, const storage::Batch& batch);
  // Anything may have been written, or the schema.
  void NoteAny(CommitVersion version, uint64_t fills);
  // `rows` were read, or as many could have been in the same time, and of records `fields` asked
  // for. Requires: none fans out.
  void NoteRead(const EntrySet& set, const std::vector<record::FieldPath>& fields, uint64_t rows);

  // The projection of what `state` has, for one who will read `rows_wanted` at least. Null when
  // there is none and none is to be made now. Errors: those of Projection::Make.
  absl::StatusOr<std::shared_ptr<const Projection>> Find(const State& state, const EntrySet& set,
                                                         uint64_t rows_wanted);

  // Whether there is a projection of the table in some state, for whoever plans.
  bool Has(TableId table) const;

 private:
  struct Entry {
    EntrySet set;
    std::vector<record::FieldPath> wanted;
    // Rows that were read since the last projection was made, and how many it takes to try again.
    uint64_t rows_read = 0;
    uint64_t rows_needed = 0;
    bool is_building = false;
    // States before these may have other rows, of which nothing is known. `newest` is of the first.
    CommitVersion complete_after;
    uint64_t fills_min = 0;
    // Keys that were written after `complete_after`.
    std::vector<std::pair<CommitVersion, std::string>> changes;
    size_t change_bytes = 0;
    std::shared_ptr<const Projection> newest;  // null: none
    uint64_t used_at = 0;
  };
  using Entries = std::map<std::string, std::shared_ptr<Entry>, std::less<>>;  // by their prefix

  static bool HasAllWanted(const Entry& entry);
  static bool IsWorthMaking(const Entry& entry);
  // Whether bringing the projection up to the newest state costs less than reading `rows`.
  static bool IsWorthRenewing(const Entry& entry, uint64_t rows);
  // The entry of `set` when something can be said of the state by it; null: not.
  std::shared_ptr<Entry> FindEntry(const State& state, const EntrySet& set,
                                   std::string_view prefix) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes the changes up to `version` out of the entry: whole keys, in order, each once.
  static std::vector<std::string> TakeChanges(Entry* entry, CommitVersion version);
  void MakeRoom(const Entry* except) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  size_t Bytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t bytes_max_;
  const uint64_t rows_min_;
  mutable absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  CommitVersion noted_ ABSL_GUARDED_BY(mutex_);
  uint64_t fills_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t uses_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace daftar::columns
