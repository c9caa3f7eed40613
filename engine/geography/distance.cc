#include "geography/distance.h"

#include <GeographicLib/Geodesic.hpp>

#include "base/check.h"

namespace daftar::geography {

double Distance(const Point& from, const Point& to) {
  DAFTAR_DCHECK(IsPoint(from) && IsPoint(to));
  double metres = 0;
  GeographicLib::Geodesic::WGS84().Inverse(from.latitude, from.longitude, to.latitude, to.longitude,
                                           metres);
  return metres;
}

}  // namespace daftar::geography
