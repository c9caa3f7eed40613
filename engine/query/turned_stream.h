// A scan that walks groups of entries in one direction and the entries of each group in the other:
// "order by end desc", ties by ascending key, from an index on ascending ends.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "query/entry_stream.h"
#include "query/scan_parts.h"

namespace daftar::query {

// A group with more entries than this is walked by an iterator of its own; a smaller one is held.
// So a scan reads at most twice what it gives, and in large groups hardly more.
inline constexpr size_t kHeldEntriesMax = 4;

// Requires: plan.turn_at > 0.
std::unique_ptr<EntryStream> NewTurnedStream(const storage::Reader& reader, const Plan& plan,
                                             std::vector<ScanPart> parts, uint64_t* entries_read);

}  // namespace daftar::query
