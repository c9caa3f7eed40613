#include "names/collation.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "support/status_matchers.h"

namespace daftar::names {
namespace {

using testing::StatusIs;

// The alphabets as schools teach them: of Persian, 32 letters (Academy of Persian Language and
// Literature); of Urdu, as the National Language Authority of Pakistan has it; of Arabic, 28.
constexpr const char* kPersian = "ا ب پ ت ث ج چ ح خ د ذ ر ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ه ی";
constexpr const char* kUrdu =
    "ا ب پ ت ٹ ث ج چ ح خ د ڈ ذ ر ڑ ز ژ س ش ص ض ط ظ ع غ ف ق ک گ ل م ن و ہ ھ ء ی ے";
constexpr const char* kArabic = "ا ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ظ ع غ ف ق ك ل م ن ه و ي";

TEST_CASE("collation: letters stand as in the alphabet, and not by their numbers",
          "[names][unit]") {
  const auto [name, alphabet, code_points_agree] = GENERATE(table<const char*, const char*, bool>(
      {{"persian", kPersian, false}, {"urdu", kUrdu, false}, {"arabic", kArabic, true}}));
  CAPTURE(name);
  REQUIRE_OK_AND_ASSIGN(const auto collation, Collation::Create(name));
  const std::vector<std::string> letters = absl::StrSplit(alphabet, ' ');
  for (size_t i = 0; i + 1 < letters.size(); ++i) {
    CAPTURE(letters[i], letters[i + 1]);
    CHECK(collation->Compare(letters[i], letters[i + 1]) < 0);
    CHECK(collation->Compare(letters[i + 1], letters[i]) > 0);
    // A letter behind does not matter, and neither does one that follows.
    CHECK(collation->Compare(letters[i] + "ی", letters[i + 1] + "ا") < 0);
  }
  CHECK(std::is_sorted(letters.begin(), letters.end()) == code_points_agree);
}

TEST_CASE("collation: what a language takes for other letters and for the same", "[names][unit]") {
  const auto [name, a, b, order] = GENERATE(table<const char*, const char*, const char*, int>({
      // و stands before ه in Persian, behind it in Arabic.
      {"persian", "وب", "هب", -1},
      {"arabic", "وب", "هب", 1},
      // آ is the first letter of Persian dictionaries.
      {"persian", "آب", "ابر", -1},
      // Kaf and yeh of Arabic keyboards stand where the Persian ones do: the next letter decides.
      {"persian", "كا", "کب", -1},
      {"persian", "کا", "كب", -1},
      {"persian", "يا", "یب", -1},
      {"persian", "كي", "گ", -1},
      // ZWNJ is no letter.
      {"persian", "می\u200cرود", "میرود", 0},
      // Canonically the same, however composed: ؤ is و with a hamza above.
      {"persian", "مؤمن", "مو\u0654من", 0},
      {"urdu", "پاکستان", "تاج", -1},
      {"urdu", "ٹیکسلا", "ثمر", -1},
      // The own script comes first.
      {"persian", "zagros", "یزد", 1},
      {"urdu", "zagros", "ے", 1},
      {"persian", "12", "ا", -1},
      {"persian", "", "ا", -1},
  }));
  CAPTURE(name, a, b);
  REQUIRE_OK_AND_ASSIGN(const auto collation, Collation::Create(name));
  const auto sign = [](int value) { return (value > 0) - (value < 0); };
  CHECK(sign(collation->Compare(a, b)) == order);
  CHECK(sign(collation->Compare(b, a)) == -order);
}

TEST_CASE("collation: any bytes are put in one order", "[names][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  constexpr std::string_view kPieces[] = {"ا", "پ",    "ک",    "ك", "\u200c",
                                          "a", "\xff", "\xd9", "ؤ", ""};
  const auto text = [&] {
    std::string made;
    for (uint32_t i = random() % 4; i > 0; --i) made += kPieces[random() % std::size(kPieces)];
    return made;
  };
  REQUIRE_OK_AND_ASSIGN(const auto collation, Collation::Create("persian"));
  constexpr int kTriples = 3000;
  for (int i = 0; i < kTriples; ++i) {
    const std::string a = text();
    const std::string b = text();
    const std::string c = text();
    CAPTURE(a, b, c);
    const int ab = collation->Compare(a, b);
    CHECK((ab < 0) == (collation->Compare(b, a) > 0));
    CHECK(collation->Compare(a, a) == 0);
    if (ab <= 0 && collation->Compare(b, c) <= 0) CHECK(collation->Compare(a, c) <= 0);
  }
}

TEST_CASE("collation: other names are refused with those there are", "[names][unit]") {
  CHECK_THAT(Collation::Create("farsi").status(),
             StatusIs(absl::StatusCode::kNotFound, "collations=persian, urdu, arabic"));
}

}  // namespace
}  // namespace daftar::names
