// Indexes of names whose keys another version of this library made.
#pragma once

#include "absl/status/status.h"
#include "txn/core.h"

namespace daftar::txn {

// Gives each outdated index a new id under which it is being built, as one commit, so that nobody
// finds in half of it and commits have one way to make its entries. The entries under the old id
// go, and the new ones come, with the next `schema apply`. Does nothing when there is none.
// Requires: the core was opened to write. Errors: those of Core::CommitSchema.
absl::Status RenewSearch(Core* core);

}  // namespace daftar::txn
