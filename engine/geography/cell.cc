#include "geography/cell.h"

#include <algorithm>

#include "base/check.h"

namespace daftar::geography {
namespace {

constexpr double kParts = 4294967296.0;  // 2^32

uint32_t Part(double value, double first, double span) {
  const double part = (value - first) / span * kParts;
  return static_cast<uint32_t>(std::clamp(part, 0.0, kParts - 1));
}

// Puts a zero before each bit.
uint64_t Spread(uint32_t bits) {
  uint64_t x = bits;
  x = (x | x << 16) & 0x0000FFFF0000FFFF;
  x = (x | x << 8) & 0x00FF00FF00FF00FF;
  x = (x | x << 4) & 0x0F0F0F0F0F0F0F0F;
  x = (x | x << 2) & 0x3333333333333333;
  return (x | x << 1) & 0x5555555555555555;
}

}  // namespace

CellPlace PlaceOf(const Point& point) {
  DAFTAR_DCHECK(IsPoint(point));
  return {Part(point.latitude, -90, 180), Part(point.longitude, -180, 360)};
}

uint64_t CellAt(const CellPlace& place) { return Spread(place.column) << 1 | Spread(place.row); }

}  // namespace daftar::geography
