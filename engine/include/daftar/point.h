// Places on the Earth.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace daftar {

// Degrees on the ellipsoid of WGS84, north and east positive.
struct Point {
  double latitude = 0;   // -90 to 90
  double longitude = 0;  // -180 to 180
  friend bool operator==(const Point&, const Point&) = default;
};

// Reads "25.3,60.6" or "25.3, 60.6", latitude first; digits may be Persian or Arabic-Indic. Errors:
// InvalidArgument with the text, also for a place that is not on the Earth.
absl::StatusOr<Point> ParsePoint(std::string_view text);

// Metres of "100 km", "100km", "2500 m" or "2500", which is metres. Errors: InvalidArgument with
// the text; a distance is 0 or greater, and finite.
absl::StatusOr<double> ParseDistance(std::string_view text);

// Metres along the shortest way on the ellipsoid of WGS84. Errors: InvalidArgument for a point that
// is none.
absl::StatusOr<double> DistanceMetres(const Point& from, const Point& to);

}  // namespace daftar
