// $search: what is accepted, refused, stored and shown.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "catalog/catalog_codec.h"
#include "catalog/describe.h"
#include "catalog/resolve.h"
#include "names/name_keys.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using catalog::Catalog;

std::string FirmText(std::string_view annotations) {
  return absl::StrCat(R"(struct Firm @0xb000000000000001
      $Daftar.table(name = "firm", key = ["no"]) )",
                      annotations, R"( {
      no @0 :UInt32;
      name @1 :Text;
      names @2 :List(Name);
      other @3 :List(Name);
      form @4 :Text $Daftar.json;
      since :union { none @5 :Void; day @6 :Int32 $Daftar.date; }
      hs @7 :List(Text);
    }
    struct Name @0xb000000000000002 {
      text @0 :Text; from @1 :Int32 $Daftar.date; until @2 :Int64 $Daftar.instant;
    })");
}

absl::StatusOr<Catalog> Resolve(std::string_view annotations) {
  return catalog::NewCatalog(Sample(FirmText(annotations)).set());
}

TEST_CASE("search: refuses what is no name", "[catalog][search]") {
  const auto [name, annotation, message] = GENERATE(table<const char*, const char*, const char*>({
      {"no name", R"($Daftar.search(fields = ["name"]))", "a name is missing"},
      {"no fields", R"($Daftar.search(name = "x"))", "`fields` names no path; index=x"},
      {"what is not there", R"($Daftar.search(name = "x", fields = ["nam"]))",
       "no such field; struct=Firm; field=nam"},
      {"a number", R"($Daftar.search(name = "x", fields = ["no"]))",
       "only texts are searched; path=no; type=integer from 0 to 4294967295; index=x; struct=Firm"},
      {"JSON", R"($Daftar.search(name = "x", fields = ["form"]))",
       "only texts are searched; path=form"},
      {"a path twice", R"($Daftar.search(name = "x", fields = ["name", "name"]))",
       "a path comes twice; path=name"},
      {"a moment", R"($Daftar.search(name = "x", fields = ["names.text"], to = "names.until"))",
       "`from` and `to` are dates; path=names.until; type=instant"},
      {"days of other names",
       R"($Daftar.search(name = "x", fields = ["names.text"], from = "other.from"))",
       "`from` and `to` stand beside a name, in the same list; path=other.from"},
      {"days of the record beside a list",
       R"($Daftar.search(name = "x", fields = ["names.text"], from = "since"))",
       "stand beside a name"},
      {"the name of an index",
       R"($Daftar.index(name = "x", on = ["name"]) $Daftar.search(name = "x", fields = ["name"]))",
       "two indexes have one name; index=x"},
      {"a list in the condition",
       R"($Daftar.search(name = "x", fields = ["name"], where = "hs = 1"))",
       "`where` cannot go into a list"},
  }));
  CAPTURE(name);
  CHECK_THAT(Resolve(annotation).status(), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("search: stands on tables only", "[catalog][search]") {
  const auto catalog = catalog::NewCatalog(Sample(R"(
    struct A @0xb000000000000001 $Daftar.search(name = "x", fields = ["b"]) { b @0 :Text; }
    struct C @0xb000000000000002 $Daftar.table(name = "c", key = ["d"]) { d @0 :Text; })")
                                               .set());
  CHECK_THAT(catalog.status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                        "$search stands on a struct with $table only; struct=A"));
}

TEST_CASE("search: is stored and shown as it was declared", "[catalog][search]") {
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, Resolve(R"x(
      $Daftar.search(name = "names", fields = ["names.text", "name", "hs"], from = "names.from",
                     where = "no > 5")
      $Daftar.index(name = "byName", on = ["names.text"])
      $Daftar.search(name = "short", fields = ["name"], from = "since", to = "since"))x"));
  const catalog::TableDef& table = catalog.tables[0];
  REQUIRE(table.indexes.size() == 3);
  // Ordered indexes come first, so that their ids are those of a schema without search.
  CHECK(table.indexes[0].name == "byName");
  CHECK(table.indexes[1].search->keys_version == names::kNameKeysVersion);
  CHECK_FALSE(table.indexes[1].answers_queries());
  CHECK(catalog.has_search());
  REQUIRE_OK_AND_ASSIGN(const auto described, catalog::Describe(catalog.tables));
  CHECK(described[0].indexes[1].definition ==
        "search in names.text, name, hs, from names.from, where no > 5");
  CHECK(described[0].indexes[2].definition == "search in name, from since, to since");

  const std::string key = catalog::CatalogKey(catalog.version);
  REQUIRE_OK_AND_ASSIGN(const std::string stored,
                        catalog::EncodeCatalog(catalog, CommitVersion(1)));
  REQUIRE_OK_AND_ASSIGN(const Catalog read, catalog::DecodeCatalog(key, stored));
  for (size_t i = 0; i < 3; ++i) {
    CHECK(read.tables[0].indexes[i].name == table.indexes[i].name);
    CHECK(read.tables[0].indexes[i].search == table.indexes[i].search);
    CHECK(read.tables[0].indexes[i].on == table.indexes[i].on);
    CHECK(read.tables[0].indexes[i].where.size() == table.indexes[i].where.size());
  }
  REQUIRE_OK_AND_ASSIGN(const Catalog without, Resolve(""));
  CHECK_FALSE(without.has_search());
}

}  // namespace
}  // namespace daftar::testing
