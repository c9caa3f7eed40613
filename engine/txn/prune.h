// Removing old versions that need not be kept any longer.
#pragma once

#include "absl/status/statusor.h"
#include "daftar/maintenance.h"
#include "txn/core.h"

namespace daftar::txn {

// Keys that are removed by one write of the store.
inline constexpr size_t kPruneBatchBytes = size_t{1} << 20;

// Lets the history of tables begin later and removes what ended before. A commit without changes
// says so first; from then on earlier states are refused, so that none is ever shown in part. What
// a call that failed has left behind, the next one removes. Other commits go on meanwhile.
// Present values, what is asked as of the new beginning or later, and the journal stay as they are.
// Requires: one call at a time.
// Errors: NotFound for the table; InvalidArgument for a commit that is yet to come, or a statement
// that is malformed or lacks what a table requires; DataLoss; those of Store::Write.
absl::StatusOr<PruneReport> PruneHistory(Core* core, const PruneOptions& options,
                                         size_t batch_bytes_max = kPruneBatchBytes);

}  // namespace daftar::txn
