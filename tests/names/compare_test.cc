#include "names/compare.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <tuple>

#include "base/utf8.h"
#include "names/evaluation.h"
#include "names/fold.h"
#include "names/search_keys.h"

namespace daftar::names {
namespace {

TEST_CASE("compare: says why names are one", "[names][unit]") {
  const auto [name, a, b, reason] =
      GENERATE(table<const char*, const char*, const char*, MatchReason>({
          {"the same", "Pars Oil", "Pars Oil", MatchReason::kExact},
          {"empty", "", "", MatchReason::kExact},
          {"case", "Pars Oil", "PARS OIL.", MatchReason::kFolded},
          {"keyboards", "علي كريمي", "علی کریمی", MatchReason::kFolded},
          {"legal form", "Pars Oil Co.", "Pars Oil (Pvt.) Ltd.", MatchReason::kLegalFormApart},
          {"particle", "Pars and Zal", "Pars Zal", MatchReason::kLegalFormApart},
          {"order", "Karimi Sara", "Sara Karimi", MatchReason::kLegalFormApart},
          {"translation", "Pars Oil", "Pars Petroleum", MatchReason::kTranslation},
          {"script", "Sara Karimi", "سارا کریمی", MatchReason::kTransliteration},
          {"both", "National Iranian Oil Company", "شرکت ملی نفت ایران", MatchReason::kTranslation},
          {"spelling", "Mohammad Karimi", "Muhammad Kareemi", MatchReason::kSpelling},
          {"parted", "Azad Shahr", "Azadshahr", MatchReason::kSpelling},
          {"initial", "M. Karimi", "Mahmoud Karimi", MatchReason::kSpelling},
          {"Persian initial", "م. کریمی", "محمود کریمی", MatchReason::kSpelling},
          {"initial of another script", "M. Karimi", "محمود کریمی", MatchReason::kSpelling},
          {"another initial", "R. Karimi", "محمود کریمی", MatchReason::kNone},
          {"an old spelling", "اسمعیل کریمی", "اسماعیل کریمی", MatchReason::kSpelling},
          {"s and h", "Ishaq Dar", "اسحاق ڈار", MatchReason::kTransliteration},
          {"article inside", "Misbah ul Haq", "مصباح الحق", MatchReason::kTransliteration},
          {"different", "Hassan Karimi", "Hossein Karimi", MatchReason::kNone},
          {"nothing in common", "Pars", "Zagros", MatchReason::kNone},
          {"one is empty", "Pars", "", MatchReason::kNone},
      }));
  const Match match = Compare(a, b);
  CAPTURE(name, match.similarity);
  CHECK(MatchReasonName(match.reason) == MatchReasonName(reason));
  CHECK((match.similarity >= kSameName) == (reason != MatchReason::kNone));
  CHECK((match.similarity == 1) == (Fold(a) == Fold(b)));
}

TEST_CASE("compare: tells which words match", "[names][unit]") {
  const Match match = Compare("شرکت نفت پارس", "Pars Oil Company");
  REQUIRE(match.words.size() == 2);
  const auto oil = std::find_if(match.words.begin(), match.words.end(),
                                [](const MatchedWords& words) { return words.a == "نفت"; });
  REQUIRE(oil != match.words.end());
  CHECK(oil->b == "oil");
  const Match swapped = Compare("Pars Oil Company", "شرکت نفت پارس");
  CHECK(std::any_of(swapped.words.begin(), swapped.words.end(), [](const MatchedWords& words) {
    return words.a == "pars" && words.b == "پارس";
  }));
}

TEST_CASE("compare: every reason has a name", "[names][unit]") {
  CHECK(MatchReasonName(MatchReason::kNone) == "none");
  CHECK(MatchReasonName(MatchReason::kSpelling) == "spelling");
}

TEST_CASE("compare: the order of words costs little", "[names][unit]") {
  CHECK(Similarity("Sara Karimi", "Karimi Sara") > 0.97);
  CHECK(Similarity("Sara Karimi", "Karimi Sara") < 1);
}

TEST_CASE("search keys: neighbouring words and meanings have keys", "[names][unit]") {
  const auto has = [](std::string_view name, std::string_view key) {
    const auto keys = SearchKeys(name);
    CHECK(std::is_sorted(keys.begin(), keys.end()));
    return std::binary_search(keys.begin(), keys.end(), key);
  };
  CHECK(has("شرکت نفت پارس", "=oil"));
  CHECK(has("Pars Petroleum", "=oil"));
  CHECK(has("Azad Shahr", ScriptKey("Azadshahr")));
  CHECK(has("آزادشهر", ScriptKey("Azad Shahr")));
  CHECK(has("Kerman", "~krmn"));
  CHECK(SearchKeys("").empty());
}

// A name that two random names may share much of.
std::string RandomName(std::mt19937& random) {
  static constexpr const char* kWords[] = {"محمد",
                                           "Mohammad",
                                           "Muhammad",
                                           "حسین",
                                           "Hossein",
                                           "حسن",
                                           "Hassan",
                                           "oil",
                                           "نفت",
                                           "پارس",
                                           "Pars",
                                           "M",
                                           "Ali",
                                           "علی",
                                           "شرکت",
                                           "Co.",
                                           "بین‌المللی",
                                           "Azad",
                                           "Shahr",
                                           "آزادشهر",
                                           "al-Din",
                                           "\xFF",
                                           "12",
                                           "रवि",
                                           "-"};
  std::string name;
  for (size_t i = random() % 6; i > 0; --i) {
    name += kWords[random() % std::size(kWords)];
    if (random() % 3 != 0) name += ' ';
  }
  for (size_t i = random() % 3; i > 0 && !name.empty(); --i) {
    name[random() % name.size()] = static_cast<char>(random() % 256);
  }
  return name;
}

TEST_CASE("compare: is symmetric, and 1 just for names that fold alike", "[names][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 3000; ++i) {
    const std::string a = RandomName(random);
    const std::string b = RandomName(random);
    const double similarity = Similarity(a, b);
    const bool good = similarity == Similarity(b, a) && similarity >= 0 &&
                      (similarity == 1) == (Fold(a) == Fold(b)) && Similarity(a, Fold(a)) == 1;
    if (!good) {
      CAPTURE(i, a, b, similarity);
      FAIL("not a similarity");
    }
  }
  SUCCEED("all names");
}

TEST_CASE("compare: random bytes do no harm", "[names][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::string previous;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 256);
    const double similarity = Similarity(bytes, previous);
    if (!(similarity >= 0 && similarity <= 1)) FAIL("not a similarity");
    for (const std::string& key : SearchKeys(bytes)) {
      if (key.empty()) FAIL("an empty key");
    }
    previous = std::move(bytes);
  }
  SUCCEED("all bytes");
}

// How many cells the tables of all comparisons of two names may have.
size_t CellsMax(const PreparedName& name) {
  size_t characters = 0;
  for (const NameSpan& span : name.spans) {
    CHECK(CountCharacters(span.text) <= kWordCharactersMax);
    CHECK(span.readings.size() <= kReadingsMax);
    characters += CountCharacters(span.text);
  }
  return characters * characters;
}

std::string Repeat(std::string_view unit, size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += unit;
  return text;
}

TEST_CASE("compare: hostile names take bounded work", "[names][unit]") {
  const auto [name, unit] = GENERATE(table<const char*, const char*>({
      {"one letter", "ا"},
      {"one word", "abc "},
      {"words of one letter", "ک "},
      {"words at the limit of joining",
       "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl "},
      {"combining marks", "\u0301"},
      {"marks of changing classes", "\u0301\u0327\u0316"},
      {"marks that stay, of changing classes", "\u0E38\u0E48\u0F71\u0F74"},
      {"a letter with a mark", "e\u0301"},
      {"one character that folds to eighteen", "\uFDFA"},
      {"ZWNJ", "a\u200C"},
      {"legal forms", "ltd "},
      {"meanings", "oil "},
      {"bad bytes", "\xFF"},
      {"zero bytes", "a\xC3"},
  }));
  CAPTURE(name);
  const std::string text = Repeat(unit, 100'000);
  CHECK(Fold(text).size() <= 18 * text.size());
  const PreparedName prepared = Prepare(text);
  CHECK(CellsMax(prepared) <= 6'000'000);
  CHECK(Compare(prepared, Prepare("a" + text)).similarity <= 1);
  CHECK(SearchKeys(text).size() < 500);
}

TEST_CASE("quality: names are found, and told apart", "[names][quality]") {
  const auto [search_file, pairs_file, queries, pairs] =
      GENERATE(table<const char*, const char*, size_t, size_t>({
          {"search.tsv", "pairs.tsv", 96, 88},
          {"unseen_search.tsv", "unseen_pairs.tsv", 75, 72},
      }));
  const std::filesystem::path folder = std::filesystem::path(DAFTAR_SOURCE_DIR) / "tests/names";
  const SearchQuality search = EvaluateSearch(ReadQueries(folder / search_file));
  CAPTURE(search_file, search.misses);
  CHECK(search.queries == queries);
  CHECK(search.recall_at_10 >= 0.97);
  CHECK(search.precision_at_1 >= 0.95);
  const PairQuality told = EvaluatePairs(ReadPairs(folder / pairs_file));
  CAPTURE(told.errors);
  CHECK(told.pairs == pairs);
  CHECK(told.f1 >= 0.94);
}

}  // namespace
}  // namespace daftar::names
