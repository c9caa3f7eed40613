// Pieces of a range that take about as many bytes each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/store.h"

namespace daftar::storage {

// However large a range is, it has about so many pieces at most.
inline constexpr size_t kPiecesMax = 1024;

// Divides `range` at keys that the store has now, into pieces in key order that leave nothing out,
// of about `piece_bytes` each or more. What is found by sizes alone costs a few blocks a piece.
// One piece: it is not larger, or the store cannot tell; errors are for whoever reads it.
std::vector<KeyRange> DivideRange(const Store& store, const KeyRange& range, uint64_t piece_bytes);

}  // namespace daftar::storage
