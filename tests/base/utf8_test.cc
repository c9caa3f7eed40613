#include "base/utf8.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <tuple>

namespace daftar {
namespace {

TEST_CASE("utf8: ValidateUtf8 finds the first bad byte", "[base][unit]") {
  using namespace std::string_literals;
  const auto [name, text, bad] =
      GENERATE(table<const char*, std::string, int>({{"empty", "", -1},
                                                     {"ASCII with NUL", "a\0b"s, -1},
                                                     {"two to four bytes", "é پ € 😀", -1},
                                                     {"noncharacter", "\xEF\xBF\xBF", -1},
                                                     {"last character", "\xF4\x8F\xBF\xBF", -1},
                                                     {"above the last", "ab\xF4\x90\x80\x80", 2},
                                                     {"lone continuation", "abc\x80", 3},
                                                     {"Latin-1", "caf\xE9 au lait", 3},
                                                     {"overlong", "12345678\xC0\xAF", 8},
                                                     {"surrogate", "\xED\xA0\x80", 0},
                                                     {"cut at the end", "12345678901\xE2\x82", 11},
                                                     {"cut inside", "\xE2\x82x", 0}}));
  CAPTURE(name);
  const auto found = ValidateUtf8(text);
  CHECK((found ? static_cast<int>(*found) : -1) == bad);
}

TEST_CASE("utf8: every scalar value is valid and read back", "[base][property]") {
  for (int32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    AppendCharacter(c, &text);
    size_t offset = 0;
    const bool same = NextCharacter(text, &offset) == c && offset == text.size();
    if (!same || ValidateUtf8(text) ||
        ValidateUtf8(text.substr(0, text.size() - 1)).value_or(0) != 0) {
      CAPTURE(c);
      FAIL("a character is not read back");
    }
  }
  SUCCEED("all characters are read back");
}

TEST_CASE("utf8: CountCharacters counts malformed bytes as one each", "[base][unit]") {
  CHECK(CountCharacters("") == 0);
  CHECK(CountCharacters("پارس") == 4);
  CHECK(CountCharacters("a\xFF\xFEz") == 4);
}

TEST_CASE("utf8: a text is shortened to whole characters", "[base][unit]") {
  const auto [text, bytes_max, expected] =
      GENERATE(table<std::string, size_t, std::string>({{"", 0, ""},
                                                        {"abc", 3, "abc"},
                                                        {"abcd", 3, "abc…"},
                                                        {"پارس", 8, "پارس"},
                                                        {"پارس", 7, "پار…"},
                                                        {"پارس", 6, "پار…"},
                                                        {"a😀b", 4, "a…"},
                                                        {"😀😀", 3, "…"}}));
  CAPTURE(text, bytes_max);
  CHECK(Shortened(text, bytes_max) == expected);
}

}  // namespace
}  // namespace daftar
