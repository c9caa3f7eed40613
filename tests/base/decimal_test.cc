#include "base/decimal.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <tuple>

#include "support/status_matchers.h"

namespace daftar {
namespace {

using testing::StatusIs;

TEST_CASE("decimal: ParseDecimal is exact", "[base][unit]") {
  const auto [text, scale, unscaled] =
      GENERATE(table<const char*, int, int64_t>({{"0", 0, 0},
                                                 {"-0", 2, 0},
                                                 {"+7", 0, 7},
                                                 {"007", 0, 7},
                                                 {"12.5", 2, 1250},
                                                 {"-0.050", 3, -50},
                                                 {"9223372036854775807", 0, INT64_MAX},
                                                 {"-9223372036854775808", 0, INT64_MIN},
                                                 {"-9.223372036854775808", 18, INT64_MIN}}));
  CAPTURE(text, scale);
  REQUIRE_OK_AND_ASSIGN(const int64_t read, ParseDecimal(text, static_cast<uint8_t>(scale)));
  CHECK(read == unscaled);
}

TEST_CASE("decimal: ParseDecimal refuses what it cannot hold exactly", "[base][unit]") {
  const auto [text, scale, part] = GENERATE(
      table<const char*, int, const char*>({{"", 2, "other than digits"},
                                            {"-", 2, "other than digits"},
                                            {".5", 2, "other than digits"},
                                            {"1.", 2, "digits must follow"},
                                            {"1.2.3", 2, "digits must follow"},
                                            {"1,000", 2, "other than digits"},
                                            {"1e3", 2, "other than digits"},
                                            {" 1", 2, "other than digits"},
                                            {"--1", 2, "other than digits"},
                                            {"0x10", 2, "other than digits"},
                                            {"\xDB\xB1", 2, "other than digits"},
                                            {"1.234", 2, "too many digits after the point"},
                                            {"1.0", 0, "too many digits after the point"},
                                            {"9223372036854775808", 0, "out of range"},
                                            {"-9223372036854775809", 0, "out of range"},
                                            {"92233720368547758.08", 2, "out of range"},
                                            {"1", 19, "out of range"}}));
  CAPTURE(text, scale);
  CHECK_THAT(ParseDecimal(text, static_cast<uint8_t>(scale)),
             StatusIs(absl::StatusCode::kInvalidArgument, part));
}

TEST_CASE("decimal: FormatDecimal shows all digits and no exponent", "[base][unit]") {
  CHECK(FormatDecimal({-50, 3}) == "-0.050");
  CHECK(FormatDecimal({0, 2}) == "0.00");
  CHECK(FormatDecimal({12, 0}) == "12");
  CHECK(FormatDecimal({INT64_MIN, 18}) == "-9.223372036854775808");
  CHECK(FormatDecimal({5, 20}) == "0.00000000000000000005");
}

TEST_CASE("decimal: ParseDecimal reads what FormatDecimal writes", "[base][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> shift(0, 63);
  std::uniform_int_distribution<int> scale(0, 18);
  for (int i = 0; i < 5000; ++i) {
    const Decimal decimal{static_cast<int64_t>(random()) >> shift(random),
                          static_cast<uint8_t>(scale(random))};
    CAPTURE(decimal.unscaled, static_cast<int>(decimal.scale));
    REQUIRE_OK_AND_ASSIGN(const int64_t read, ParseDecimal(FormatDecimal(decimal), decimal.scale));
    REQUIRE(read == decimal.unscaled);
  }
}

}  // namespace
}  // namespace daftar
