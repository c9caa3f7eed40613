// Numbers of cells: near places mostly have near numbers.
#pragma once

#include <cstdint>

#include "geography/point.h"

namespace daftar::geography {

// How often each of latitude and longitude is halved. The smallest cell is under a centimetre wide.
inline constexpr int kCellBits = 32;

// Which of 2^32 equal parts of the latitudes and longitudes a place lies in. The poles' far edge
// and longitude 180 belong to the last part.
struct CellPlace {
  uint32_t row = 0;     // from the south pole
  uint32_t column = 0;  // from longitude -180
  friend bool operator==(const CellPlace&, const CellPlace&) = default;
};

// Grows with the latitude and the longitude. Requires: IsPoint(point).
CellPlace PlaceOf(const Point& point);

// The number of the cell: the bits of column and row in turn, the highest of the column first. The
// places of a square that halving made are one stretch of numbers.
uint64_t CellAt(const CellPlace& place);

inline uint64_t CellOf(const Point& point) { return CellAt(PlaceOf(point)); }

}  // namespace daftar::geography
