#include "search/rank.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "names/compare.h"

namespace daftar::search {
namespace {

TEST_CASE("rank: a name is told why it fits", "[search][unit]") {
  const auto [query, name, mode, expected] =
      GENERATE(table<const char*, const char*, SearchMode, const char*>({
          {"Pars Oil", "Pars Oil", SearchMode::kAny, "exact"},
          {"pars oil", "Pars Oil", SearchMode::kAny, "folded"},
          {"Pars Oil", "Pars Oil Company", SearchMode::kAny, "legal form apart"},
          {"Gwadar", "گوادر", SearchMode::kAny, "transliteration"},
          {"Pars Oil", "Pars نفت", SearchMode::kAny, "translation"},
          {"Mohammad Ahmadi", "Muhammad Ahmadi", SearchMode::kAny, "spelling"},
          {"Tehran", "Pars Khodro Tehran Bazar", SearchMode::kAny, "words"},
          {"Tehran", "پارس خودرو تهران بازار", SearchMode::kAny, "words alike"},
          {"Teh Kho", "Pars Khodro Tehran Bazar", SearchMode::kAny, "prefix"},
          {"hodro Teh", "Pars Khodro Tehran Bazar", SearchMode::kAny, "substring"},
          {"Zarand", "Pars Khodro Tehran Bazar", SearchMode::kAny, ""},
          {"Tehran", "Pars Khodro Tehran Bazar", SearchMode::kWord, "words"},
          {"Tehr", "Pars Khodro Tehran Bazar", SearchMode::kWord, ""},
          {"hran ba", "Pars Khodro Tehran Bazar", SearchMode::kSubstring, "substring"},
          {"pars", "Pars", SearchMode::kSubstring, "folded"},
          {"تهران", "Pars Khodro Tehran Bazar", SearchMode::kSubstring, ""},
      }));
  CAPTURE(query, name);
  const auto rank = RankName(Prepare(query), mode, name);
  CHECK((rank.has_value() ? SearchReasonName(rank->reason) : "") == expected);
}

TEST_CASE("rank: each kind of hit comes before the next", "[search][unit]") {
  const PreparedQuery query = Prepare("Tehran");
  double last = 2;
  for (const char* name :
       {"Tehran", "Tehran Company", "تهران", "Pars Tehran", "Pars Khodro Tehran",
        "پارس خودرو تهران بازار", "Tehranpars Bazar Khodro", "Northtehran Bazar"}) {
    CAPTURE(name);
    const auto rank = RankName(query, SearchMode::kAny, name);
    REQUIRE(rank.has_value());
    CHECK(rank->score < last);
    last = rank->score;
  }
}

}  // namespace
}  // namespace daftar::search
