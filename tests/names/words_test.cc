#include "names/words.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "names/fold.h"
#include "names/meanings.h"

namespace daftar::names {
namespace {

std::string Join(const std::vector<NameWord>& words) {
  return absl::StrJoin(words, "|",
                       [](std::string* out, const NameWord& word) { *out += word.text; });
}

TEST_CASE("words: sets words of legal form and particles aside", "[names][unit]") {
  const auto [name, written, words] = GENERATE(table<const char*, const char*, const char*>({
      {"empty", "", ""},
      {"Persian", "شرکت پارس (سهامی خاص)", "پارس"},
      {"Persian public", "سیمان تهران (سهامی عام)", "سیمان|تهران"},
      {"Persian limited", "زاگرس با مسئولیت محدود", "زاگرس"},
      {"Persian group", "گروه گلرنگ", "گلرنگ"},
      {"Urdu", "ستارہ پرائیویٹ لمیٹڈ", "ستاره"},
      {"Arabic", "شركة الخليج ذ.م.م", "الخلیج"},
      {"English", "Sitara (Pvt.) Ltd.", "sitara"},
      {"English with points", "Zamyad P.J.S. Co.", "zamyad"},
      {"joint stock", "Saipa Private Joint Stock Company", "saipa"},
      {"Persian in Latin letters", "Sherkat-e Pars (Sahami-ye Khas)", "pars"},
      {"particles", "The House of Pars and Zal", "house|pars|zal"},
      {"article", "Nur al-Din", "nur|din"},
      {"article at the start", "Al Ghazi", "ghazi"},
      {"no article at the start", "Ad Vizheh", "ad|vizheh"},
      {"ZWNJ before an ending", "فرآورده‌ها", "فراورده"},
      {"a phrase with one meaning", "بین‌المللی پارس", "بین المللی|پارس"},
      {"an ending that is joined", "تراکتورسازی", "تراکتور|سازی"},
      {"nothing else than a legal form", "Company Ltd.", "company|ltd"},
      {"nothing else than a particle", "Al", "al"},
  }));
  CAPTURE(name);
  CHECK(Join(Words(written).words) == words);
}

TEST_CASE("words: legal forms are the same in every language", "[names][unit]") {
  const std::vector<LegalForm> expected = {LegalForm::kLimited, LegalForm::kPrivate};
  CHECK(Words("Sitara (Private) Limited").legal_forms == expected);
  CHECK(Words("Sitara Ltd. (Pvt.)").legal_forms == expected);
  CHECK(Words("ستارہ پرائیویٹ لمیٹڈ").legal_forms == expected);
}

TEST_CASE("words: a meaning is the same in every language", "[names][unit]") {
  const auto [name, written] =
      GENERATE(table<const char*, const char*>({{"Persian", "نفت"},
                                                {"Urdu", "تیل"},
                                                {"Urdu, from English", "آئل"},
                                                {"English", "Petroleum"}}));
  CAPTURE(name);
  const auto words = Words(written).words;
  REQUIRE(words.size() == 1);
  CHECK(words[0].meaning != kNoMeaning);
  CHECK(words[0].meaning == Words("oil").words[0].meaning);
}

TEST_CASE("words: phrases of the tables have one to three words", "[names][unit]") {
  std::vector<std::string> phrases;
  for (const Meaning& meaning : Meanings()) {
    for (const std::string_view text : absl::StrSplit(meaning.words, '|')) {
      phrases.emplace_back(text);
    }
  }
  for (const LegalFormPhrase& phrase : LegalFormPhrases()) phrases.emplace_back(phrase.text);
  for (const std::string& phrase : phrases) {
    CAPTURE(phrase);
    const std::vector<std::string> words = absl::StrSplit(Fold(phrase), ' ', absl::SkipEmpty());
    CHECK(!words.empty());
    CHECK(words.size() <= 3);
  }
}

TEST_CASE("words: a long name is cut", "[names][unit]") {
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "ab ";
  CHECK(Words(many).words.size() == kNameWordsMax);
  const auto words = Words(std::string(100'000, 'x')).words;
  REQUIRE(words.size() == 1);
  CHECK(words[0].text.size() == kNameCharactersMax);
}

}  // namespace
}  // namespace daftar::names
