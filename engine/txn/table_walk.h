// What the walks have in common that go through the records of a table while it is in use.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daftar/ids.h"
#include "txn/core.h"

namespace daftar::txn {

// What a range of records is ended by: commits wait while it is written.
inline constexpr uint64_t kRangeRecordsMax = 128;
inline constexpr size_t kRangeBytesMax = size_t{64} << 10;

// How much of the table lies before the record key, 0 to 1, about. Empty: nothing does.
double FractionBefore(const Core& core, TableId table, std::string_view next_key);

// Rests when others have committed since `seen`, for as long as has passed since `begun`: who
// writes goes first.
void RestAfterRange(const Core& core, CommitVersion seen,
                    std::chrono::steady_clock::time_point begun);

}  // namespace daftar::txn
