// Names and numbers found through the public interface.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_vector.hpp>

#include "search/book.h"
#include "search/index_evaluation.h"

namespace daftar::testing {
namespace {

using Strings = std::vector<std::string>;

std::unique_ptr<Database> MakeBook(const TempDir& directory) {
  auto database = MakeDatabase(directory, kFirmSchema).value();
  const char* const firms[] = {
      R"({"no": "1", "names": [{"text": "شرکت پارس خودرو"}, {"text": "Pars Khodro Company"}]})",
      R"({"no": "2", "names": [{"text": "پارسیان نوین", "from": "2019-03-21"},
                               {"text": "سرمایه البرز", "to": "2019-03-21"}]})",
      R"({"no": "3", "names": [{"text": "Sarmayeh Group (Private) Limited"}], "tradeName": "SGL"})",
      R"({"no": "4", "names": [{"text": "نفت پارس تهران"}],
          "identifiers": [{"scheme": "ir-legal-id", "value": "10380284790"}]})",
      R"({"no": "5", "names": [{"text": "Gwadar Fisheries"}]})",
      R"({"no": "6", "names": [{"text": "Pars Hidden"}], "hidden": true})",
      R"({"no": "۱۴۰۳/۷", "names": [{"text": "فرآورده‌های گوشتی"}]})",
      R"({"no": "40100", "names": []})"};
  for (const char* firm : firms) REQUIRE_OK(database->Put("firm", firm));
  REQUIRE_OK(database->Put("person", R"({"id": 12345, "part": "a", "name": "Mohammad Ahmadi"})"));
  REQUIRE_OK(database->Put("person", R"({"id": 12345, "part": "b", "name": "محمد احمدی",
                                         "from": "2020-01-01"})"));
  return database;
}

TEST_CASE("search: a name is found in any script, spelling and part", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  const auto [text, mode, expected] = GENERATE(table<const char*, SearchMode, Strings>({
      {"شركت پارس خودرو", SearchMode::kAny, {"firm 1 folded"}},
      {"Pars Khodro Company", SearchMode::kAny, {"firm 1 exact"}},
      {"pars-khodro", SearchMode::kAny, {"firm 1 legal form apart"}},
      {"Pars Khodrou", SearchMode::kAny, {"firm 1 transliteration"}},
      {"Sarmaye Alborz", SearchMode::kAny, {"firm 2 transliteration", "firm 3 similar"}},
      {"پارس", SearchMode::kWord, {"firm 1 words", "firm 4 words"}},
      {"Pars", SearchMode::kWord, {"firm 1 words", "firm 4 words alike"}},
      {"پارس",
       SearchMode::kSubstring,
       {"firm 1 substring", "firm 2 substring", "firm 4 substring"}},
      {"ادوار", SearchMode::kSubstring, {}},
      {"dar fish", SearchMode::kSubstring, {"firm 5 substring"}},
      {"فرآوردههای", SearchMode::kSubstring, {"firm ۱۴۰۳/۷ substring"}},
      {"sgl", SearchMode::kAny, {"firm 3 folded"}},
      {"Gwad", SearchMode::kAny, {"firm 5 prefix"}},
      {"sheries", SearchMode::kAny, {"firm 5 substring"}},
      {"Pars Hidden", SearchMode::kWord, {}},
      {"Muhammad Ahmadi",
       SearchMode::kAny,
       {"person 12345/a spelling", "person 12345/b transliteration"}},
  }));
  CAPTURE(text);
  const auto result = database->Search({.text = text, .mode = mode});
  CHECK_THAT(Hits(result), Catch::Matchers::UnorderedEquals(expected));
}

TEST_CASE("search: the better hit comes first, and a record once", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  const Strings hits = Hits(database->Search({.text = "پارس"}));
  REQUIRE(hits.size() == 3);
  CHECK(hits[0] == "firm 4 words");
  CHECK(hits[1] == "firm 1 words");
  CHECK(hits[2] == "firm 2 prefix");
  REQUIRE_OK_AND_ASSIGN(const SearchResult first, database->Search({.text = "پارس", .limit = 1}));
  CHECK(first.hits.size() == 1);
  CHECK_FALSE(first.complete);
}

TEST_CASE("search: a former name is shown with its days", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  REQUIRE_OK_AND_ASSIGN(const SearchResult result, database->Search({.text = "سرمایه البرز"}));
  REQUIRE(!result.hits.empty());
  const SearchHit& hit = result.hits[0];
  CHECK(hit.key == Key{"2"});
  CHECK(hit.field == "names.text");
  CHECK(hit.text == "سرمایه البرز");
  CHECK(hit.from.is_null());
  CHECK(hit.to == Value(Date{17976}));
  CHECK(hit.similarity == 1);
}

TEST_CASE("search: a number is found however it is written", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  const auto [text, expected] = GENERATE(table<const char*, Strings>({
      {"10380284790", {"firm 4 number"}},
      {"۱۰۳۸۰۲۸۴۷۹۰", {"firm 4 number"}},
      {"1038-0284-790", {"firm 4 number"}},
      {"40100", {"firm 40100 number"}},
      {"٤٠١٠٠", {"firm 40100 number"}},
      {"۱۴۰۳/۷", {"firm ۱۴۰۳/۷ number"}},
      {"12345", {"person 12345/a number", "person 12345/b number"}},
      {"99999999", {}},
  }));
  CAPTURE(text);
  CHECK_THAT(Hits(database->Search({.text = text})), Catch::Matchers::Equals(expected));
}

TEST_CASE("search: a table alone is searched when it is named", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  CHECK(Hits(database->Search({.text = "Mohammad Ahmadi", .table = "firm"})).empty());
  CHECK(Hits(database->Search({.text = "Mohammad Ahmadi", .table = "person"})).size() == 2);
}

TEST_CASE("search: what cannot be searched is refused", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  using absl::StatusCode;
  CHECK_THAT(database->Search({.text = " ،! "}).status(),
             StatusIs(StatusCode::kInvalidArgument, "there is nothing to search for"));
  CHECK_THAT(database->Search({.text = std::string(5000, 'a')}).status(),
             StatusIs(StatusCode::kInvalidArgument, "the text to search for is too long"));
  CHECK_THAT(database->Search({.text = "a", .limit = 0}).status(),
             StatusIs(StatusCode::kInvalidArgument, "1 to 1000"));
  CHECK_THAT(database->Search({.text = "a", .table = "ship"}).status(),
             StatusIs(StatusCode::kNotFound, "no such table"));
  const TempDir other;
  const auto plain = MakeDatabase(other, R"(
    struct A @0xb000000000000009 $Daftar.table(name = "a", key = ["b"]) { b @0 :Text; })");
  REQUIRE_OK(plain);
  REQUIRE_OK((*plain)->Put("a", R"({"b": "7"})"));
  CHECK_THAT((*plain)->Search({.text = "pars"}).status(),
             StatusIs(StatusCode::kFailedPrecondition, "no names are declared to be searched"));
  CHECK(Hits((*plain)->Search({.text = "۷"})) == Strings{"a 7 number"});
}

TEST_CASE("search: queries do not use an index of names", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeBook(directory);
  CHECK(Rows(*database, Query("firm").Where("tradeName = SGL").Select({"no"})) ==
        "{\"no\":\"3\"}\n");
  CHECK_THAT(database->Run(Query("firm").UseIndex("names")).status(),
             StatusIs(absl::StatusCode::kInvalidArgument, "the index is for search"));
}

// The floors that compare_test.cc has for keys alone hold for a whole index.
TEST_CASE("search: names of the examples are found in an index", "[search][unit]") {
  const std::string file = GENERATE("search.tsv", "unseen_search.tsv");
  const auto quality = EvaluateIndex(names::ReadQueries(DAFTAR_SOURCE_DIR "/tests/names/" + file));
  REQUIRE_OK(quality);
  CAPTURE(file, quality->misses);
  CHECK(quality->queries >= 75);
  CHECK(quality->recall_at_10 >= 0.97);
  CHECK(quality->precision_at_1 >= 0.95);
}

}  // namespace
}  // namespace daftar::testing
