// Whether what a database derives from its records is what the records say.
#pragma once

#include <filesystem>

#include "absl/status/statusor.h"
#include "daftar/maintenance.h"
#include "txn/core.h"

namespace daftar::io {

// Compares every record with the entries of its indexes and every entry with its record, by sorting
// the entries that should be and merging them with those that are. With options.repair the entries
// are put right, in batches, while other writers wait.
// `spill_folder` must exist and takes up to the size of the indexes.
// Errors: Unavailable, ResourceExhausted. Damage is reported, not returned.
absl::StatusOr<VerifyReport> Verify(txn::Core* core, const std::filesystem::path& spill_folder,
                                    const VerifyOptions& options);

}  // namespace daftar::io
