// Numbers of cells are stored: these never change.
#include "geography/cell.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>

namespace daftar::geography::testing {
namespace {

TEST_CASE("cell: known numbers", "[geography][format]") {
  const auto [name, point, cell] = GENERATE(table<const char*, Point, uint64_t>({
      {"south-west corner", {-90, -180}, 0},
      {"north-east corner", {90, 180}, UINT64_MAX},
      {"south-east corner", {-90, 180}, 0xAAAAAAAAAAAAAAAA},
      {"north-west corner", {90, -180}, 0x5555555555555555},
      {"where the equator crosses Greenwich", {0, 0}, 0xC000000000000000},
      {"just south-west of it", {-1e-12, -1e-12}, 0x3FFFFFFFFFFFFFFF},
      // Column (60.6 + 180) / 360 * 2^32 = 2870469809, row (25.3 + 90) / 180 * 2^32 = 2751165162.
      {"Chabahar", {25.3, 60.6}, 0xCC8F576FBD24DE46},
  }));
  CAPTURE(name);
  CHECK(CellOf(point) == cell);
}

// Interleaves as the definition says, bit by bit.
TEST_CASE("cell: bits of column and row in turn", "[geography][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 1000; ++i) {
    const CellPlace place{static_cast<uint32_t>(random()), static_cast<uint32_t>(random())};
    uint64_t cell = 0;
    for (int bit = 31; bit >= 0; --bit) {
      cell = cell << 2 | (place.column >> bit & 1) << 1 | (place.row >> bit & 1);
    }
    REQUIRE(CellAt(place) == cell);
  }
}

TEST_CASE("cell: rows and columns grow with latitude and longitude", "[geography][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> latitude(-90, 90);
  std::uniform_real_distribution<double> longitude(-180, 180);
  for (int i = 0; i < 1000; ++i) {
    const Point a{latitude(random), longitude(random)};
    const Point b{latitude(random), longitude(random)};
    if (a.latitude <= b.latitude) REQUIRE(PlaceOf(a).row <= PlaceOf(b).row);
    if (a.longitude <= b.longitude) REQUIRE(PlaceOf(a).column <= PlaceOf(b).column);
  }
}

}  // namespace
}  // namespace daftar::geography::testing
