#include "geography/point.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "base/digits.h"
#include "base/status.h"
#include "geography/distance.h"

namespace daftar {
namespace {

std::optional<double> ReadNumber(std::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

bool geography::IsPoint(const Point& point) {
  return std::abs(point.latitude) <= 90 && std::abs(point.longitude) <= 180;
}

absl::StatusOr<Point> ParsePoint(std::string_view text) {
  const std::string plain = WithAsciiDigits(text);
  const size_t comma = plain.find(',');
  const auto latitude = ReadNumber(std::string_view(plain).substr(0, comma));
  const auto longitude =
      comma == plain.npos ? std::nullopt : ReadNumber(std::string_view(plain).substr(comma + 1));
  if (latitude && longitude && geography::IsPoint({*latitude, *longitude})) {
    return Point{*latitude, *longitude};
  }
  return InvalidArgument("this is no place on the Earth")
      .With("value", text)
      .With("remedy",
            "write latitude and longitude in degrees, north and east positive: 25.3,60.6");
}

absl::StatusOr<double> ParseDistance(std::string_view text) {
  const std::string plain = WithAsciiDigits(text);
  std::string_view number = absl::StripAsciiWhitespace(plain);
  constexpr double kMetresPerKilometre = 1000;
  double unit = 1;
  if (absl::ConsumeSuffix(&number, "km")) {
    unit = kMetresPerKilometre;
  } else {
    absl::ConsumeSuffix(&number, "m");
  }
  const auto value = ReadNumber(number);
  if (value && *value >= 0) return *value * unit;
  return InvalidArgument("this is no distance")
      .With("value", text)
      .With("remedy", "write 100km or 2500m");
}

absl::StatusOr<double> DistanceMetres(const Point& from, const Point& to) {
  for (const Point& point : {from, to}) {
    if (geography::IsPoint(point)) continue;
    return InvalidArgument("this is no place on the Earth")
        .With("latitude", point.latitude)
        .With("longitude", point.longitude);
  }
  return geography::Distance(from, to);
}

}  // namespace daftar
