// Rules on tables, keys and indexes.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "absl/strings/str_cat.h"
#include "catalog/evolution_case.h"
#include "catalog/resolve.h"
#include "support/status_matchers.h"

namespace daftar {
namespace {

using testing::EvolutionCase;
using testing::StatusIs;
constexpr Verdict kSafe = Verdict::kSafe;
constexpr Verdict kRebuild = Verdict::kRebuild;
constexpr Verdict kMigrate = Verdict::kMigrate;
constexpr Verdict kForbidden = Verdict::kForbidden;

// A table with a key and annotations over fields that every index case shares.
std::string IndexedWell(std::string_view key, std::string_view indexes,
                        std::string_view depth = "depth @2 :Int32;") {
  return absl::StrCat("struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = [", key,
                      "])\n", indexes, " {\n district @0 :Text; licence @1 :UInt32; ", depth,
                      " owner @3 :Text; hs @4 :List(Text);\n"
                      " state @5 :State; enum State @0xb0d4f8f1a8c6e103 { a @0; b @1; } }");
}

TEST_CASE("evolution: judges tables", "[catalog]") {
#define TABLE(name, id) "struct " name " @0xb0d4f8f1a8c6e1" id " $Daftar.table(name = "
#define FIELDS ", key = [\"k\"]) { k @0 :Text; v @1 :Int32; } "
  const std::vector<EvolutionCase> cases = {
      {"table added", TABLE("A", "01") "\"a\"" FIELDS,
       TABLE("A", "01") "\"a\"" FIELDS TABLE("B", "02") "\"b\"" FIELDS, kSafe, "3 table b"},
      {"stored struct becomes a table too",
       TABLE("A", "01") "\"a\", key = [\"k\"]) { k @0 :Text; p @1 :P; }"
                        "struct P @0xb0d4f8f1a8c6e109 { k @0 :Text; }",
       TABLE("A", "01") "\"a\", key = [\"k\"]) { k @0 :Text; p @1 :P; }"
                        "struct P @0xb0d4f8f1a8c6e109 $Daftar.table(name = \"p\", key = [\"k\"]) { "
                        "k @0 :Text; }",
       kSafe, "3 table p"},
      {"tables in another order", TABLE("A", "01") "\"a\"" FIELDS TABLE("B", "02") "\"b\"" FIELDS,
       TABLE("B", "02") "\"b\"" FIELDS TABLE("A", "01") "\"a\"" FIELDS, kSafe, ""},
      {"table renamed", TABLE("A", "01") "\"a\"" FIELDS, TABLE("A", "01") "\"z\"" FIELDS, kSafe,
       "6 table a"},
      {"struct of a table renamed", TABLE("A", "01") "\"a\"" FIELDS,
       TABLE("Z", "01") "\"a\"" FIELDS, kSafe, "5 A"},
      {"name given to a new table", TABLE("A", "01") "\"a\"" FIELDS,
       TABLE("A", "01") "\"aOld\"" FIELDS TABLE("B", "02") "\"a\"" FIELDS, kSafe,
       "6 table a, 3 table a"},
      {"names swapped", TABLE("A", "01") "\"a\"" FIELDS TABLE("B", "02") "\"b\"" FIELDS,
       TABLE("A", "01") "\"b\"" FIELDS TABLE("B", "02") "\"a\"" FIELDS, kForbidden,
       "51 table a, 51 table b"},
      {"table dropped", TABLE("A", "01") "\"a\"" FIELDS TABLE("B", "02") "\"b\"" FIELDS,
       TABLE("A", "01") "\"a\"" FIELDS, kForbidden, "48 table b"},
      {"struct stays and is no table",
       TABLE("A", "01") "\"a\"" FIELDS TABLE("B", "02") "\"b\"" FIELDS,
       TABLE("A", "01") "\"a\"" FIELDS "struct B @0xb0d4f8f1a8c6e102 { k @0 :Text; v @1 :Int32; }",
       kForbidden, "48 table b"},
      {"type id changed", TABLE("A", "01") "\"a\"" FIELDS, TABLE("A", "07") "\"a\"" FIELDS,
       kForbidden, "49 table a"},
      {"type of a table changed, and a field of it",
       TABLE("A", "01") "\"a\"" FIELDS TABLE("B", "02") "\"b\"" FIELDS,
       TABLE("A", "01") "\"a\", key = [\"k\"]) { k @0 :Text; v @1 :Int64; }" TABLE(
           "B", "02") "\"z\"" FIELDS,
       kForbidden, "41 A.v, 6 table b"},
  };
#undef TABLE
#undef FIELDS
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

// A table with more said of it in its annotation.
std::string StatingWell(std::string_view more) {
  return absl::StrCat("struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"w\", key = [\"k\"]",
                      more, ") { k @0 :Text; }");
}

TEST_CASE("evolution: judges what commits must state and how long history is kept", "[catalog]") {
  const auto [name, from, to,
              findings] = GENERATE(table<const char*, const char*, const char*, const char*>({
      {"more is required", "", ", requires = [actor]", "14 table w"},
      {"less is required", ", requires = [actor, reason]", ", requires = [reason]", "14 table w"},
      {"something else is required", ", requires = [decision]", ", requires = [actor]",
       "14 table w"},
      {"the same in another order", ", requires = [actor, reason]", ", requires = [reason, actor]",
       ""},
      {"kept for less long", "", ", historyDays = 30", "15 table w"},
      {"kept for longer", ", historyDays = 30", ", historyDays = 31", "15 table w"},
      {"kept for good", ", historyDays = 30", "", "15 table w"},
      {"both", "", ", requires = [actor], historyDays = 30", "14 table w, 15 table w"},
  }));
  testing::CheckEvolutionCase(
      {name, StatingWell(from).c_str(), StatingWell(to).c_str(), kSafe, findings});
}

TEST_CASE("evolution: says what is required and kept, before and after", "[catalog]") {
  const auto message = [](const char* from, const char* to) {
    const testing::ParsedTables before = testing::ParseBody(StatingWell(from));
    const testing::ParsedTables after = testing::ParseBody(StatingWell(to));
    REQUIRE_OK_AND_ASSIGN(const SchemaCheck check,
                          catalog::CheckEvolution(before.side(), after.side()));
    REQUIRE(check.findings.size() == 1);
    return check.findings[0].message;
  };
  CHECK(message("", ", requires = [reason, actor]") ==
        "commits must now state actor, reason, before nothing; what was committed stays");
  CHECK(message(", historyDays = 7", "") ==
        "old versions are now kept for good, before 7 days; those already removed do not come "
        "back");
}

TEST_CASE("evolution: judges indexes of points", "[catalog]") {
#define GATE(annotations)                                                                       \
  "struct Gate @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"gate\", key = [\"no\"]) " annotations \
  " { no @0 :Int32; n @1 :Float64; e @2 :Float64; up @3 :Float64; }"
#define POINT(name, north) \
  "$Daftar.point(name = \"" name "\", latitude = \"" north "\", longitude = \"e\")"
  const std::vector<EvolutionCase> cases = {
      {"added", GATE(""), GATE(POINT("a", "n")), kRebuild, "20 index a"},
      {"dropped", GATE(POINT("a", "n")), GATE(""), kSafe, "9 index a"},
      {"renamed", GATE(POINT("a", "n")), GATE(POINT("b", "n")), kSafe, "7 index a"},
      {"other coordinates", GATE(POINT("a", "n")), GATE(POINT("a", "up")), kRebuild, "22 index a"},
      {"was an ordered index", GATE("$Daftar.index(name = \"a\", on = [\"n\"])"),
       GATE(POINT("a", "n")), kRebuild, "21 index a"},
  };
#undef POINT
#undef GATE
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

struct IndexChange {
  const char* name;
  const char* from;
  const char* to;
  Verdict verdict;
  const char* findings;
};

#define INDEX(name, rest) "$Daftar.index(name = \"" name "\", on = [" rest ")"

TEST_CASE("evolution: judges indexes", "[catalog]") {
  const std::vector<IndexChange> changes = {
      {"added", "", INDEX("i", "\"owner\"]"), kRebuild, "20 index i"},
      {"added, unique", "", INDEX("i", "\"owner\"], unique = true"), kRebuild, "20 index i"},
      {"dropped", INDEX("i", "\"owner\"]"), "", kSafe, "9 index i"},
      {"renamed", INDEX("i", "\"owner\"]"), INDEX("j", "\"owner\"]"), kSafe, "7 index i"},
      {"names swapped", INDEX("i", "\"owner\"]") INDEX("j", "\"depth\"]"),
       INDEX("j", "\"owner\"]") INDEX("i", "\"depth\"]"), kSafe, "7 index i, 7 index j"},
      {"in another order", INDEX("i", "\"owner\"]") INDEX("j", "\"depth\"]"),
       INDEX("j", "\"depth\"]") INDEX("i", "\"owner\"]"), kSafe, ""},
      {"another path", INDEX("i", "\"owner\"]"), INDEX("i", "\"depth\"]"), kRebuild, "21 index i"},
      {"a further path", INDEX("i", "\"owner\"]"), INDEX("i", "\"owner\", \"depth\"]"), kRebuild,
       "21 index i"},
      {"paths in another order", INDEX("i", "\"owner\", \"depth\"]"),
       INDEX("i", "\"depth\", \"owner\"]"), kRebuild, "21 index i"},
      {"direction", INDEX("i", "\"depth\"]"), INDEX("i", "\"depth desc\"]"), kRebuild,
       "21 index i"},
      {"end of nulls", INDEX("i", "\"owner\"]"), INDEX("i", "\"owner nulls last\"]"), kRebuild,
       "21 index i"},
      {"usual end of nulls spelt out", INDEX("i", "\"owner\"]"),
       INDEX("i",
             "\"owner asc nulls "
             "first\"]"),
       kSafe, ""},
      {"covering added", INDEX("i", "\"owner\"]"), INDEX("i", "\"owner\"], covering = [\"depth\"]"),
       kRebuild, "22 index i"},
      {"covering dropped", INDEX("i", "\"owner\"], covering = [\"depth\"]"),
       INDEX("i", "\"owner\"]"), kRebuild, "22 index i"},
      {"where added", INDEX("i", "\"owner\"]"), INDEX("i", "\"owner\"], where = \"depth > 5\""),
       kRebuild, "23 index i"},
      {"where changed", INDEX("i", "\"owner\"], where = \"depth > 4\""),
       INDEX("i", "\"owner\"], where = \"depth > 5\""), kRebuild, "23 index i"},
      {"conditions in another order",
       INDEX("i", "\"owner\"], where = \"depth > 4 and state in (a, b)\""),
       INDEX("i", "\"owner\"], where = \"state in (b, a) and depth > 4\""), kSafe, ""},
      {"unique turned on", INDEX("i", "\"owner\"]"), INDEX("i", "\"owner\"], unique = true"),
       kRebuild, "24 index i"},
      {"unique turned off", INDEX("i", "\"owner\"], unique = true"), INDEX("i", "\"owner\"]"),
       kSafe, "13 index i"},
      {"renamed and changed", INDEX("i", "\"owner\"]"), INDEX("j", "\"depth\"]"), kRebuild,
       "20 index j, 9 index i"},
      {"everything changed", INDEX("i", "\"owner\"]"),
       INDEX("i", "\"hs\"], unique = true, covering = [\"depth\"], where = \"depth > 5\""),
       kRebuild, "21 index i, 22 index i, 23 index i, 24 index i"},
  };
  const IndexChange change = GENERATE_REF(Catch::Generators::from_range(changes));
  const std::string from = IndexedWell("\"district\"", change.from);
  const std::string to = IndexedWell("\"district\"", change.to);
  testing::CheckEvolutionCase(
      {change.name, from.c_str(), to.c_str(), change.verdict, change.findings});
}

TEST_CASE("evolution: judges keys", "[catalog]") {
  const std::vector<IndexChange> changes = {
      {"path added", "\"district\"", "\"district\", \"licence\"", kMigrate, "30 table well"},
      {"path dropped", "\"district\", \"licence\"", "\"licence\"", kMigrate, "30 table well"},
      {"order of paths", "\"district\", \"licence\"", "\"licence\", \"district\"", kMigrate,
       "30 table well"},
      {"direction", "\"licence\"", "\"licence desc\"", kMigrate, "30 table well"},
      {"direction spelt out", "\"licence\"", "\"licence asc\"", kSafe, ""},
  };
  const IndexChange change = GENERATE_REF(Catch::Generators::from_range(changes));
  const std::string from = IndexedWell(change.from, "");
  const std::string to = IndexedWell(change.to, "");
  testing::CheckEvolutionCase(
      {change.name, from.c_str(), to.c_str(), change.verdict, change.findings});
}

TEST_CASE("evolution: reports a changed type at the field and not at its key and indexes",
          "[catalog]") {
  const auto well = [](const char* type) {
    return absl::StrCat(
        "struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = "
        "[\"a\"])\n",
        INDEX("i", "\"b\"], covering = [\"a\"]"), " { a @0 :", type, "; b @1 :", type, "; }");
  };
  const std::string from = well("UInt32");
  const std::string to = well("UInt64");
  testing::CheckEvolutionCase(
      {"wider", from.c_str(), to.c_str(), kForbidden, "41 Well.a, 41 Well.b"});
}

TEST_CASE("evolution: rebuilds an index whose field can now be null", "[catalog]") {
  constexpr const char* kOptional = "depth :union { metres @2 :Int32; none @6 :Void; }";
  const std::vector<IndexChange> changes = {
      {"on", INDEX("i", "\"depth\"]"), "", kRebuild, "25 index i, 8 Well.depth"},
      {"covering", INDEX("i", "\"owner\"], covering = [\"depth\"]"), "", kRebuild,
       "25 index i, 8 Well.depth"},
      {"where, whose records are the same ones", INDEX("i", "\"owner\"], where = \"depth > 5\""),
       "", kSafe, "8 Well.depth"},
  };
  const IndexChange change = GENERATE_REF(Catch::Generators::from_range(changes));
  const std::string from = IndexedWell("\"district\"", change.from);
  const std::string to = IndexedWell("\"district\"", change.from, kOptional);
  testing::CheckEvolutionCase(
      {change.name, from.c_str(), to.c_str(), change.verdict, change.findings});
}

TEST_CASE("evolution: follows an indexed list that became one of structs", "[catalog]") {
  const auto well = [](const char* path, const char* type, const char* more) {
    return absl::StrCat(
        "struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = "
        "[\"k\"])\n",
        "$Daftar.index(name = \"i\", on = [\"", path, "\"]) { k @0 :Text; hs @1 :List(", type,
        "); }", more);
  };
  const std::string from = well("hs", "Text", "");
  const std::string to = well("hs.code", "P", "struct P @0xb0d4f8f1a8c6e102 { code @0 :Text; }");
  testing::CheckEvolutionCase(
      {"list", from.c_str(), to.c_str(), kRebuild, "21 index i, 10 Well.hs, 2 P"});
}

TEST_CASE("evolution: leaves a key that became optional to the schema rules", "[catalog]") {
  const std::string text =
      absl::StrCat("@0xa1b2c3d4e5f60718;\nusing Daftar = import \"/daftar/daftar.capnp\";\n",
                   "struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = [\"k\"]) "
                   "{ k :union { v @0 :Int32; none @1 :Void; } }");
  REQUIRE_OK_AND_ASSIGN(const auto types, record::SchemaSet::ParseText("wells.capnp", text));
  CHECK_THAT(catalog::ResolveTables(types), StatusIs(absl::StatusCode::kInvalidArgument,
                                                     "a key cannot be optional or in a union"));
}

TEST_CASE("evolution: tells which index keeps its entries", "[catalog]") {
  const auto from = testing::ParseBody(
      IndexedWell("\"district\"", INDEX("kept", "\"owner\"]") INDEX("old", "\"depth\"]")
                                      INDEX("changed", "\"state\"]") INDEX("gone", "\"hs\"]")));
  const auto to = testing::ParseBody(IndexedWell(
      "\"district\"", INDEX("new", "\"licence\"]") INDEX("changed", "\"state desc\"]") INDEX(
                          "renamed", "\"depth\"]") INDEX("kept", "\"owner\"], unique = true")));
  const auto matches = catalog::MatchIndexes(from.tables[0], to.tables[0]);
  std::string shown;
  for (const catalog::IndexMatch& match : matches) {
    absl::StrAppend(&shown, match.from ? match.from->name : "-", ">",
                    match.to ? match.to->name : "-", match.same_entries ? " kept; " : "; ");
  }
  CHECK(shown == "->new; changed>changed; old>renamed kept; kept>kept kept; gone>-; ");
}

TEST_CASE("evolution: messages say what to do instead", "[catalog]") {
  const auto message = [](const char* from, const char* to) {
    const auto before = testing::ParseBody(from);
    const auto after = testing::ParseBody(to);
    REQUIRE_OK_AND_ASSIGN(const SchemaCheck check,
                          catalog::CheckEvolution(before.side(), after.side()));
    REQUIRE_FALSE(check.findings.empty());
    return check.findings.front().message;
  };
  CHECK(message("a @1 :Int32;", "a @1 :Int64;") ==
        "was Int32, is Int64; keep the type, rename the field, add a new one with the next free "
        "number, and fill it by `daftar migrate`");
  CHECK(message("a @1 :Int32;", "") ==
        "gone, and stored records may hold it; put it back as @1, renamed if nobody should use it");
  CHECK(message("p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
                "p @1 :P; struct P @0xb0d4f8f1a8c6e104 { a @0 :Text; }") ==
        "its struct Well.P has the type id @0xb0d4f8f1a8c6e102 and was given @0xb0d4f8f1a8c6e104; "
        "write @0xb0d4f8f1a8c6e102 behind the name of the type, or add a new field");
  CHECK(message("a @1 :Int64 $Daftar.decimal(2);", "a @1 :Int64 $Daftar.decimal(3);") ==
        "had $decimal(2), has $decimal(3); stored numbers would be read as other values; keep it, "
        "rename the field, add a new one, and fill it by `daftar migrate`; "
        "tables=well");
  CHECK(message("a @1 :Int32;", "a :union { v @1 :Int32; none @2 :Void; }") ==
        "now stands in a new union");
}

}  // namespace
}  // namespace daftar
