// Counts and sizes of a database.
#pragma once

#include "absl/status/statusor.h"
#include "daftar/maintenance.h"
#include "txn/core.h"

namespace daftar::io {

// Reads every record and entry. Errors: DataLoss, Unavailable.
absl::StatusOr<DatabaseStats> CollectStats(const txn::Core& core);

}  // namespace daftar::io
