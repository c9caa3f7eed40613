// Counts, while others read and write, the records from before into new aggregates.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "daftar/schema_change.h"
#include "index/groups.h"
#include "txn/core.h"
#include "txn/schema_work.h"

namespace daftar::io {

// Counts the present records of a table into aggregates that are kBuilding, in one walk over them.
// Totals of earlier moments are not made: an aggregate is known as of the commit that makes it
// readable, and later.
//
// It goes by small ranges of records, as IndexBuild does; but a record that was counted twice would
// be counted wrong, so that two things are written together or not at all: what a range adds to the
// groups, and up to which key all records are counted. Commits go by that key: they add what they
// change of records before it, and nothing else (CountedRecords). What a range adds is worked out
// beside the commits, and anew when one of them has changed a record of it; what the groups hold is
// read once commits wait.
// Memory: the groups of a range. Thread safety: none.
class AggregateBuild {
 public:
  // Takes on those aggregates of the table of which least is counted; nothing: all of them have
  // been counted to the end. Requires: the core's catalog has the table. Lifetime: `core` outlives
  // the build. Errors: those of ReadBuildProgress.
  static absl::StatusOr<std::optional<AggregateBuild>> Begin(txn::Core* core, TableId table);

  // Does the next range; false when there is none. Errors: DataLoss when a record or total does not
  // verify; ResourceExhausted when a total does not fit; those of Store::Write.
  absl::StatusOr<bool> Step();
  IndexProgress Progress() const;

 private:
  struct Range {
    index::GroupChanges groups;  // of all aggregates
    std::string end;             // the first key after it
    uint64_t records = 0;
  };

  AggregateBuild(txn::Core* core, TableId table) : core_(core), table_(table) {}

  std::vector<const catalog::AggregateDef*> AggregatesIn(const catalog::TableDef& table) const;
  absl::StatusOr<Range> WorkOut(const txn::ReadView& view) const;
  absl::Status Write(const Range& range) ABSL_EXCLUSIVE_LOCKS_REQUIRED(core_->write_mutex());

  txn::Core* const core_;
  const TableId table_;
  std::vector<AggregateId> aggregates_;
  txn::BuildProgress done_;
  uint64_t ranges_ = 0;
};

// Whether all records of `table` are counted in an aggregate of it that is kBuilding. Errors: those
// of ReadBuildProgress.
absl::StatusOr<bool> IsCounted(const txn::ReadView& view, const catalog::TableDef& table,
                               const catalog::AggregateDef& aggregate);

}  // namespace daftar::io
