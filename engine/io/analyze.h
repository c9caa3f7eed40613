// Counts what planners want to know of tables and indexes.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "daftar/maintenance.h"
#include "txn/core.h"

namespace daftar::io {

// Reads the entries of all tables, or of one, and stores their statistics with one commit. Errors:
// those of Database::Analyze.
absl::StatusOr<AnalyzeReport> Analyze(txn::Core* core, const AnalyzeOptions& options);

}  // namespace daftar::io
