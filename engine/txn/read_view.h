// A state of the database to read from.
#pragma once

#include <map>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "columns/column_cache.h"
#include "daftar/as_of.h"
#include "daftar/ids.h"
#include "index/statistics.h"
#include "storage/reader.h"
#include "storage/scan_threads.h"
#include "txn/header.h"

namespace daftar::txn {

// From which commit on the history of a table is whole; tables that are not named have all of it.
using HistoryStarts = std::map<TableId, CommitVersion>;

// Lifetime: must end before its Core. Thread safety: may be shared. Cheap to copy.
struct ReadView {
  std::shared_ptr<const storage::Reader> reader;
  std::shared_ptr<const catalog::Catalog> catalog;
  std::shared_ptr<const HistoryStarts> history_starts;
  CommitVersion version;
  DatabaseId database{};  // which database it is a state of
  // What is known for planning; of the newest state, whatever the view's is. Null: nothing.
  std::shared_ptr<const index::AllStatistics> statistics;
  // How often entries of indexes that are being built had been added by then; see Core::Fill.
  uint64_t fills = 0;
  // Projections of its tables. Null: there are none of the state, which is not just what commits up
  // to `version` have made.
  std::shared_ptr<columns::ColumnCache> columns = nullptr;
  // Threads that may read it, too. Null: none, as in a transaction, whose reads are taken down.
  storage::ScanThreads* scan = nullptr;
};

// Whether the view shows `table` as it was. Errors: FailedPrecondition when its history no longer
// reaches back to the view's commit.
absl::Status CheckReadable(const ReadView& view, const catalog::TableDef& table);

// The commit that made what was so at a moment. Errors: InvalidArgument when it is after the
// view's; DataLoss.
absl::StatusOr<CommitVersion> CommitOf(const ReadView& view, const AsOf& moment);

// Where the history of a table is said to begin: key and value. docs/format.md section 11.
std::string HistoryStartKey(TableId table);
std::string EncodeHistoryStart(CommitVersion version);
// All of them. Errors: DataLoss.
absl::StatusOr<HistoryStarts> ReadHistoryStarts(const storage::Reader& reader);

// The statistics of all tables and indexes. Those that do not decode are left out: plans do without
// them, and `daftar verify` tells of them. Errors: Unavailable, DataLoss of the store.
absl::StatusOr<index::AllStatistics> ReadStatistics(const storage::Reader& reader);

}  // namespace daftar::txn
