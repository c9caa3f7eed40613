#include "daftar/value.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <tuple>

namespace daftar {
namespace {

TEST_CASE("value: ToString and ToJson of each kind", "[base][unit]") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto [name, value, text, json] =
      GENERATE_COPY(table<const char*, Value, const char*, const char*>(
          {{"null", Value(), "", "null"},
           {"empty text", Value(""), "", R"("")"},
           {"true", Value(true), "true", "true"},
           {"smallest", Value(INT64_MIN), "-9223372036854775808", "-9223372036854775808"},
           {"largest", Value(UINT64_MAX), "18446744073709551615", "18446744073709551615"},
           {"double", Value(0.1), "0.1", "0.1"},
           {"whole double", Value(5.0), "5", "5"},
           {"large double", Value(1e300), "1e+300", "1e+300"},
           {"negative zero", Value(-0.0), "-0", "-0"},
           {"NaN", Value(std::numeric_limits<double>::quiet_NaN()), "NaN", R"("NaN")"},
           {"infinity", Value(kInfinity), "Infinity", R"("Infinity")"},
           {"minus infinity", Value(-kInfinity), "-Infinity", R"("-Infinity")"},
           {"text", Value("پ \"x\"\n"), "پ \"x\"\n", R"("پ \"x\"\n")"},
           {"enumerant", Value(Enumerant{3, "active"}), "active", R"("active")"},
           {"unknown enumerant", Value(Enumerant{7, ""}), "7", "7"},
           {"date", Value(Date{19802}), "2024-03-20", R"("2024-03-20")"},
           {"instant", Value(Instant{1}), "1970-01-01T00:00:00.000001Z",
            R"("1970-01-01T00:00:00.000001Z")"},
           {"decimal", Value(Decimal{-50, 3}), "-0.050", "-0.050"}}));
  CAPTURE(name);
  CHECK(value.ToString() == text);
  CHECK(value.ToJson() == json);
}

TEST_CASE("value: data is hexadecimal for people and base64 in JSON", "[base][unit]") {
  const Value value(Blob{std::string("\x00\xff\x10", 3)});
  CHECK(value.ToString() == "00ff10");
  CHECK(value.ToJson() == R"("AP8Q")");
}

TEST_CASE("value: null, zero and empty text differ", "[base][unit]") {
  CHECK(Value() != Value(0));
  CHECK(Value() != Value(""));
  CHECK(Value(0) != Value(""));
  CHECK(Value() == Value::Null());
}

TEST_CASE("value: the text of a double reads back as the same double", "[base][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 5000; ++i) {
    const uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof(number));
    if (number != number || number - number != 0) continue;  // NaN and infinities are no numbers
    CAPTURE(bits);
    REQUIRE(std::strtod(Value(number).ToJson().c_str(), nullptr) == number);
  }
}

}  // namespace
}  // namespace daftar
