// Whether all that a database holds says the same.
#pragma once

#include <filesystem>

#include "absl/status/statusor.h"
#include "daftar/maintenance.h"
#include "txn/core.h"

namespace daftar::io {

// Shows that records, indexes, history and journal say the same:
// - the journal is whole, and ends where the anchor says;
// - every version of every record, old and present, is what the journal says that a commit put,
//   and ended when the journal says that it was replaced or deleted, and no other version was;
// - every entry of every index, old and present, is one that some version had, from the commit that
//   made it to the one that ended it, and every one that should be there is.
// - the totals of every aggregate, old and present, are those of the records that held then. Of a
//   table with damaged or missing versions they are not looked at.
// What ended before the history of a table begins is left out. With options.repair entries and
// totals are put right, records and journal never are. Others go on writing: they wait for one
// short batch at a time. When their commits touched what was wrong, all of it is looked at once
// more while they wait.
//
// Reads everything once. `spill_folder` must exist and takes up to the size of the indexes and the
// journal. A database that follows another process must not catch up meanwhile.
// Errors: Unavailable, ResourceExhausted. Damage is reported, not returned.
absl::StatusOr<VerifyReport> Verify(txn::Core* core, const std::filesystem::path& spill_folder,
                                    const VerifyOptions& options);

}  // namespace daftar::io
