// What is looked up for a query, and that it stays bounded.
#include "search/sought_keys.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "names/name_keys.h"
#include "search/book.h"

namespace daftar::testing {
namespace {

using search::SoughtKey;
using search::SoughtKeys;

bool Has(const std::vector<SoughtKey>& keys, std::string_view key, bool begins) {
  return std::any_of(keys.begin(), keys.end(), [&](const SoughtKey& sought) {
    return sought.key == key && sought.begins == begins;
  });
}

TEST_CASE("sought keys: each mode looks for what it is about", "[search][unit]") {
  const auto query = search::Prepare("Pars Oil");
  const auto any = SoughtKeys(query, SearchMode::kAny);
  CHECK(Has(any, "aparsoil", false));
  CHECK(Has(any, "wpars", false));
  CHECK(Has(any, "k=oil", false));
  CHECK(Has(any, "ppars", true));
  CHECK(Has(any, "sparsoil", true));
  const auto words = SoughtKeys(query, SearchMode::kWord);
  CHECK(Has(words, "wpars", false));
  CHECK_FALSE(Has(words, "ppars", true));
  const auto inside = SoughtKeys(search::Prepare("arsoilcomp"), SearchMode::kSubstring);
  REQUIRE(inside.size() == 6);
  CHECK(Has(inside, "parsoilco", true));
  CHECK(Has(inside, "ssoilcomp", true));
}

TEST_CASE("sought keys: nothing that is asked for makes a search long", "[search][unit]") {
  const TempDir directory;
  const auto database = MakeDatabase(directory, kFirmSchema).value();
  const std::string long_name(3000, 'a');
  for (int i = 0; i < 300; ++i) {
    Batch batch = database->NewBatch();
    for (int j = 0; j < 20; ++j) {
      const std::string name = i % 3 == 0   ? "aaaaaaaaaaaaaaaaaaaa"
                               : i % 3 == 1 ? "شرکت شرکت شرکت شرکت"
                                            : absl::StrCat("Company ", i, " ", j);
      REQUIRE_OK(batch.Put("firm", FirmJson(absl::StrCat(i, "-", j), name)));
    }
    REQUIRE_OK(database->Commit(std::move(batch), {}));
  }
  REQUIRE_OK(database->Put("firm", FirmJson("long", long_name)));
  std::string many_words;
  for (int i = 0; i < 500; ++i) absl::StrAppend(&many_words, "w", i, " ");
  std::string marks;
  for (int i = 0; i < 1500; ++i) marks += "\u0300";
  const std::string text = GENERATE_REF(
      std::string("a"), long_name, many_words, std::string("شرکت"), std::string("Company"),
      std::string("\xff\xfe\xfd"
                  "1"),
      "a" + marks, std::string("ا ا ا ا ا ا ا ا ا ا ا ا"), std::string(4000, '1'));
  const SearchMode mode = GENERATE(SearchMode::kAny, SearchMode::kWord, SearchMode::kSubstring);
  const auto result = database->Search({.text = text, .mode = mode});
  REQUIRE_OK(result);
  // Two passes over each of two indexes, and the names that are looked into.
  CHECK(result->entries_read <= 2 * (2 * (8192 + 2048) + 512 + 128));
  CHECK(result->names_compared <= 2 * (512 + 128));
}

TEST_CASE("sought keys: a name that is longer than the windows go is found by its beginning",
          "[search][unit]") {
  const TempDir directory;
  const auto database = MakeDatabase(directory, kFirmSchema).value();
  std::string name;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&name, "word", i, " ");
  REQUIRE_OK(database->Put("firm", FirmJson("1", name)));
  CHECK(Hits(database->Search({.text = name})).size() == 1);
  CHECK(Hits(database->Search({.text = "ord1wor", .mode = SearchMode::kSubstring})).size() == 1);
  CHECK(Hits(database->Search({.text = "ord99", .mode = SearchMode::kSubstring})).empty());
}

}  // namespace
}  // namespace daftar::testing
