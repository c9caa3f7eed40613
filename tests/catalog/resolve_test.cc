#include "catalog/resolve.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/describe.h"
#include "record/sample.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using catalog::Catalog;

constexpr const char* kTable = R"($Daftar.table(name = "well", key = ["licence"]))";

// A struct Well with every kind of field, under `annotations`; `more` adds fields from @30 on.
std::string WellText(std::string_view annotations, std::string_view more = "") {
  return absl::StrCat("struct Well @0xb000000000000001 ", annotations, R"( {
      licence @0 :UInt32;
      district @1 :Text;
      place @2 :Place;
      tests @3 :List(Test);
      samples @4 :List(Test);
      hs @5 :List(Text);
      depth :union { none @6 :Void; metres @7 :Int32 $Daftar.decimal(2); }
      law :union { unknown @8 :Void; act @9 :UInt16; decree @10 :Text; }
      form @11 :Text $Daftar.json;
      state @12 :State;
      owner :group { name @13 :Text; share @14 :UInt32; }
      ratio @15 :Float64;
      matrix @16 :List(List(Int16));
      )",
                      more, R"(
    }
    struct Place @0xb000000000000002 { town @0 :Text; box @1 :UInt32; }
    struct Test @0xb000000000000003 { code @0 :Text; tags @1 :List(Text); marks @2 :List(Int8); }
    enum State @0xb000000000000004 { unspecified @0; active @1; })");
}

absl::StatusOr<Catalog> Resolve(const std::string& body) {
  return catalog::NewCatalog(Sample(body).set());
}

TEST_CASE("resolve: refuses a malformed table", "[catalog][unit]") {
  const auto [name, annotations, message] = GENERATE(table<const char*, const char*, const char*>({
      {"no name", R"($Daftar.table(key = ["licence"]))", "a name is missing; name=''; struct=Well"},
      {"name with a space", R"($Daftar.table(name = "a b", key = ["licence"]))",
       "a name is letters, digits and underscores, starting with a letter; name='a b'"},
      {"name with a digit first", R"($Daftar.table(name = "1a", key = ["licence"]))",
       "starting with a letter; name='1a'; struct=Well"},
      {"name with an underscore first", R"($Daftar.table(name = "_a", key = ["licence"]))",
       "starting with a letter; name='_a'; struct=Well"},
      {"name not ASCII", R"($Daftar.table(name = "چاه", key = ["licence"]))",
       "a name is letters, digits and underscores"},
      {"name with a dot", R"($Daftar.table(name = "a.b", key = ["licence"]))", "name='a.b'"},
      {"no key", R"($Daftar.table(name = "well"))", "`key` names no path; struct=Well"},
      {"empty key", R"($Daftar.table(name = "well", key = []))", "`key` names no path"},
      {"empty path in the key", R"($Daftar.table(name = "well", key = [""]))",
       "a path is missing; struct=Well"},
      {"key that is not there", R"($Daftar.table(name = "well", key = ["number"]))",
       "no such field; struct=Well; field=number; path=number; fields=licence"},
      {"key twice", R"($Daftar.table(name = "well", key = ["licence", "licence desc"]))",
       "a path comes twice; path=licence desc; struct=Well"},
      {"key in a list", R"($Daftar.table(name = "well", key = ["tests.code"]))",
       "a key cannot go into a list; path=tests.code; struct=Well"},
      {"key of list values", R"($Daftar.table(name = "well", key = ["hs"]))",
       "a key cannot go into a list; path=hs"},
      {"optional key", R"($Daftar.table(name = "well", key = ["depth"]))",
       "a key cannot be optional or in a union; path=depth; struct=Well"},
      {"key in a union", R"($Daftar.table(name = "well", key = ["law.decree"]))",
       "a key cannot be optional or in a union; path=law.decree"},
      {"json key", R"($Daftar.table(name = "well", key = ["form"]))",
       "a $json field has no order; path=form; struct=Well"},
      {"key that is a struct", R"($Daftar.table(name = "well", key = ["place"]))",
       "path does not end in a single value; path=place; continue with one of=town, box"},
      {"key that is a list of lists", R"($Daftar.table(name = "well", key = ["matrix"]))",
       "path does not end in a single value; path=matrix"},
      {"nulls in a key", R"($Daftar.table(name = "well", key = ["district nulls last"]))",
       "a key is never null; leave 'nulls' out; path=district; struct=Well"},
      {"unknown word in a key", R"($Daftar.table(name = "well", key = ["licence down"]))",
       "after a path comes [asc|desc] [nulls first|nulls last]; text='licence down'"},
      {"two tables", R"($Daftar.table(name = "a", key = ["licence"])
                            $Daftar.table(name = "b", key = ["licence"]))",
       "a struct has one $table at most; struct=Well"},
      {"index without a table", R"($Daftar.index(name = "a", on = ["district"]))",
       "$index stands on a struct with $table only; struct=Well"},
      {"no table at all", "", "the schema has no table; put $Daftar.table(name = …) on a struct"},
  }));
  CAPTURE(name);
  CHECK_THAT(Resolve(WellText(annotations)), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("resolve: refuses a malformed index, naming it", "[catalog][unit]") {
  const auto [name, arguments, message] = GENERATE(table<const char*, const char*, const char*>({
      {"no path", R"(on = [])", "`on` names no path"},
      {"unknown path", R"(on = ["distrikt"])", "no such field; struct=Well; field=distrikt"},
      {"unknown path inside", R"(on = ["place.street"])",
       "no such field; struct=Place; field=street; path=place.street; fields=town, box"},
      {"a struct", R"(on = ["place"])", "path does not end in a single value; path=place"},
      {"a group", R"(on = ["owner"])", "continue with one of=name, share"},
      {"a list of structs", R"(on = ["tests"])", "continue with one of=code, tags, marks"},
      {"on after a value", R"(on = ["district.x"])", "path goes on after a single value"},
      {"path twice", R"(on = ["district", "district"])", "a path comes twice; path=district"},
      {"optional twice", R"(on = ["depth", "depth.metres"])",
       "a path comes twice; path=depth.metres"},
      {"two lists", R"(on = ["tests.code", "samples.code"])",
       "an index cannot go into two lists; declare two indexes; path=samples.code; "
       "other=tests.code"},
      {"two inner lists", R"(on = ["tests.tags", "tests.marks"])",
       "an index cannot go into two lists"},
      {"list of values and of structs", R"(on = ["hs", "tests.code"])",
       "an index cannot go into two lists"},
      {"json", R"(on = ["form"])", "a $json field has no order; path=form"},
      {"nulls of a number", R"(on = ["licence nulls last"])",
       "the field is never null; leave 'nulls' out; path=licence"},
      {"nulls of a list element", R"(on = ["hs nulls first"])", "the field is never null"},
      {"nulls before desc", R"(on = ["district nulls last desc"])",
       "after a path comes [asc|desc] [nulls first|nulls last]; text='district nulls last desc'"},
      {"nulls alone", R"(on = ["district nulls"])", "text='district nulls'"},
      {"upper case", R"(on = ["district DESC"])", "text='district DESC'"},
      {"comma", R"(on = ["district, licence"])",
       "after a path comes [asc|desc] [nulls first|nulls last]; text='district, licence'"},
      {"covered list", R"(on = ["district"], covering = ["tests.code"])",
       "a covered path cannot go into a list; path=tests.code"},
      {"covered values of a list", R"(on = ["district"], covering = ["hs"])",
       "a covered path cannot go into a list; path=hs"},
      {"covered and in on", R"(on = ["district"], covering = ["district"])",
       "a path of `on` needs no covering; path=district"},
      {"covered twice", R"(on = ["district"], covering = ["ratio", "ratio"])",
       "a path comes twice; path=ratio"},
      {"covered with a direction", R"(on = ["district"], covering = ["ratio desc"])",
       "no such field; struct=Well; field=ratio desc"},
      {"covered struct", R"(on = ["district"], covering = ["place"])",
       "path does not end in a single value; path=place"},
      {"condition on a list", R"(on = ["district"], where = "hs = 27")",
       "`where` cannot go into a list; path=hs"},
      {"condition that does not parse", R"(on = ["district"], where = "depth > 5 or depth < 2")",
       "condition does not parse; cause=conditions are joined by 'and'"},
      {"condition on nothing", R"(on = ["district"], where = "nowhere is null")",
       "no such field; struct=Well; field=nowhere"},
      {"condition with a wrong value", R"(on = ["district"], where = "depth = deep")",
       "value does not fit the field; value='deep'; expected=decimal(2); field=depth"},
      {"unknown enumerant", R"(on = ["district"], where = "state = open")",
       "expected=enum State; one of=unspecified, active; field=state"},
      {"seventeen paths",
       R"(on = ["a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a"])",
       "`on` names too many paths; paths=17; limit=16"},
      {"seventeen covered paths",
       R"(on = ["district"],
          covering = ["a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a","a"])",
       "`covering` names too many paths; paths=17; limit=16"},
  }));
  CAPTURE(name);
  const std::string annotations =
      absl::StrCat(kTable, " $Daftar.index(name = \"a\", ", arguments, ")");
  const auto resolved = Resolve(WellText(annotations));
  CHECK_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument, message));
  CHECK_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument, "; index=a; struct=Well"));
}

TEST_CASE("resolve: refuses a malformed point, naming it", "[catalog][unit]") {
  const auto [name, point, message] = GENERATE(table<const char*, const char*, const char*>({
      {"no latitude", R"(longitude = "ratio")", "a point needs `latitude` and `longitude`"},
      {"no longitude", R"(latitude = "ratio")", "a point needs `latitude` and `longitude`"},
      {"no field", R"(latitude = "ratio", longitude = "east")", "no such field"},
      {"text", R"(latitude = "ratio", longitude = "district")",
       "a coordinate is a decimal or a float, in degrees; path=district"},
      {"integer", R"(latitude = "licence", longitude = "ratio")",
       "a coordinate is a decimal or a float, in degrees; path=licence"},
      {"list", R"(latitude = "ratio", longitude = "tests.marks")",
       "a covered path cannot go into a list"},
      {"one field twice", R"(latitude = "ratio", longitude = "ratio")",
       "latitude and longitude are one field; path=ratio"},
      {"condition", R"(latitude = "ratio", longitude = "depth", where = "dept > 1")",
       "no such field"},
  }));
  CAPTURE(name);
  const auto resolved =
      Resolve(WellText(absl::StrCat(kTable, "$Daftar.point(name = \"a\", ", point, ")")));
  CHECK_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument, message));
  CHECK_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument, "; index=a; struct=Well"));
}

TEST_CASE("resolve: a point is an index of its own kind", "[catalog][unit]") {
  const std::string point =
      R"($Daftar.point(name = "here", latitude = "depth", longitude = "ratio",
                       where = "state = active"))";
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, Resolve(WellText(kTable + point)));
  const catalog::IndexDef& index = catalog.tables[0].indexes.at(0);
  CHECK(index.kind == catalog::IndexKind::kPoint);
  CHECK(index.readable());
  CHECK_FALSE(index.answers_queries());
  CHECK(catalog.has_points());
  CHECK(catalog::Describe(catalog.tables).value()[0].indexes[0].definition ==
        "points at depth, ratio, where state = active");
  CHECK_THAT(
      Resolve("struct Well @0xb000000000000001 $Daftar.point(name = \"a\", latitude = \"n\", "
              "longitude = \"e\") { n @0 :Float64; e @1 :Float64; }"),
      StatusIs(absl::StatusCode::kInvalidArgument, "$point stands on a struct with $table only"));
  CHECK_THAT(Resolve(WellText(kTable + point + point)),
             StatusIs(absl::StatusCode::kInvalidArgument, "two indexes have one name"));
}

TEST_CASE("resolve: refuses malformed index names", "[catalog][unit]") {
  const auto [name, indexes, message] = GENERATE(table<const char*, std::string, const char*>({
      {"missing", R"($Daftar.index(on = ["district"]))", "a name is missing; name=''; index="},
      {"spaces", R"($Daftar.index(name = " a", on = ["district"]))", "name=' a'; index= a"},
      {"too long",
       absl::StrCat("$Daftar.index(name = \"", std::string(65, 'a'), "\", on = [\"district\"])"),
       "the name is longer than 64 bytes"},
      {"two of one name", R"($Daftar.index(name = "a", on = ["district"])
                             $Daftar.index(name = "a", on = ["ratio"]))",
       "two indexes have one name; index=a; struct=Well"},
  }));
  CAPTURE(name);
  CHECK_THAT(Resolve(WellText(absl::StrCat(kTable, " ", indexes))),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("resolve: refuses fields that cannot be stored or annotated so", "[catalog][unit]") {
  const auto [name, field, message] = GENERATE(table<const char*, const char*, const char*>({
      {"date on a wide integer", "a @17 :Int64 $Daftar.date;", "$date stands on Int32 only"},
      {"date on text", "a @17 :Text $Daftar.date;", "$date stands on Int32 only"},
      {"date on unsigned", "a @17 :UInt32 $Daftar.date;", "$date stands on Int32 only"},
      {"date on a list of texts", "a @17 :List(Text) $Daftar.date;", "$date stands on Int32 only"},
      {"instant on a narrow integer", "a @17 :Int32 $Daftar.instant;",
       "$instant stands on Int64 only"},
      {"json on data", "a @17 :Data $Daftar.json;", "$json stands on Text only"},
      {"json on a struct", "a @17 :Place $Daftar.json;", "$json stands on Text only"},
      {"decimal on a float", "a @17 :Float64 $Daftar.decimal(2);",
       "$decimal stands on Int32 or Int64 only"},
      {"decimal on unsigned", "a @17 :UInt64 $Daftar.decimal(2);",
       "$decimal stands on Int32 or Int64 only"},
      {"too many digits", "a @17 :Int64 $Daftar.decimal(19);",
       "$decimal has too many digits after the point; digits=19; limit=18"},
      {"too many digits for 32 bits", "a @17 :Int32 $Daftar.decimal(10);",
       "$decimal has too many digits after the point; digits=10; limit=9"},
      {"two meanings", "a @17 :Int32 $Daftar.date $Daftar.decimal(2);",
       "a field has at most one of $date, $instant, $decimal and $json"},
      {"one meaning twice", "a @17 :Int32 $Daftar.date $Daftar.date;",
       "a field has at most one of"},
      {"AnyPointer", "a @17 :AnyPointer;",
       "AnyPointer and generic parameters cannot be stored; name a type"},
      {"AnyStruct", "a @17 :AnyStruct;", "AnyPointer and generic parameters cannot be stored"},
      {"capability", "a @17 :Door; interface Door {}",
       "capabilities cannot be stored; remove the field"},
      {"list of capabilities", "a @17 :List(Door); interface Door {}",
       "capabilities cannot be stored"},
  }));
  CAPTURE(name);
  const auto resolved = Resolve(WellText(kTable, field));
  CHECK_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument, message));
  CHECK_THAT(resolved, StatusIs(absl::StatusCode::kInvalidArgument, "; struct=Well; field=a"));
}

TEST_CASE("resolve: refuses a bad field in a struct that is no table", "[catalog][unit]") {
  const std::string body =
      WellText(kTable, "part @17 :Part;") + "struct Part { x @0 :AnyPointer; }";
  CHECK_THAT(Resolve(body), StatusIs(absl::StatusCode::kInvalidArgument, "; struct=Part; field=x"));
}

TEST_CASE("resolve: refuses two tables of one name", "[catalog][unit]") {
  const std::string other = R"(
    struct Other $Daftar.table(name = "well", key = ["a"]) { a @0 :Text; })";
  CHECK_THAT(Resolve(WellText(kTable) + other),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "two tables have one name; table=well; struct=Other"));
}

TEST_CASE("resolve: a table has 64 indexes at most", "[catalog][unit]") {
  std::string annotations = kTable;
  for (int i = 0; i < 64; ++i) {
    absl::StrAppend(&annotations, " $Daftar.index(name = \"i", i, "\", on = [\"district\"])");
  }
  REQUIRE_OK(Resolve(WellText(annotations)));
  annotations += R"( $Daftar.index(name = "last", on = ["district"]))";
  CHECK_THAT(Resolve(WellText(annotations)),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "table has too many indexes; limit=64; struct=Well"));
}

TEST_CASE("resolve: accepts every kind of index", "[catalog][unit]") {
  const auto [name, arguments, shown, fans_out] =
      GENERATE(table<const char*, const char*, const char*, bool>({
          {"plain", R"(on = ["district"])", "on district", false},
          {"said ascending", R"(on = ["district asc"])", "on district", false},
          {"usual nulls", R"(on = ["district nulls first", "law.decree desc nulls last"])",
           "on district, law.decree desc", false},
          {"other nulls", R"(on = ["district nulls last", "depth desc nulls first"])",
           "on district nulls last, depth desc nulls first", false},
          {"spaces and tabs", R"(on = ["  district	desc  "])", "on district desc", false},
          {"compound and nested", R"(on = ["place.town", "owner.share desc"])",
           "on place.town, owner.share desc", false},
          {"optional by member", R"(on = ["depth.metres"])", "on depth", false},
          {"enumerant and float", R"(on = ["state", "ratio"])", "on state, ratio", false},
          {"unique", R"(on = ["district"], unique = true)", "on district, unique", false},
          {"covering", R"(on = ["district"], covering = ["depth", "form"])",
           "on district, covering depth, form", false},
          {"partial", R"(on = ["district"], where = "state = active and depth is not null")",
           "on district, where state = active and depth is not null", false},
          {"list of values", R"(on = ["hs"])", "on hs", true},
          {"list of structs", R"(on = ["tests.code", "licence"])", "on tests.code, licence", true},
          {"list in a list", R"(on = ["tests.tags desc", "tests.code"])",
           "on tests.tags desc, tests.code", true},
      }));
  CAPTURE(name);
  const std::string annotations =
      absl::StrCat(kTable, " $Daftar.index(name = \"a\", ", arguments, ")");
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, Resolve(WellText(annotations)));
  REQUIRE(catalog.tables.size() == 1);
  REQUIRE(catalog.tables[0].indexes.size() == 1);
  CHECK(catalog.tables[0].indexes[0].fans_out() == fans_out);
  REQUIRE_OK_AND_ASSIGN(const auto described, catalog::Describe(catalog.tables));
  CHECK(described[0].indexes[0].definition == shown);
}

TEST_CASE("resolve: accepts keys of several paths, nested and descending", "[catalog][unit]") {
  REQUIRE_OK_AND_ASSIGN(
      const Catalog catalog,
      Resolve(WellText(
          R"($Daftar.table(name = "w_1", key = ["place.town", "owner.name desc", "state"]))")));
  const auto& key = catalog.tables[0].key;
  REQUIRE(key.size() == 3);
  CHECK(key[1].part ==
        codec::KeyPart{codec::KeyType::kText, codec::Direction::kDescending, codec::Nulls::kNever});
  CHECK(key[2].part == codec::KeyPart{codec::KeyType::kUInt16, codec::Direction::kAscending,
                                      codec::Nulls::kNever});
}

TEST_CASE("resolve: takes what commits must state, and how long history is kept",
          "[catalog][unit]") {
  const auto [annotation, parts, days] =
      GENERATE(table<const char*, std::vector<std::string_view>, uint32_t>({
          {"", {}, 0},
          {", requires = []", {}, 0},
          {", requires = [actor]", {"actor"}, 0},
          {", requires = [reason], historyDays = 0", {"reason"}, 0},
          {", requires = [decision, actor]", {"actor", "decision"}, 0},
          {", requires = [reason, decision, actor], historyDays = 1",
           {"actor", "reason", "decision"},
           1},
          {", requires = [actor, actor]", {"actor"}, 0},
          {", historyDays = 4294967295", {}, UINT32_MAX},
      }));
  CAPTURE(annotation);
  REQUIRE_OK_AND_ASSIGN(
      const Catalog catalog,
      Resolve(WellText(
          absl::StrCat(R"($Daftar.table(name = "well", key = ["licence"])", annotation, ")"))));
  CHECK(catalog::RequiredParts(catalog.tables[0]) == parts);
  CHECK(catalog.tables[0].history_days == days);
}

TEST_CASE("resolve: nulls stand first ascending and last descending", "[catalog][unit]") {
  const auto [text, nulls] = GENERATE(
      table<const char*, codec::Nulls>({{"district", codec::Nulls::kFirst},
                                        {"district desc", codec::Nulls::kLast},
                                        {"district nulls last", codec::Nulls::kLast},
                                        {"district desc nulls first", codec::Nulls::kFirst},
                                        {"licence desc", codec::Nulls::kNever},
                                        {"tests.code", codec::Nulls::kFirst},
                                        {"hs", codec::Nulls::kNever},
                                        {"place.box", codec::Nulls::kFirst}}));
  CAPTURE(text);
  const Sample sample(WellText(kTable));
  REQUIRE_OK_AND_ASSIGN(const catalog::Term term,
                        catalog::ParseIndexTerm(sample.Struct("Well"), text));
  CHECK(term.part.nulls == nulls);
}

TEST_CASE("resolve: ids are given out in order, each once", "[catalog][unit]") {
  const std::string other = R"(
    struct Other $Daftar.table(name = "other", key = ["a"])
        $Daftar.index(name = "x", on = ["a"]) { a @0 :Text; })";
  const std::string indexes = absl::StrCat(kTable, R"( $Daftar.index(name = "x", on = ["district"])
                                                     $Daftar.index(name = "y", on = ["ratio"]))");
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, Resolve(WellText(indexes) + other));
  CHECK(catalog.version == SchemaVersion(1));
  REQUIRE(catalog.tables.size() == 2);
  CHECK(catalog.tables[0].id == TableId(1));
  CHECK(catalog.tables[1].id == TableId(2));
  CHECK(catalog.next_table == TableId(3));
  CHECK(catalog.tables[0].indexes[1].id == IndexId(2));
  CHECK(catalog.tables[1].indexes[0].id == IndexId(3));
  CHECK(catalog.next_index == IndexId(4));
  CHECK(catalog.FindTable("other") == &catalog.tables[1]);
  CHECK(catalog.FindTable(TableId(2)) == &catalog.tables[1]);
  CHECK(catalog.FindType(0xb000000000000001) == &catalog.tables[0]);
  CHECK_THAT(catalog.GetTable("wel"),
             StatusIs(absl::StatusCode::kNotFound, "no such table; table=wel; tables=well, other"));
}

TEST_CASE("resolve: the registry of an investment authority is accepted", "[catalog][unit]") {
  REQUIRE_OK_AND_ASSIGN(const auto set,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  REQUIRE_OK_AND_ASSIGN(const Catalog catalog, catalog::NewCatalog(set));
  CHECK(catalog.tables.size() > 10);
}

}  // namespace
}  // namespace daftar::testing
