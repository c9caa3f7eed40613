#include "names/name_keys.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace daftar::names {
namespace {

std::string KeysOfKinds(std::string_view name, std::string_view kinds) {
  std::vector<std::string> keys = NameKeys(name);
  std::erase_if(
      keys, [&](const std::string& key) { return kinds.find(key[0]) == std::string_view::npos; });
  return absl::StrJoin(keys, " ");
}

TEST_CASE("name keys: a name is held by its whole, its words and its letters", "[names][unit]") {
  CHECK(KeysOfKinds("Pars-Oil", "aw") == "aparsoil woil wpars");
  CHECK(KeysOfKinds("Pars Oil", "ps") == "poil pparsoil sarsoil sil sl srsoil ssoil");
  CHECK(KeysOfKinds("Gwadar Port", "p") == "pgwadarpo pport");
  CHECK(KeysOfKinds("نفت", "ps") == "pنفت sت sفت");
  CHECK(KeysOfKinds("oil oil", "w") == "woil");
  CHECK(KeysOfKinds("Oil", "k") == absl::StrCat("k", absl::StrJoin(SearchKeys("Oil"), " k")));
}

TEST_CASE("name keys: what folds to nothing has none", "[names][unit]") {
  const auto name = GENERATE(as<std::string>(), "", "  ", "،.!", "\xff");
  CHECK(NameKeys(name).empty());
}

TEST_CASE("name keys: keys are sorted, each once, however long the name is", "[names][unit]") {
  const std::string name =
      GENERATE(std::string("Pars Pars Pars"), std::string(100000, 'a'), std::string("آب انبار آب"));
  const std::vector<std::string> keys = NameKeys(name);
  CHECK(std::is_sorted(keys.begin(), keys.end()));
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
  CHECK(keys.size() < 2 * kWindowsMax);
  for (const std::string& key : keys) CHECK(key.size() <= 4 * kNameCharactersMax);
}

TEST_CASE("name keys: a long name is cut between characters", "[names][unit]") {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "ژ";
  const std::string whole = KeyOf(NameKey::kWhole, name);
  CHECK(whole.size() == 1 + kWholeBytesMax);
  CHECK(KeyOf(NameKey::kWhole, "a" + name).size() == kWholeBytesMax);
}

TEST_CASE("name keys: spaces are left out of account", "[names][unit]") {
  CHECK(Squeeze("pars oil co") == "parsoilco");
  CHECK(FirstCharacters("نفت پارس", 2) == "نف");
  CHECK(FirstCharacters("ab", 5) == "ab");
  CHECK(WordsOf("pars oil") == std::vector<std::string>{"pars", "oil"});
}

}  // namespace
}  // namespace daftar::names
