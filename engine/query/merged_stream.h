// Several scans that each give one order, as one: "state in (a, b) order by end" from an index on
// state and end reads one entry more for each state, and no more.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "query/entry_stream.h"
#include "query/scan_parts.h"

namespace daftar::query {

// Requires: plan.merge; `streams` give the entries of `parts`, one for each.
std::unique_ptr<EntryStream> NewMergedStream(const Plan& plan, const std::vector<ScanPart>& parts,
                                             std::vector<std::unique_ptr<EntryStream>> streams);

}  // namespace daftar::query
