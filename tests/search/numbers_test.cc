#include "search/numbers.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_vector.hpp>
#include <string>
#include <vector>

namespace daftar::search {
namespace {

TEST_CASE("numbers: a digit makes a text one that may be a number", "[search][unit]") {
  const auto [text, expected] = GENERATE(table<std::string, bool>({
      {"1403/77", true},
      {"۱۴۰۳", true},
      {"٤٠١", true},
      {"QFZ-12", true},
      {"Pars", false},
      {"", false},
      {std::string(200, '1'), false},
  }));
  CAPTURE(text);
  CHECK(MayBeNumber(text) == expected);
}

TEST_CASE("numbers: a number is looked up in every way to write it", "[search][unit]") {
  const auto has = [](const char* text, const char* way) {
    const std::vector<std::string> ways = WaysToWrite(text);
    return std::find(ways.begin(), ways.end(), way) != ways.end();
  };
  CHECK(has(" 1403/77 ", "1403/77"));
  CHECK(has("۱۴۰۳/۷۷", "۱۴۰۳/۷۷"));
  CHECK(has("۱۴۰۳/۷۷", "1403/77"));
  CHECK(has("qfz-12", "QFZ-12"));
  CHECK(has("12345-1234567-1", "1234512345671"));
  CHECK(has("1234512345671", "12345-1234567-1"));
  CHECK(has("pk36 scbl 0000 0011 2345 6702", "PK36SCBL0000001123456702"));
}

}  // namespace
}  // namespace daftar::search
