// Distances on the Earth.
#pragma once

#include "geography/point.h"

namespace daftar::geography {

// Metres along the shortest way on the ellipsoid of WGS84 (Karney, Algorithms for geodesics, 2013,
// as GeographicLib has it: exact to some nanometres, also for points on opposite sides of the
// Earth). Requires: IsPoint() of both.
double Distance(const Point& from, const Point& to);

// No two places are farther apart: half a meridian, 20 003.93 km, rounded up.
inline constexpr double kDistanceMax = 20'004'000;

}  // namespace daftar::geography
