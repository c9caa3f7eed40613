#include "record/field_path.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::FieldPath;

constexpr const char* kFull = R"({
  "district": "Pars", "licence": 7, "place": {"town": "Asaluyeh", "box": 12},
  "tests": [
    {"code": "x", "day": "2025-03-21", "results": [{"value": 1.5}, {"value": 2, "unit": "m"}]},
    {"results": [], "tags": ["a", "b"]},
    {"code": "z", "results": [{"value": -3.25, "unit": ""}], "tags": [""]}],
  "hs": ["2711", "2709"], "depth": 12.25, "validTo": "2030-01-01", "state": "sealed",
  "owner": {"name": "NIOC", "contact": {"mail": "a@b"}}, "law": {"act": {"number": 5}},
  "seat": {"town": "Tehran"}, "days": ["2025-01-01"], "flag": true})";

TEST_CASE("field path: evaluates every kind of path", "[record][unit]") {
  const auto [name, path, full, empty, nullable, lists] =
      GENERATE(table<const char*, const char*, const char*, const char*, bool, size_t>(
          {{"text", "district", "Pars", "null", true, 0},
           {"number", "licence", "7", "0", false, 0},
           {"enumerant", "state", "sealed", "unspecified", false, 0},
           {"boolean", "flag", "true", "false", false, 0},
           {"optional", "depth", "12.25", "null", true, 0},
           {"optional by its member", "depth.metres", "12.25", "null", true, 0},
           {"optional date", "validTo", "2030-01-01", "null", true, 0},
           {"group", "owner.name", "NIOC", "null", true, 0},
           {"group with a default", "owner.share", "100", "100", false, 0},
           {"group in a group", "owner.contact.mail", "a@b", "null", true, 0},
           {"struct", "place.town", "Asaluyeh", "null", true, 0},
           {"unset in a struct", "place.street", "null", "null", true, 0},
           {"optional in a struct", "place.box", "12", "null", true, 0},
           {"optional struct", "seat.place.town", "Tehran", "null", true, 0},
           {"active group of a union", "law.act.number", "5", "null", true, 0},
           {"other member of a union", "law.decree", "null", "null", true, 0},
           {"struct in a union", "law.order.town", "null", "null", true, 0},
           {"list of texts", "hs", "2711 | 2709", "", false, 1},
           {"list of dates", "days", "2025-01-01", "", false, 1},
           {"list of structs", "tests.code", "x | null | z", "", true, 1},
           {"number in a list", "tests.day", "2025-03-21 | 1970-01-01 | 1970-01-01", "", false, 1},
           {"list in a list", "tests.results.value", "1.50 | 2.00 | -3.25", "", false, 2},
           {"text in two lists", "tests.results.unit", "null | m | ", "", true, 2},
           {"texts in a list", "tests.tags", "a | b | ", "", false, 2}}));
  CAPTURE(name);
  const Sample& sample = WellSample();
  const FieldPath parsed = sample.Path("Well", path);
  CHECK(AllValues(parsed, sample.Make("Well", kFull)) == full);
  CHECK(AllValues(parsed, sample.Make("Well", "{}")) == empty);
  CHECK(parsed.nullable() == nullable);
  CHECK(parsed.list_count() == lists);
  REQUIRE_OK_AND_ASSIGN(const FieldPath resolved,
                        FieldPath::Resolve(sample.Struct("Well"), parsed.stored()));
  CHECK(resolved == parsed);
  CHECK(resolved.text() == parsed.text());
  CHECK(AllValues(resolved, sample.Make("Well", kFull)) == full);
}

TEST_CASE("field path: an optional's path is its name", "[record][unit]") {
  CHECK(WellSample().Path("Well", "depth.metres").text() == "depth");
  CHECK(WellSample().Path("Well", "place.box.number").text() == "place.box");
  CHECK(WellSample().Path("Well", "law.act.number").text() == "law.act.number");
}

TEST_CASE("field path: refuses what leads to no single value", "[record][unit]") {
  const auto [name, path, message] = GENERATE(table<const char*, const char*, const char*>(
      {{"unknown", "depht", "no such field; struct=Well; field=depht; path=depht; fields=district"},
       {"unknown inside", "place.twon",
        "no such field; struct=Place; field=twon; path=place.twon; fields=town, street, box"},
       {"unknown in a list", "tests.cod", "no such field; struct=Test; field=cod"},
       {"empty", "", "no such field; struct=Well; field=; path=;"},
       {"empty step", "place..town", "no such field; struct=Place; field=; path=place..town"},
       {"trailing dot", "place.", "no such field; struct=Place; field=; path=place."},
       {"space", " district", "no such field; struct=Well; field= district"},
       {"a struct", "place",
        "path does not end in a single value; path=place; continue with one of=town, street, box"},
       {"a group", "owner", "continue with one of=name, share, contact"},
       {"a union", "law", "continue with one of=unknown, act, decree, order"},
       {"list of structs", "tests", "continue with one of=code, day, results, tags"},
       {"optional struct", "seat", "path=seat; continue with one of=town, street, box"},
       {"list of lists", "matrix", "path does not end in a single value; path=matrix"},
       {"void", "mark", "path does not end in a single value; path=mark"},
       {"on after text", "district.x", "path goes on after a single value; path=district.x"},
       {"on after a list of texts", "hs.x", "path goes on after a single value; path=hs.x"}}));
  CAPTURE(name);
  CHECK_THAT(FieldPath::Parse(WellSample().Struct("Well"), path),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("field path: a renamed field keeps its stored path", "[record][unit]") {
  const Sample before(R"(
    struct A @0xb000000000000001 {
      place @0 :B;
      box :union { none @1 :Void; number @2 :UInt32; } }
    struct B @0xb000000000000002 { town @0 :Text; })");
  const Sample after(R"(
    struct Alpha @0xb000000000000001 {
      site @0 :Beta;
      case :union { no @1 :Void; count @2 :UInt32; } }
    struct Beta @0xb000000000000002 { city @0 :Text; })");
  const auto [old_text, new_text] =
      GENERATE(table<const char*, const char*>({{"place.town", "site.city"}, {"box", "case"}}));
  REQUIRE_OK_AND_ASSIGN(
      const FieldPath path,
      FieldPath::Resolve(after.Struct("Alpha"), before.Path("A", old_text).stored()));
  CHECK(path.text() == new_text);
  CHECK(path == after.Path("Alpha", new_text));
}

TEST_CASE("field path: a stored path that the schema lacks is NotFound", "[record][unit]") {
  const capnp::StructSchema well = WellSample().Struct("Well");
  const uint64_t id = well.getProto().getId();
  const auto [name, stored] = GENERATE_COPY(table<const char*, record::StoredPath>(
      {{"another struct", {{id + 1, 0}}}, {"no such ordinal", {{id, 999}}}}));
  CAPTURE(name);
  CHECK_THAT(FieldPath::Resolve(well, stored),
             StatusIs(absl::StatusCode::kNotFound, "schema lacks a field of a stored path"));
  CHECK_THAT(FieldPath::Resolve(well, {}),
             StatusIs(absl::StatusCode::kNotFound, "stored path is empty"));
  CHECK_THAT(FieldPath::Resolve(well, {{id, 2}}),
             StatusIs(absl::StatusCode::kInvalidArgument, "path does not end in a single value"));
  CHECK_THAT(FieldPath::Resolve(well, {{id, 0}, {id, 0}}),
             StatusIs(absl::StatusCode::kNotFound, "schema lacks a field of a stored path"));
}

TEST_CASE("field path: shares a list with paths that walk through it", "[record][unit]") {
  const Sample& sample = WellSample();
  const FieldPath value = sample.Path("Well", "tests.results.value");
  CHECK(value.SharesList(0, sample.Path("Well", "tests.code")));
  CHECK(value.SharesList(1, sample.Path("Well", "tests.results.unit")));
  CHECK_FALSE(value.SharesList(1, sample.Path("Well", "tests.tags")));
  CHECK_FALSE(value.SharesList(1, sample.Path("Well", "tests.code")));
  CHECK_FALSE(value.SharesList(0, sample.Path("Well", "others.code")));
  CHECK_FALSE(value.SharesList(0, sample.Path("Well", "hs")));
}

TEST_CASE("field path: walking a long list stays within the traversal limit", "[record][unit]") {
  std::string json = R"({"tests": [)";
  constexpr int kCount = 10'000;
  for (int i = 0; i < kCount; ++i) {
    json += i == 0 ? R"({"code": "a"})" : R"(,{"code": "a"})";
  }
  const record::Message record = WellSample().Make("Well", json + "]}");
  const FieldPath code = WellSample().Path("Well", "tests.code");
  const FieldPath day = WellSample().Path("Well", "tests.day");
  for (int i = 0; i < 20; ++i) {
    CHECK(AllValues(code, record).size() == kCount * 4 - 3);
    CHECK(AllValues(day, record).size() == kCount * 13 - 3);
  }
}

}  // namespace
}  // namespace daftar::testing
