// Whether what is kept of migrations can be.
#pragma once

#include "absl/status/status.h"
#include "io/verify_run.h"

namespace daftar::io {

// Reports migrations that do not verify, those of a table that the schema does not have, and those
// that speak of commits that there are not yet. Errors: those of the store.
absl::Status CheckMigrations(VerifyRun* run);

}  // namespace daftar::io
