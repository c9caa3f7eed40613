#include "io/cell_op.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <tuple>

#include "base/status.h"
#include "record/json_parser.h"
#include "support/status_matchers.h"

namespace daftar::io {
namespace {

using record::JsonValue;
using testing::StatusIs;

absl::StatusOr<std::vector<CellOp>> Parse(std::string_view text) {
  auto json = record::ParseJson(text);
  REQUIRE_OK(json);
  const Spec spec(&*json, "ops");
  DAFTAR_ASSIGN_OR_RETURN(const auto members, spec.Members());
  LookupTables lookups;
  lookups["shared"] = {{"one", JsonValue("1")}};
  return ParseCellOps(members, lookups);
}

TEST_CASE("cell op: what each operation makes of a value", "[io][unit]") {
  const auto [ops, in, out] = GENERATE(table<const char*, const char*, const char*>({
      {R"({"trim": true})", R"(" a b\t")", R"("a b")"},
      {R"({"trim": true})", R"("\u00a0\u200epars\u200f\ufeff ")", R"("pars")"},
      {R"({"trim": true})", R"(" \u2003 ")", R"("")"},
      {R"({"trim": true})", R"(["a ",null," b"])", R"(["a",null,"b"])"},
      {R"({"null_if": "n/a"})", R"("n/a")", "null"},
      {R"({"null_if": ["", "-"]})", R"(["","x","-"])", R"([null,"x",null])"},
      {R"({"null_if": "5"})", "5", "null"},
      {R"x({"strip_prefix": "(Persian)"})x", R"x("(Persian)x(Persian)")x", R"x("x(Persian)")x"},
      {R"({"strip_prefix": ["b", "a"]})", R"("ab")", R"("b")"},
      {R"({"strip_suffix": [" Co", " Ltd"]})", R"("Pars Ltd")", R"("Pars")"},
      {R"({"lower": true})", R"("Ähm PARS")", R"("ähm pars")"},
      {R"({"upper": true})", R"("éx")", R"("ÉX")"},
      {R"({"replace": {",": "", "a": "b"}})", R"("1,000,0a")", R"("10000b")"},
      {R"({"pad": {"width": 4, "with": "0"}})", R"(["4","12345"])", R"(["0004","12345"])"},
      {R"({"latin_digits": true})", R"("۱۲٣٤5")", R"("12345")"},
      {R"({"split": "; "})", R"("a; b;c")", R"(["a","b;c"])"},
      {R"({"split": ","})", R"("")", "[]"},
      {R"({"split": ""})", R"("پ1-")", R"(["پ","1","-"])"},
      {R"({"split": ","})", "null", "null"},
      {R"({"join": "; "})", R"(["a",null,"b",3])", R"("a; b; 3")"},
      {R"({"join": ","})", "[null]", "null"},
      {R"({"join": ","})", R"("a")", R"("a")"},
      {R"({"at": 0})", R"(["a","b"])", R"("a")"},
      {R"({"at": -1})", R"(["a","b"])", R"("b")"},
      {R"({"at": 2})", R"(["a","b"])", "null"},
      {R"({"at": 0})", R"("a")", R"("a")"},
      {R"({"parse": "{n} [{s}%]"})", R"("A [B] [50%]")", R"({"n":"A [B]","s":"50"})"},
      {R"({"parse": ["{n} [{s}%]", "{n}"]})", R"(["A [1%]","B"])",
       R"([{"n":"A","s":"1"},{"n":"B"}])"},
      {R"({"parse": "{{{a}}}"})", R"("{x}")", R"({"a":"x"})"},
      {R"({"parse": "{n} [{s}%]", "take": "s"})", R"("A [50%]")", R"("50")"},
      {R"({"parse": ["{n} [{s}%]", "{n}"], "take": "s"})", R"("A")", "null"},
      {R"({"parse": "x{n}", "otherwise": "null"})", R"("y")", "null"},
      {R"({"parse": "x{n}", "otherwise": "keep"})", R"("y")", R"("y")"},
      {R"({"default": "x"})", R"([null,"y"])", R"(["x","y"])"},
      {R"({"default": 0})", "null", "0"},
      {R"({"json": true})", R"("{\"a\":[1]}")", R"({"a":[1]})"},
      {R"({"lookup": {"Iran": "IR"}})", R"("Iran")", R"("IR")"},
      {R"({"lookup": {"1": true, "2": null}})", R"(["1",2])", "[true,null]"},
      {R"({"lookup": "shared"})", R"("one")", R"("1")"},
      {R"({"lookup": {}, "otherwise": "null"})", R"("x")", "null"},
      {R"({"lookup": {}, "otherwise": "keep"})", R"("x")", R"("x")"},
      {R"({"lookup": {}, "otherwise": {"value": "other"}})", R"("x")", R"("other")"},
      {R"({"date": "%d/%m/%Y"})", R"("5/12/2024")", R"("2024-12-05")"},
      {R"({"date": ["%Y-%m-%d", "%d %b %Y"]})", R"("20 March 2024")", R"("2024-03-20")"},
      {R"({"date": {"formats": ["%Y"], "partial": "first"}})", R"("1984")", R"("1984-01-01")"},
      {R"({"date": {"formats": ["%Y-%m-%d", "%Y"], "partial": "null"}})", R"("1984")", "null"},
      {R"({"date": {"formats": ["%y%m"], "partial": "first"}})", R"("9601")", R"("1996-01-01")"},
      {R"({"date": "excel"})", R"("45371")", R"("2024-03-20")"},
      {R"({"date": "%Y", "otherwise": "null"})", R"("1984")", "null"},
      {R"({"multiply": 10000})", R"("12.5")", R"("125000")"},
      {R"({"multiply": 10000})", R"("100.0")", R"("1000000")"},
      {R"({"multiply": {"by": "0.001", "digits": 3}})", "-25", R"("-0.025")"},
      {R"({"multiply": 10000, "otherwise": "null"})", R"("33.333333")", "null"},
      {R"({"units": {"ha": 10000, "m2": 1, "": 1}})", R"(["1.5 ha","7m2","9"])",
       R"(["15000","7","9"])"},
      {R"({"units": {"km": "0.001", "digits": 3}})", R"("5 km")", R"("0.005")"},
      {R"({"coordinates": "lat"})", R"("30.945723, 52.893091")", R"("30.945723")"},
      {R"({"coordinates": "lon"})", R"("30.945723, 52.893091")", R"("52.893091")"},
      {R"({"coordinates": "lat"})", R"("3002N 05232E")", R"("30.033333")"},
      {R"({"coordinates": "lon"})", R"("0245S 01010W")", R"("-10.166667")"},
      {R"({"trim": true, "then": [{"strip_prefix": "x"}, {"trim": true}]})", R"(" x a")", R"("a")"},
  }));
  CAPTURE(ops, in);
  REQUIRE_OK_AND_ASSIGN(const std::vector<CellOp> parsed, Parse(ops));
  REQUIRE_OK_AND_ASSIGN(JsonValue value, record::ParseJson(in));
  REQUIRE_OK(ApplyAll(parsed, &value));
  std::string text;
  record::AppendJson(value, &text);
  CHECK(text == out);
}

TEST_CASE("cell op: null stays null", "[io][unit]") {
  const char* ops = GENERATE(R"({"trim": true})", R"({"null_if": "x"})", R"({"lower": true})",
                             R"({"lookup": {}})", R"({"date": "%Y"})", R"({"multiply": 2})",
                             R"({"units": {"m": 1}})", R"({"coordinates": "lat"})",
                             R"({"parse": "{a}", "take": "a"})", R"({"json": true})");
  CAPTURE(ops);
  REQUIRE_OK_AND_ASSIGN(const std::vector<CellOp> parsed, Parse(ops));
  JsonValue value;
  REQUIRE_OK(ApplyAll(parsed, &value));
  CHECK(value.is_null());
}

TEST_CASE("cell op: values that an operation refuses", "[io][unit]") {
  const auto [ops, in, message] = GENERATE(table<const char*, const char*, const char*>({
      {R"({"lookup": {"Iran": "IR"}})", R"("Iraq")",
       "value is not in the lookup table; value=Iraq; remedy=add it to the table or set"},
      {R"({"parse": "{n} [{s}%]"})", R"("A")", "value has none of the forms in \"parse\"; value=A"},
      {R"({"date": "%Y-%m-%d"})", R"("2023-02-29")", "none of the date formats of the map; value="},
      {R"({"date": "%Y-%m-%d"})", R"("2023-2-1x")", "none of the date formats"},
      {R"({"date": "%Y"})", R"("1984")", "none of the date formats"},
      {R"({"date": "%d%m%Y"})", R"("112024")", "none of the date formats"},
      {R"({"date": "%d/%m/%Y"})", R"("0/1/2024")", "none of the date formats"},
      {R"({"date": "excel"})", R"("2024")", "none of the date formats"},
      {R"({"multiply": 10000})", R"("33.333333")",
       "number would have to be rounded; value=33.333333; factor=10000; digits_max=0; remedy="},
      {R"({"multiply": 2})", R"(">0")", "value is not a number; value=>0; cause=it has characters"},
      {R"({"multiply": 2})", R"("1.")", "value is not a number; value=1.; cause=digits must"},
      {R"({"multiply": 2})", R"("1234567890123456789")", "it has more than 18 digits"},
      {R"({"units": {"ha": 1}})", R"("5 m2")", "value has none of the units of the map; value=5"},
      {R"({"units": {"ha": 1}})", R"("- ha")", "value is not a number; value=-"},
      {R"({"coordinates": "lat"})", R"("91.0, 5.0")", "value is not a pair of coordinates"},
      {R"({"coordinates": "lon"})", R"("1.0")", "value is not a pair of coordinates"},
      {R"({"coordinates": "lat"})", R"("3060N 05232E")", "value is not a pair of coordinates"},
      {R"({"take": "a"})", R"("text")", "the value has no parts to take; value=text; part=a"},
      {R"({"trim": true})", R"({"a":1})", "the operation needs text; value=an object"},
      {R"({"split": ","})", R"(["a"])", "only text can be split; value=an array"},
      {R"({"join": ","})", R"([["a"]])", "only texts can be joined; value=an array"},
      {R"({"json": true})", R"("{")", "JSON does not parse; line=1; column=2"},
  }));
  CAPTURE(ops, in);
  REQUIRE_OK_AND_ASSIGN(const std::vector<CellOp> parsed, Parse(ops));
  REQUIRE_OK_AND_ASSIGN(JsonValue value, record::ParseJson(in));
  CHECK_THAT(ApplyAll(parsed, &value), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("cell op: specs that are refused with their place", "[io][unit]") {
  const auto [ops, message] = GENERATE(table<const char*, const char*>({
      {R"({"trimm": true})", "place=ops.trimm; cause=unknown operation; known are lookup, other"},
      {R"({"trim": false})", "place=ops.trim; cause=it can only be true; leave it out otherwise"},
      {R"({"trim": true, "trim": true})", "place=ops.trim; cause=the name stands twice"},
      {R"({"null_if": 5})", "place=ops.null_if; cause=a list is expected, not a number"},
      {R"({"null_if": [5]})", "place=ops.null_if[0]; cause=text is expected, not a number"},
      {R"({"lookup": "none"})", "place=ops.lookup; cause=\"lookups\" has no table of this name"},
      {R"({"lookup": {"a": []}})", "place=ops.lookup.a; cause=a lookup gives text, a number"},
      {R"({"otherwise": "null"})", "place=ops.otherwise; cause=it must follow an operation"},
      {R"({"trim": true, "otherwise": "null"})", "place=ops.otherwise; cause=it must follow an"},
      {R"({"date": "%Y", "otherwise": "skip"})", "place=ops.otherwise; cause=it must be \"error\""},
      {R"({"date": "%m"})", "place=ops.date; cause=date format has no year"},
      {R"({"date": "%Y%Q"})", "place=ops.date; cause=date format has an unknown field"},
      {R"({"date": "%Y%y"})", "place=ops.date; cause=date format has a field twice"},
      {R"({"date": []})", "place=ops.date; cause=a date format is needed"},
      {R"({"date": {"formats": "%Y", "partial": "x"}})", "place=ops.date.partial; cause=unknown"},
      {R"({"date": {"format": "%Y"}})", "place=ops.date.format; cause=unknown name; known are"},
      {R"({"parse": []})", "place=ops.parse; cause=a pattern is needed"},
      {R"({"parse": "x"})", "place=ops.parse; cause=a pattern needs a {name}"},
      {R"({"parse": "{a}{b}"})", "place=ops.parse; cause=text must stand between two names"},
      {R"({"parse": "{a} {a}"})", "place=ops.parse; cause=a name stands twice in a pattern"},
      {R"({"parse": "{a"})", "place=ops.parse; cause=pattern has an opening brace"},
      {R"({"parse": "a}"})", "place=ops.parse; cause=pattern has a closing brace"},
      {R"({"parse": "{}"})", "place=ops.parse; cause=pattern has an empty name"},
      {R"({"multiply": "x"})", "place=ops.multiply; cause=a number such as 10000"},
      {R"({"multiply": {"digits": 2}})", "place=ops.multiply; cause=\"by\" is needed"},
      {R"({"multiply": {"by": 1, "digits": 19}})", "place=ops.multiply.digits; cause=it must be"},
      {R"({"multiply": {"by": 1, "to": 1}})", "place=ops.multiply.to; cause=unknown name"},
      {R"({"units": {}})", "place=ops.units; cause=a unit is needed"},
      {R"({"units": {"ha": "x"}})", "place=ops.units.ha; cause=a number such as"},
      {R"({"coordinates": "x"})", "place=ops.coordinates; cause=it must be lat or lon"},
      {R"({"pad": {"width": 3}})", "place=ops.pad; cause=width and with are both needed"},
      {R"({"pad": {"width": 0}})", "place=ops.pad.width; cause=it must be from 1 to 100"},
      {R"({"pad": {"with": "ab"}})", "place=ops.pad.with; cause=it must be one character"},
      {R"({"pad": {"to": 1}})", "place=ops.pad.to; cause=unknown name; known are width, with"},
      {R"({"replace": {"": "x"}})", "cause=nothing cannot be replaced"},
      {R"({"at": "x"})", "place=ops.at; cause=an integer is expected, not text"},
      {R"({"then": {"trim": true}})", "place=ops.then; cause=a list is expected, not an object"},
      {R"({"then": [{"x": 1}]})", "place=ops.then[0].x; cause=unknown operation"},
  }));
  CAPTURE(ops);
  const auto parsed = Parse(ops);
  CHECK_THAT(parsed, StatusIs(absl::StatusCode::kInvalidArgument, message));
  CHECK_THAT(parsed, StatusIs(absl::StatusCode::kInvalidArgument, "import map is not valid; pla"));
}

}  // namespace
}  // namespace daftar::io
