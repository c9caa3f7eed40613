// A place on the Earth.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/point.h"

namespace daftar::geography {

// Whether the latitude is from -90 to 90 and the longitude from -180 to 180. Not of NaN.
bool IsPoint(const Point& point);

}  // namespace daftar::geography
