// Runs the rules of a schema over a whole book.
#pragma once

#include <filesystem>

#include "absl/status/statusor.h"
#include "daftar/rules.h"
#include "txn/read_view.h"

namespace daftar::io {

// Looks at every record of the tables with rules in `view`, whose catalog says which: that in
// force, or one that would succeed it. `is_newest`: it is the newest state; what an index holds
// forever is looked at only then. Indexes are not read but worked out anew, so that a rule can be
// run whose index is not built. Needs no lock; `spill_folder` must exist and takes the entries of
// the indexes that rules read. Errors: InvalidArgument when `options` name a table or rule that is
// not there; FailedPrecondition when a history does not reach back to the view; DataLoss,
// Unavailable, ResourceExhausted. What breaks a rule is in the report and not an error.
absl::StatusOr<AuditReport> AuditRules(const txn::ReadView& view, bool is_newest,
                                       const std::filesystem::path& spill_folder,
                                       const AuditOptions& options);

}  // namespace daftar::io
