// The entries of a plan by a projection of its index.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "columns/projection.h"
#include "query/entry_stream.h"
#include "query/scan_parts.h"

namespace daftar::query {

// One range after the other, all in one direction. Counts in `entries_read`. Lifetime: must end
// before the projection.
std::unique_ptr<SeekingStream> NewColumnStream(const columns::Projection& projection,
                                               std::vector<ScanPart> parts, bool reverse,
                                               uint64_t* entries_read);

}  // namespace daftar::query
