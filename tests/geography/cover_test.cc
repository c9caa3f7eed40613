// Coverings against measuring every place.
#include "geography/cover.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <random>

#include "geography/distance.h"

namespace daftar::geography::testing {
namespace {

bool Covers(const std::vector<CellRange>& ranges, const Point& point) {
  const uint64_t cell = CellOf(point);
  return std::any_of(ranges.begin(), ranges.end(), [&](const CellRange& range) {
    return range.first <= cell && cell <= range.last;
  });
}

// In order, apart, and few.
void CheckForm(const std::vector<CellRange>& ranges) {
  REQUIRE(!ranges.empty());
  REQUIRE(ranges.size() <= kCellRangesMax);
  for (size_t i = 0; i < ranges.size(); ++i) {
    REQUIRE(ranges[i].first <= ranges[i].last);
    if (i > 0) REQUIRE(ranges[i].first > ranges[i - 1].last + 1);
  }
}

class Places {
 public:
  explicit Places(uint32_t seed) : random_(seed) {}

  double Between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }

  // Anywhere, but often at a pole, at longitude 180, on the equator, or at a corner of cells.
  Point Any() {
    Point point{Between(-90, 90), Between(-180, 180)};
    const double kLatitudes[] = {90, -90, 89.999, -89.99, 0, 45, -45, 25.3};
    const double kLongitudes[] = {180, -180, 179.999, -179.99, 0, 90, -90, 60.6};
    if (Between(0, 1) < 0.4) point.latitude = kLatitudes[static_cast<size_t>(Between(0, 7.99))];
    if (Between(0, 1) < 0.4) point.longitude = kLongitudes[static_cast<size_t>(Between(0, 7.99))];
    return point;
  }

  // A place about as far from `centre` as the circle reaches.
  Point Around(const Point& centre, double metres) {
    const double degrees = metres / 111'000 * Between(0, 1.2);
    const double angle = Between(0, 6.2832);
    double latitude = centre.latitude + degrees * std::sin(angle);
    double longitude = centre.longitude;
    if (std::abs(latitude) > 90) {
      latitude = std::copysign(180, latitude) - latitude;
      longitude += 180;
    }
    const double shrink = std::max(0.001, std::cos(latitude / 57.29578));
    longitude += degrees * std::cos(angle) / shrink;
    return {std::clamp(latitude, -90.0, 90.0), std::remainder(longitude, 360)};
  }

 private:
  std::mt19937 random_;
};

TEST_CASE("cover: every place within the circle is covered", "[geography][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  Places places(seed);
  int inside = 0;
  for (int i = 0; i < 3000; ++i) {
    const Point centre = places.Any();
    const double metres = std::pow(10, places.Between(-1, 7.35));
    CAPTURE(centre.latitude, centre.longitude, metres);
    const std::vector<CellRange> ranges = CoverCircle(centre, metres);
    CheckForm(ranges);
    REQUIRE(Covers(ranges, centre));
    for (int j = 0; j < 40; ++j) {
      const Point place = j % 4 == 0 ? places.Any() : places.Around(centre, metres);
      CAPTURE(place.latitude, place.longitude);
      if (Distance(centre, place) > metres) continue;
      ++inside;
      REQUIRE(Covers(ranges, place));
    }
  }
  CHECK(inside > 20'000);
}

// Longitude 180 and -180 are one meridian, and a pole one place, whatever longitude it is given.
TEST_CASE("cover: both sides of longitude 180, and poles by any longitude", "[geography]") {
  for (const double longitude : {180.0, -180.0, 179.9, -179.9}) {
    const auto ranges = CoverCircle({10, longitude}, 20'000);
    CheckForm(ranges);
    CHECK(Covers(ranges, {10, 179.95}));
    CHECK(Covers(ranges, {10, -179.95}));
  }
  for (const double latitude : {90.0, 89.95}) {
    const auto ranges = CoverCircle({latitude, 12}, 10'000);
    for (double longitude = -180; longitude <= 180; longitude += 7.5) {
      CHECK(Covers(ranges, {90, longitude}));
    }
  }
}

TEST_CASE("cover: all of the Earth is one stretch", "[geography]") {
  const std::vector<CellRange> all = {{0, UINT64_MAX}};
  CHECK(CoverCircle({25.3, 60.6}, kDistanceMax) == all);
}

// How much more than the circle is read: not a promise, but what makes the index worth its space.
TEST_CASE("cover: a circle is covered by a few times its area", "[geography]") {
  const auto [latitude, metres] = GENERATE(table<double, double>(
      {{25.3, 1'000}, {25.3, 100'000}, {35.7, 30'000}, {-60, 100'000}, {0, 500'000}}));
  CAPTURE(latitude, metres);
  Places places(7);
  double worst = 0;
  for (int i = 0; i < 200; ++i) {
    const Point centre{latitude, places.Between(-180, 180)};
    double part = 0;
    for (const CellRange& range : CoverCircle(centre, metres)) {
      part += static_cast<double>(range.last - range.first) + 1;
    }
    // Cells are as wide as the circle of latitude is long.
    const double square_metres =
        part / std::pow(2.0, 64) * 360 * 180 * 111'195 * 111'195 * std::cos(latitude / 57.29578);
    worst = std::max(worst, square_metres / (3.14159 * metres * metres));
  }
  CHECK(worst < 4);
}

}  // namespace
}  // namespace daftar::geography::testing
