#include "identifier/check_digits.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

namespace daftar::identifier {
namespace {

// The remainder of the number that the text stands for, digit by digit.
int RemainderBy97(std::string_view characters) {
  std::string digits;
  for (const char c : characters) digits += c <= '9' ? std::string(1, c) : std::to_string(c - 55);
  int remainder = 0;
  for (const char c : digits) remainder = (remainder * 10 + (c - '0')) % 97;
  return remainder;
}

TEST_CASE("check digits: examples of the standards", "[identifier][unit]") {
  CHECK(Mod97CheckDigits("506700GE1G29325QX3") == "63");  // ISO 17442, GLEIF's own number
  CHECK(Mod97CheckDigits("SCBL0000001123456702PK") == "36");
  CHECK(LuhnCheckDigit("US037833100") == '5');
  CHECK(LuhnCheckDigit("GB00BYXJL75") == '8');
}

TEST_CASE("check digits: MOD 97-10 leaves the remainder 1 and no digits but 02 to 98",
          "[identifier][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  CHECK(Mod97CheckDigits("") == "98");
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (size_t length = random() % 34; length > 0; --length) text += kCharacters[random() % 36];
    const std::string check = Mod97CheckDigits(text);
    CAPTURE(text, check);
    REQUIRE(check.size() == 2);
    REQUIRE((check >= "02" && check <= "98"));
    REQUIRE(RemainderBy97(text + check) == 1);
  }
}

TEST_CASE("check digits: the Iranian ones by hand", "[identifier][unit]") {
  // (0 + 2) times 230 leaves 9.
  CHECK(IranLegalIdCheckDigit("0000000000") == '9');
  // One more in the first place adds 29: 38 leaves 5.
  CHECK(IranLegalIdCheckDigit("1000000000") == '5');
  // The remainder 10 is written 0: 9 + 8 * 29 leaves 10.
  CHECK(IranLegalIdCheckDigit("8000000000") == '0');
  // 1 times 2 leaves 2, and 11 less 2 is 9.
  CHECK(IranNationalIdCheckDigit("000000001") == '9');
  // 0 and 1 stand for themselves: 6 times 2 leaves 1.
  CHECK(IranNationalIdCheckDigit("000000000") == '0');
  CHECK(IranNationalIdCheckDigit("000000006") == '1');
  // 5 times 2 leaves 10, and 11 less 10 is 1 as well.
  CHECK(IranNationalIdCheckDigit("000000005") == '1');
}

}  // namespace
}  // namespace daftar::identifier
