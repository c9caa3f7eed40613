// Giving up a migration that was begun.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/migration.h"
#include "daftar/options.h"
#include "txn/core.h"

namespace daftar::txn {

// Notes with a commit that the migration of this name is given up. Whoever goes on with it
// meanwhile commits a batch before that or not at all: he finds it abandoned. The report is without
// times. Errors: NotFound; FailedPrecondition when it is finished; InvalidArgument for a statement
// that is malformed or lacks what the table requires; those of ReadMigration and
// Core::CommitNoteWith. Thread safety: full.
absl::StatusOr<AbandonReport> AbandonMigration(Core* core, std::string_view name,
                                               const CommitOptions& options);

}  // namespace daftar::txn
