// The records and index entries of an earlier moment.
#pragma once

#include <memory>

#include "daftar/ids.h"
#include "storage/reader.h"

namespace daftar::history {

// What `base` held right after commit `version`: for keys of records, entries and groups the
// present where it is as old as that, else what has moved to the history since; other keys as they
// are. As `base` may also be a store that others go on changing, this makes a frozen state out of a
// moving one. Requires: bounds and targets of iterators do not go on behind a key, but by the zero
// byte that means "right after it". Errors of its reads: also DataLoss when a history key is
// malformed. Lifetime: shares `base`.
std::shared_ptr<const storage::Reader> NewAsOfReader(std::shared_ptr<const storage::Reader> base,
                                                     CommitVersion version);

}  // namespace daftar::history
