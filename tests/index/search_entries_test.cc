#include "index/search_entries.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "codec/keyspace.h"
#include "names/name_keys.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

constexpr const char* kSchema = R"(
  struct Firm @0xb000000000000001
      $Daftar.table(name = "firm", key = ["no"])
      $Daftar.search(name = "names", fields = ["tradeName", "names.text", "branches.names.text"],
                     from = "names.from", to = "names.to", where = "hidden = false") {
    no @0 :UInt32;
    tradeName @1 :Text;
    names @2 :List(Name);
    branches @3 :List(Branch);
    hidden @4 :Bool;
  }
  struct Branch @0xb000000000000002 { names @0 :List(Name); }
  struct Name @0xb000000000000003 {
    text @0 :Text;
    from :union { none @1 :Void; day @2 :Int32 $Daftar.date; }
    to :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  })";

const catalog::Catalog& Book() {
  static const catalog::Catalog catalog = catalog::NewCatalog(Sample(kSchema).set()).value();
  return catalog;
}

absl::StatusOr<std::vector<index::Entry>> EntriesOf(std::string_view json) {
  const catalog::TableDef& table = Book().tables[0];
  return index::EntriesOf(table.indexes[0], "KEY", MakeRecord(table.schema, json));
}

// The names by their numbers, as "field text from to".
std::map<std::string, std::string> NamesOf(const std::vector<index::Entry>& entries) {
  const std::string prefix = codec::IndexPrefix(Book().tables[0].indexes[0].id) +
                             index::SearchKeyPart(names::KeyOf(names::NameKey::kText, ""));
  std::map<std::string, std::string> names;
  for (const index::Entry& entry : entries) {
    std::string_view key = entry.key.view();
    if (!key.starts_with(prefix)) {
      CHECK(entry.covered.empty());
      continue;
    }
    key.remove_prefix(prefix.size());
    REQUIRE(key.substr(2) == "KEY");
    REQUIRE_OK_AND_ASSIGN(const index::HeldName held, index::DecodeHeldName(entry.covered));
    const auto day = [](const std::optional<int32_t>& days) {
      return days.has_value() ? absl::StrCat(*days) : std::string("-");
    };
    names[absl::StrCat(static_cast<int>(key[0]), ".", static_cast<int>(key[1]))] =
        absl::StrCat(held.field, " ", held.text, " ", day(held.from), " ", day(held.to));
  }
  return names;
}

TEST_CASE("search entries: each name of each field is held with its days", "[index][unit]") {
  REQUIRE_OK_AND_ASSIGN(const auto entries, EntriesOf(R"({"no": 1, "tradeName": "SGL",
      "names": [{"text": "پارس", "from": "1970-01-11"}, {"text": " "}, {"from": "1970-01-02"},
                {"text": "Pars", "from": "1970-01-05", "to": "1970-01-11"}],
      "branches": [{"names": []}, {"names": [{"text": "Branch", "to": "1970-01-03"}]}]})"));
  CHECK(NamesOf(entries) == std::map<std::string, std::string>{{"0.0", "0 SGL - -"},
                                                               {"0.1", "1 پارس 10 -"},
                                                               {"0.2", "1 Pars 4 10"},
                                                               {"0.3", "2 Branch - -"}});
  size_t keys = 4;
  for (const char* name : {"SGL", "پارس", "Pars", "Branch"}) keys += names::NameKeys(name).size();
  CHECK(entries.size() == keys);
  CHECK(std::is_sorted(entries.begin(), entries.end(),
                       [](const auto& a, const auto& b) { return a.key < b.key; }));
}

TEST_CASE("search entries: a record that does not meet the condition has none", "[index][unit]") {
  REQUIRE_OK_AND_ASSIGN(const auto entries,
                        EntriesOf(R"({"no": 1, "tradeName": "SGL", "hidden": true})"));
  CHECK(entries.empty());
}

TEST_CASE("search entries: too many names are refused", "[index][unit]") {
  std::string json = R"({"no": 1, "names": [)";
  for (int i = 0; i < 2000; ++i) {
    absl::StrAppend(&json, i == 0 ? "" : ",", R"({"text": "Pars Khodro )", i, "\"}");
  }
  CHECK_THAT(EntriesOf(json + "]}").status(),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      "record has too many names in one search index; index=names"));
}

TEST_CASE("search entries: a damaged name is found out", "[index][unit]") {
  REQUIRE_OK_AND_ASSIGN(const auto entries, EntriesOf(R"({"no": 1, "tradeName": "SGL"})"));
  for (const index::Entry& entry : entries) {
    if (entry.covered.empty()) continue;
    REQUIRE_OK(index::DecodeHeldName(entry.covered));
    for (size_t cut = 0; cut < entry.covered.size(); ++cut) {
      CHECK_THAT(index::DecodeHeldName(entry.covered.substr(0, cut)).status(),
                 StatusIs(absl::StatusCode::kDataLoss, ""));
    }
    CHECK_THAT(index::DecodeHeldName(entry.covered + "x").status(),
               StatusIs(absl::StatusCode::kDataLoss, "extra bytes"));
  }
}

}  // namespace
}  // namespace daftar::testing
