// What a follower reads through: its store moves on beneath the views that were made before.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "daftar/ids.h"
#include "storage/reader.h"
#include "storage/store.h"
#include "txn/read_view.h"

namespace daftar::txn {

// How often a follower has begun and ended catching up: odd while it does so.
using Moves = std::atomic<uint64_t>;

// The state after commit `version` of a store that another process writes; `starts` is where the
// histories were known to begin when it was found, and `schema` the one in force. Whoever writes
// may remove the history on which this state rests, or indexes that another schema does not have;
// once the store shows that, every call ends with FailedPrecondition, and never with an answer that
// lacks something. Lifetime: `store` and `moves` outlive it.
std::shared_ptr<const storage::Reader> NewFollowerReader(
    const storage::Store& store, const Moves& moves, CommitVersion version, SchemaVersion schema,
    std::shared_ptr<const HistoryStarts> starts);

}  // namespace daftar::txn
