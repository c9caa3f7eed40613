// Which cells hold a circle.
#pragma once

#include <cstdint>
#include <vector>

#include "geography/cell.h"
#include "geography/point.h"

namespace daftar::geography {

// Numbers of cells, both ends included.
struct CellRange {
  uint64_t first = 0;
  uint64_t last = 0;
  friend bool operator==(const CellRange&, const CellRange&) = default;
};

// As many as a covering has at most.
inline constexpr size_t kCellRangesMax = 32;

// Stretches of numbers, in order and apart, with the cells of all places that are no farther than
// `metres` from `centre`, and of others: what is found in them is to be measured. Holds across
// longitude 180 and over the poles. Requires: IsPoint(centre), metres >= 0.
std::vector<CellRange> CoverCircle(const Point& centre, double metres);

}  // namespace daftar::geography
