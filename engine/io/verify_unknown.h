// Whether everything that is stored belongs to something.
#pragma once

#include "absl/status/status.h"
#include "io/verify_run.h"

namespace daftar::io {

// Reports each key that belongs to no table or index of the schema, and to nothing else that a
// database has. Errors: those of the store.
absl::Status CheckUnknownKeys(VerifyRun* run);

// Reports statistics that do not verify. Errors: those of the store.
absl::Status CheckStatistics(VerifyRun* run);

}  // namespace daftar::io
