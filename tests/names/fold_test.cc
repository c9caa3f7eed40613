#include "names/fold.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <tuple>

#include "base/utf8.h"

namespace daftar::names {
namespace {

using Row = std::tuple<const char*, const char*, const char*>;

TEST_CASE("fold: makes the ways of typing one letter one", "[names][unit]") {
  const auto [name, written, folded] = GENERATE(table<const char*, const char*, const char*>({
      {"empty", "", ""},
      {"Arabic yeh", "علي", "علی"},
      {"alef maqsura", "مصطفى", "مصطفی"},
      {"yeh barree", "قلعے", "قلعی"},
      {"yeh with hamza", "رئیس", "رییس"},
      {"yeh barree with hamza", "رائۓ", "رایی"},
      {"Pashto e", "ډېر", "ډیر"},
      {"Arabic kaf", "كريم", "کریم"},
      {"swash kaf", "ڪريم", "کریم"},
      {"heh goal", "ہمدرد", "همدرد"},
      {"heh doachashmee", "بھٹی", "بهٹی"},
      {"heh with yeh", "خانۀ", "خانه"},
      {"heh with a hamza above", "خانهٔ", "خانه"},
      {"heh goal with hamza", "خانۂ", "خانه"},
      {"ae", "شارە", "شاره"},
      {"teh marbuta", "فاطمة", "فاطمه"},
      {"teh marbuta goal", "فاطمۃ", "فاطمه"},
      {"alef with madda", "آزاد", "ازاد"},
      {"alef with hamza", "أحمد إسلام", "احمد اسلام"},
      {"alef wasla", "ٱلله", "الله"},
      {"waw with hamza", "مؤسسه", "موسسه"},
      {"Kurdish oe", "کۆ", "کو"},
      {"hamza alone", "علاء الدین", "علا الدین"},
      {"noon ghunna", "خاں", "خان"},
      {"tatweel", "پـــارس", "پارس"},
      {"harakat", "مُحَمَّد", "محمد"},
      {"superscript alef", "رحمٰن", "رحمن"},
      {"presentation forms", "ﭘﺎﺭﺱ", "پارس"},
      {"ligatures", "ﷴ ﷲ ﻻ", "محمد الله لا"},
      {"ZWNJ", "بین\u200Cالمللی", "بین المللی"},
      {"ZWJ and marks of direction", "\u202Bپا\u200Dرس\u200F\u202C", "پارس"},
      {"isolates", "\u2067پارس\u2069", "پارس"},
      {"byte order mark", "\uFEFFPars", "pars"},
      {"Persian digits", "۱۲۳۴۵۶۷۸۹۰", "1234567890"},
      {"Arabic digits", "٠١٢٣٤٥٦٧٨٩", "0123456789"},
      {"Devanagari and full-width digits", "१２", "12"},
      {"Persian punctuation", "پارس، نفت؛ «گاز»؟", "پارس نفت گاز"},
      {"case", "PARS Oil", "pars oil"},
      {"Latin diacritics", "Ţāleqān Čābahār Şīrāz", "taleqan cabahar siraz"},
      {"diacritics apart", "Ta\u0304leqa\u0304n", "taleqan"},
      {"letters without decomposition", "Ərdəbil Ağrı Łódź Straße Æ",
       "ardabil agri lodz strasse ae"},
      {"dotted capital I", "İran", "iran"},
      {"apostrophes", "Ja'far Ja’far Jaʿfar Jaʾfar", "jafar jafar jafar jafar"},
      {"punctuation", " (Pvt.) Ltd. -- A&B ", "pvt ltd a b"},
      {"full width", "ＰＡＲＳ", "pars"},
      {"soft hyphen", "Pe\u00ADtro", "petro"},
      {"spaces of all kinds", "a\u00A0b\u3000c\t\nd", "a b c d"},
      {"bad bytes", "pa\xFFrs \xC3", "pa rs"},
      {"a mark alone", "\u064E", ""},
      {"another script keeps its marks", "हिन्दी", "हिन्दी"},
      {"Hangul stays composed", "한국", "한국"},
  }));
  CAPTURE(name);
  CHECK(Fold(written) == folded);
  CHECK(Fold(folded) == folded);
}

TEST_CASE("fold: every character folds to what folds to itself", "[names][property]") {
  for (int32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text = "a";
    AppendCharacter(c, &text);
    const std::string folded = Fold(text);
    if (Fold(folded) != folded || ValidateUtf8(folded)) {
      CAPTURE(c, folded);
      FAIL("not idempotent");
    }
  }
  SUCCEED("every character");
}

// A text of characters that folding has much to do with, and of bytes that are none.
std::string RandomText(std::mt19937& random) {
  static constexpr std::pair<int32_t, int32_t> kRanges[] = {
      {0x20, 0x7E},     {0xA0, 0x24F},    {0x300, 0x36F},   {0x600, 0x6FF},    {0x750, 0x77F},
      {0x900, 0x97F},   {0x1100, 0x11FF}, {0x1E00, 0x1FFF}, {0x2000, 0x206F},  {0xAC00, 0xD7A3},
      {0xFB50, 0xFDFF}, {0xFE70, 0xFEFF}, {0x3040, 0x30FF}, {0x1D400, 0x1D7FF}};
  std::string text;
  const size_t count = random() % 40;
  for (size_t i = 0; i < count; ++i) {
    if (random() % 20 == 0) {
      text += static_cast<char>(random() % 256);
      continue;
    }
    const auto [first, last] = kRanges[random() % std::size(kRanges)];
    AppendCharacter(
        first + static_cast<int32_t>(random() % static_cast<uint32_t>(last - first + 1)), &text);
  }
  return text;
}

TEST_CASE("fold: is idempotent and well formed for random text", "[names][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = RandomText(random);
    const std::string folded = Fold(text);
    if (Fold(folded) != folded || ValidateUtf8(folded) || folded.find("  ") != std::string::npos) {
      CAPTURE(i, text, folded);
      FAIL("not folded");
    }
  }
  SUCCEED("all texts");
}

}  // namespace
}  // namespace daftar::names
