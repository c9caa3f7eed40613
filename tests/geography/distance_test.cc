// Distances against published ones.
#include "geography/distance.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "support/status_matchers.h"

namespace daftar::geography::testing {
namespace {

using Catch::Matchers::WithinAbs;

TEST_CASE("distance: published lines on WGS84", "[geography]") {
  const auto [name, from, to, metres] = GENERATE(table<const char*, Point, Point, double>({
      // Karney, documentation of GeographicLib.
      {"JFK to LHR", {40.6, -73.8}, {51.6, -0.5}, 5'551'759.400},
      {"Wellington to Salamanca", {-41.32, 174.81}, {40.96, -5.50}, 19'959'679.267},
      // Karney, Algorithms for geodesics (2013): nearly opposite, where Vincenty does not converge.
      {"nearly opposite", {0, 0}, {0.5, 179.5}, 19'936'288.579},
      // Geocentric Datum of Australia, technical manual: Flinders Peak to Buninyong. GRS80 differs
      // from WGS84 by less than is shown.
      {"Flinders Peak to Buninyong",
       {-(37 + 57.0 / 60 + 3.72030 / 3600), 144 + 25.0 / 60 + 29.52440 / 3600},
       {-(37 + 39.0 / 60 + 10.15610 / 3600), 143 + 55.0 / 60 + 35.38390 / 3600},
       54'972.271},
      {"a quarter of a meridian", {0, 50}, {90, 0}, 10'001'965.729},
      {"half a meridian", {0, 0}, {0, 180}, 20'003'931.459},
      {"over longitude 180", {0, 179.5}, {0, -179.5}, 111'319.491},
      {"one place at a pole", {90, 0}, {90, 120}, 0},
      {"longitude 180 twice", {10, 180}, {10, -180}, 0},
  }));
  CAPTURE(name);
  CHECK_THAT(Distance(from, to), WithinAbs(metres, 0.0006));
  CHECK_THAT(Distance(to, from), WithinAbs(metres, 0.0006));
  CHECK(Distance(from, to) <= kDistanceMax);
}

TEST_CASE("distance: refuses what is no place", "[geography]") {
  daftar::testing::StatusIs refused(absl::StatusCode::kInvalidArgument,
                                    "this is no place on the Earth; latitude=91; longitude=0");
  CHECK_THAT(DistanceMetres({0, 0}, {91, 0}), refused);
  CHECK(DistanceMetres({0, 0}, {0, 0}).value() == 0);
}

}  // namespace
}  // namespace daftar::geography::testing
