// Counts and sizes of a database.
#pragma once

#include "absl/status/statusor.h"
#include "daftar/maintenance.h"
#include "txn/core.h"

namespace daftar::io {

// Reads every record and entry that the view shows. Errors: FailedPrecondition when the history of
// a table does not reach back that far; DataLoss, Unavailable.
absl::StatusOr<DatabaseStats> CollectStats(const txn::Core& core, const txn::ReadView& view);

}  // namespace daftar::io
