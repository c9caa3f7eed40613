// Adds, while others read and write, the entries that records from before have in new indexes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/ids.h"
#include "daftar/schema_change.h"
#include "storage/store.h"
#include "txn/core.h"
#include "txn/schema_work.h"

namespace daftar::io {

// Builds all indexes of a table that are kBuilding, in one walk over its records, old versions
// included: afterwards the store is as if the indexes had always been there. Commits keep the
// entries of what they write up to date meanwhile; the walk adds those of everything else. What it
// adds follows from the versions of a record alone, so that adding it twice does no harm.
//
// It goes by small ranges of records. The entries of a range are worked out beside the commits and
// written while none is under way, anew when one of them has changed a record of the range; with
// them goes how far the walk has come, so that a later one goes on there.
// Memory: a range, and the versions of one record. Thread safety: none.
class IndexBuild {
 public:
  // Requires: the core's catalog has the table. Lifetime: `core` outlives the build.
  static absl::StatusOr<IndexBuild> Begin(txn::Core* core, TableId table);

  // Does the next range; false when there is none. Errors: DataLoss when a record does not verify;
  // those of Store::Write.
  absl::StatusOr<bool> Step();
  IndexProgress Progress() const;

 private:
  struct Range {
    storage::Batch entries;
    std::string end;  // the first key after it; empty: it is the last one
    uint64_t records = 0;
  };

  IndexBuild(txn::Core* core, TableId table) : core_(core), table_(table) {}

  absl::StatusOr<Range> WorkOut(const txn::ReadView& view) const;

  txn::Core* const core_;
  const TableId table_;
  txn::BuildProgress done_;
};

// Lists neighbours in a unique index, all of whose entries are there, that share their values, as
// many as `violations_max` in all; counts every one. Gives how many entries there are.
absl::StatusOr<uint64_t> FindViolations(const txn::ReadView& view, const catalog::TableDef& table,
                                        const catalog::IndexDef& index, size_t violations_max,
                                        SchemaChangeReport* report);

}  // namespace daftar::io
