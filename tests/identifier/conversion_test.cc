#include "identifier/conversion.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <limits>
#include <random>
#include <string>

#include "support/status_matchers.h"

namespace daftar::identifier {
namespace {

using testing::StatusIs;

TEST_CASE("conversion: amounts are converted exactly and rounded once", "[identifier][unit]") {
  const auto [name, conversion, expected] = GENERATE(table<const char*, Conversion, int64_t>({
      // 12.34 USD at 42,000 IRR: 518,280 IRR.
      {"to rial", {1234, 2, 2, {42000, 0}, 1, false}, 51828000},
      {"the other way", {51828000, 2, 2, {42000, 0}, 1, true}, 1234},
      // 100 JPY, which has no minor unit, at 0.0067 USD: 0.67 USD.
      {"other digits", {100, 0, 2, {67, 4}, 1, false}, 67},
      {"per hundred", {100, 0, 2, {67, 2}, 100, false}, 67},
      {"to no digits", {67, 2, 0, {149, 0}, 1, false}, 100},  // 99.83
      // Halves go to the even one, and nothing is rounded on the way there.
      {"half down", {1, 2, 2, {5, 1}, 1, false}, 0},
      {"half up", {3, 2, 2, {5, 1}, 1, false}, 2},
      {"negative half", {-1, 2, 2, {5, 1}, 1, false}, 0},
      {"negative half up", {-3, 2, 2, {5, 1}, 1, false}, -2},
      {"a little more than half", {1, 2, 2, {500000001, 9}, 1, false}, 1},
      {"third", {100, 2, 2, {3, 0}, 1, true}, 33},
      {"two thirds", {200, 2, 2, {3, 0}, 1, true}, 67},
      {"nothing", {0, 2, 2, {3, 0}, 1, false}, 0},
      // A double would give 9007199254740992 for both.
      {"above 2^53", {9007199254740993, 2, 2, {1, 0}, 1, false}, 9007199254740993},
      {"smallest",
       {std::numeric_limits<int64_t>::min(), 2, 2, {1, 0}, 1, false},
       std::numeric_limits<int64_t>::min()},
      {"largest there and back",
       {std::numeric_limits<int64_t>::max(), 2, 2, {10, 1}, 1, true},
       std::numeric_limits<int64_t>::max()},
  }));
  CAPTURE(name);
  REQUIRE_OK_AND_ASSIGN(const int64_t converted, Convert(conversion));
  CHECK(converted == expected);
}

TEST_CASE("conversion: what cannot be exact is refused", "[identifier][unit]") {
  const auto refuse = [](const Conversion& conversion, const char* message) {
    CHECK_THAT(Convert(conversion).status(), StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuse({1, 2, 2, {0, 2}, 1, false}, "greater than 0; rate=0.00; per=1");
  refuse({1, 2, 2, {-5, 2}, 1, true}, "greater than 0; rate=-0.05");
  refuse({1, 2, 2, {5, 2}, 0, false}, "greater than 0; rate=0.05; per=0");
  refuse({std::numeric_limits<int64_t>::max(), 2, 2, {2, 0}, 1, false}, "too large");
  refuse({std::numeric_limits<int64_t>::max(), 2, 2, {1, 18}, 1, true}, "too large");
}

// The result times the divisor is as near as it can be to the product: schoolbook arithmetic.
TEST_CASE("conversion: no other amount is nearer", "[identifier][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t n) { return static_cast<int64_t>(random() % n); };
  constexpr int kCases = 5000;
  for (int i = 0; i < kCases; ++i) {
    constexpr uint64_t kAmounts = 2'000'000;
    Conversion conversion;
    conversion.minor_units = below(kAmounts) - below(kAmounts);
    conversion.from_digits = static_cast<int>(below(4));
    conversion.to_digits = static_cast<int>(below(4));
    conversion.rate = {1 + below(100'000), static_cast<uint8_t>(below(5))};
    conversion.per = below(2) == 0 ? 1 : 100;
    conversion.inverse = below(2) == 0;
    const auto power = [](int n) {
      int64_t value = 1;
      for (; n > 0; --n) value *= 10;
      return value;
    };
    // Of what is exact: amount * times / by.
    int64_t times = conversion.rate.unscaled * power(conversion.to_digits);
    int64_t by = conversion.per * power(conversion.from_digits + conversion.rate.scale);
    if (conversion.inverse) {
      times = conversion.per * power(conversion.to_digits + conversion.rate.scale);
      by = conversion.rate.unscaled * power(conversion.from_digits);
    }
    CAPTURE(conversion.minor_units, times, by);
    REQUIRE_OK_AND_ASSIGN(const int64_t converted, Convert(conversion));
    // Twice the error, in parts of `by`.
    __extension__ using Wide = __int128;
    const Wide twice = (Wide{conversion.minor_units} * times - Wide{converted} * by) * 2;
    const Wide error = twice < 0 ? -twice : twice;
    CHECK(error <= by);
    if (error == by) CHECK(converted % 2 == 0);
  }
}

}  // namespace
}  // namespace daftar::identifier
