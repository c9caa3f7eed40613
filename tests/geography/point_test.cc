// Places and distances as people write them.
#include "geography/point.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>

#include "support/status_matchers.h"

namespace daftar::geography::testing {
namespace {

using daftar::testing::StatusIs;

TEST_CASE("point: what is read", "[geography]") {
  const auto [text, point] = GENERATE(table<const char*, Point>({
      {"25.3,60.6", {25.3, 60.6}},
      {" 25.3 , 60.6 ", {25.3, 60.6}},
      {"-90,180", {-90, 180}},
      {"۲۵.۳,۶۰.۶", {25.3, 60.6}},
  }));
  CAPTURE(text);
  CHECK(ParsePoint(text).value() == point);
}

TEST_CASE("point: what is refused", "[geography]") {
  const auto text = GENERATE("", "25.3", "25.3;60.6", "25.3,", "91,0", "0,180.1", "nan,0",
                             "25,60,1", "inf,0", "N25,E60");
  CAPTURE(text);
  CHECK_THAT(ParsePoint(text),
             StatusIs(absl::StatusCode::kInvalidArgument, "this is no place on the Earth; value="));
}

TEST_CASE("point: NaN is nowhere", "[geography]") {
  CHECK_FALSE(IsPoint({std::nan(""), 0}));
  CHECK_FALSE(IsPoint({0, std::nan("")}));
}

TEST_CASE("distance: what is read", "[geography]") {
  CHECK(ParseDistance("100km").value() == 100'000);
  CHECK(ParseDistance("100 km").value() == 100'000);
  CHECK(ParseDistance("۱۰۰ km").value() == 100'000);
  CHECK(ParseDistance("2500m").value() == 2500);
  CHECK(ParseDistance("0.5km").value() == 500);
  CHECK(ParseDistance("0").value() == 0);
  for (const char* text : {"", "km", "-1km", "100 miles", "1e999", "nan"}) {
    CAPTURE(text);
    CHECK_THAT(ParseDistance(text),
               StatusIs(absl::StatusCode::kInvalidArgument, "this is no distance; value="));
  }
}

}  // namespace
}  // namespace daftar::geography::testing
