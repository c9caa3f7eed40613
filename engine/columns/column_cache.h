// Projections of the tables that are scanned, kept up with the commits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "columns/projection.h"
#include "storage/overlay.h"

namespace daftar::columns {

// A table that was scanned as a whole gets a projection of the fields that were asked for when it
// is scanned again, and another one when other fields are asked for, too. Each is exact: a scan
// that comes after commits first brings it up to its own state, by reading the records that they
// wrote. Whoever commits tells of all that it wrote before a state that has it is shown.
//
// Memory: at most about `bytes_max` for projections, and a few megabytes for keys that were
// written; the projection that was used longest ago goes first.
// Thread safety: all methods may be called from many threads.
class ColumnCache {
 public:
  // Smaller tables are not projected.
  static constexpr uint64_t kRowsMin = 100;

  explicit ColumnCache(size_t bytes_max, uint64_t rows_min = kRowsMin)
      : bytes_max_(bytes_max), rows_min_(rows_min) {}

  // The commits up to `version` are to be shown; `changes` has every record that they wrote since
  // the call before.
  void NoteCommits(CommitVersion version, const storage::PendingChanges& changes);
  // The same when any record may have been written, or the schema.
  void NoteAny(CommitVersion version);
  // All records of a table were read, `rows` of them, and `fields` of some asked for. Requires:
  // none fans out.
  void NoteScan(const std::shared_ptr<const catalog::Catalog>& catalog,
                const catalog::TableDef& table, const std::vector<record::FieldPath>& fields,
                uint64_t rows);

  // The projection of a table in `state`, which shows the commits up to `version` and nothing else.
  // Null when there is none and none is to be made now. Errors: those of Projection::Make.
  absl::StatusOr<std::shared_ptr<const Projection>> Find(
      const storage::Reader& state, CommitVersion version,
      const std::shared_ptr<const catalog::Catalog>& catalog, const catalog::TableDef& table);

  // Whether there is a projection of the table in some state, for whoever plans.
  bool Has(TableId table) const;
  size_t bytes() const;

 private:
  struct Entry {
    std::shared_ptr<const catalog::Catalog> catalog;
    std::vector<record::FieldPath> wanted;
    uint64_t rows = 0;        // when last scanned
    bool is_refused = false;  // took too much memory with the fields that are wanted
    bool is_building = false;
    // Changes after this commit are all in `changes`, or in `newest`.
    CommitVersion complete_after;
    std::vector<std::pair<CommitVersion, std::string>> changes;
    size_t change_bytes = 0;
    std::shared_ptr<const Projection> newest;  // null: none
    uint64_t used_at = 0;
  };
  using Entries = std::map<TableId, std::shared_ptr<Entry>>;

  bool HasAllWanted(const Entry& entry) const;
  // Takes the changes up to `version` out of the entry: whole keys, in order, each once.
  static std::vector<std::string> TakeChanges(Entry* entry, CommitVersion version);
  void MakeRoom(const Entry* except) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  size_t Bytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t bytes_max_;
  const uint64_t rows_min_;
  mutable absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  CommitVersion noted_ ABSL_GUARDED_BY(mutex_);
  uint64_t uses_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace daftar::columns
