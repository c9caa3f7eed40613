#include "record/json_codec.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "record/json_parser.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

absl::StatusOr<record::Message> FromText(const char* struct_name, std::string_view text) {
  const auto json = record::ParseJson(text);
  REQUIRE_OK(json);
  return record::MessageFromJson(WellSample().Struct(struct_name), *json);
}

TEST_CASE("JSON codec: writes each kind of field", "[record][unit]") {
  const auto [name, read, written] = GENERATE(table<const char*, const char*, const char*>(
      {{"text", R"({"district":"a\"\n\u0000پ"})", R"("district":"a\"\n\u0000پ")"},
       {"empty text", R"({"district":""})", R"("district":"")"},
       {"number as text", R"({"licence":"12"})", R"("licence":12)"},
       {"optional", R"({"depth":1.5})", R"("depth":1.50)"},
       {"optional as text", R"({"depth":"1.5"})", R"("depth":1.50)"},
       {"optional by member", R"({"depth":{"metres":1.5}})", R"("depth":1.50)"},
       {"optional of zero", R"({"depth":0})", R"("depth":0.00)"},
       {"date", R"({"validTo":"2025-03-21"})", R"("validTo":"2025-03-21")"},
       {"instant", R"({"recordedAt":"2025-03-21T09:30:00+03:30"})",
        R"("recordedAt":"2025-03-21T06:00:00Z")"},
       {"data", R"({"seal":"AP8Q"})", R"("seal":"AP8Q")"},
       {"json", R"({"form":{"b":[1,null,1e5],"a":"x"}})", R"("form":{"b":[1,null,1e5],"a":"x"})"},
       {"json text", R"({"form":"x"})", R"("form":"x")"},
       {"optional json", R"({"note":{"a":1}})", R"("note":{"a":1})"},
       {"enumerant", R"({"state":"active"})", R"("state":"active")"},
       {"unknown enumerant", R"({"state":"#9"})", R"("state":"#9")"},
       {"group", R"({"owner":{"name":"N"}})", R"("owner":{"name":"N","share":100,"contact":{}})"},
       {"group of a union", R"({"law":{"act":{"number":5}}})", R"("law":{"act":{"number":5}})"},
       {"text of a union", R"({"law":{"decree":"d"}})", R"("law":{"decree":"d"})"},
       {"void of a union", R"({"law":{"unknown":null}})", R"("law":{"unknown":null})"},
       {"struct", R"({"place":{"town":"T"}})", R"("place":{"town":"T"})"},
       {"empty struct", R"({"place":{}})", R"("place":{})"},
       {"optional struct", R"({"seat":{"town":"T"}})", R"("seat":{"town":"T"})"},
       {"list", R"({"hs":["1",""]})", R"("hs":["1",""])"},
       {"empty list", R"({"hs":[]})", R"("hs":[])"},
       {"list of dates", R"({"days":["2025-03-21"]})", R"("days":["2025-03-21"])"},
       {"list of enumerants", R"({"states":["active","#9"]})", R"("states":["active","#9"])"},
       {"list of structs", R"({"tests":[{"code":"a"},{}]})",
        R"("tests":[{"code":"a","day":"1970-01-01"},{"day":"1970-01-01"}])"},
       {"list of lists", R"({"matrix":[[1,-2],[],[3]]})", R"("matrix":[[1,-2],[],[3]])"},
       {"float", R"({"ratio":0.1})", R"("ratio":0.1)"},
       {"NaN", R"({"ratio":"NaN"})", R"("ratio":"NaN")"},
       {"infinity", R"({"small":"-Infinity"})", R"("small":"-Infinity")"},
       {"decimal of 18 digits", R"({"price":9.223372036854775807})",
        R"("price":9.223372036854775807)"}}));
  CAPTURE(name);
  REQUIRE_OK_AND_ASSIGN(const record::Message message, FromText("Well", read));
  const std::string json = ToJson(message);
  CAPTURE(json);
  CHECK(json.find(written) != std::string::npos);
  CHECK(WellSample().Make("Well", json).bytes() == message.bytes());
}

TEST_CASE("JSON codec: integers of 64 bits are exact", "[record][unit]") {
  const char* json =
      R"({"int8":-128,"int16":32767,"int32":-2147483648,"int64":-9223372036854775808,)"
      R"("uint8":255,"uint16":65535,"uint32":4294967295,"uint64":18446744073709551615})";
  CHECK(ToJson(WellSample().Make("Numbers", json)) == json);
  const std::string odd = ToJson(
      WellSample().Make("Numbers", R"({"int64": 9007199254740993, "uint64": 9007199254740993})"));
  CHECK(odd.find(R"("int64":9007199254740993)") != std::string::npos);
  CHECK(odd.find(R"("uint64":9007199254740993)") != std::string::npos);
}

TEST_CASE("JSON codec: null and absent leave a field unset", "[record][unit]") {
  const std::string empty = ToJson(WellSample().Make("Well", "{}"));
  CHECK(empty == R"({"licence":0,"recordedAt":"1970-01-01T00:00:00Z","state":"unspecified",)"
                 R"("owner":{"share":100,"contact":{}},"law":{"unknown":null},"ratio":0,"small":0,)"
                 R"("flag":false,"price":0.000000000000000000})");
  const char* field = GENERATE("district", "place", "tests", "hs", "depth", "validTo", "seal",
                               "form", "owner", "law", "seat", "matrix", "note", "mark");
  CAPTURE(field);
  const std::string json = std::string("{\"") + field + "\": null}";
  CHECK(ToJson(WellSample().Make("Well", json)) == empty);
}

TEST_CASE("JSON codec: an empty cell is an unset optional, unless it holds text",
          "[record][unit]") {
  CHECK(ToJson(WellSample().Make("Well", R"({"depth": "", "validTo": ""})")) ==
        ToJson(WellSample().Make("Well", "{}")));
}

TEST_CASE("JSON codec: refuses, naming field, value and remedy", "[record][unit]") {
  const auto [name, json, message] = GENERATE(table<const char*, const char*, const char*>(
      {{"not an object", "[1]", "expected an object; field=; value=[1]"},
       {"unknown field", R"({"distrikt": 1})",
        "no such field; field=distrikt; value=1; struct=Well; fields=district, licence"},
       {"unknown inside", R"({"tests": [{}, {"cod": "a"}]})",
        "no such field; field=tests[1].cod; value='a'; struct=Test; fields=code, day"},
       {"unknown in a group", R"({"owner": {"nam": 1}})",
        "no such field; field=owner.nam; value=1; struct="},
       {"given twice", R"({"licence": 1, "licence": 1})",
        "field is given twice; field=licence; value=1"},
       {"wrong value", R"({"licence": "x"})",
        "value does not fit the field; value='x'; expected=integer from 0 to 4294967295; "
        "field=licence"},
       {"wrong value inside", R"({"tests": [{"results": [{"value": 1.234}]}]})",
        "value='1.234'; expected=decimal(2); field=tests[0].results[0].value"},
       {"negative", R"({"licence": -1})", "value='-1'; expected=integer from 0 to 4294967295"},
       {"fraction", R"({"licence": 1.0})", "value='1.0'"},
       {"too large", R"({"licence": 4294967296})", "value='4294967296'"},
       {"float too large", R"({"small": 1e39})", "value='1e+39'; expected=float32; field=small"},
       {"number for text", R"({"district": 5})",
        "value does not fit the field; field=district; value=5; expected=text"},
       {"boolean for text", R"({"district": true})", "value='true'; expected=text; field=district"},
       {"object for text", R"({"district": {}})",
        "value does not fit the field; field=district; value={}; expected=text"},
       {"array for a number", R"({"licence": [1]})", "field=licence; value=[1]; expected=integer"},
       {"number for a boolean", R"({"flag": 1})", "value='1'; expected=boolean; field=flag"},
       {"number for an enumerant", R"({"state": 1})",
        "value='1'; expected=enum State; one of=unspecified, active, sealed; field=state"},
       {"null in a number", R"({"licence": null})",
        "the field cannot be null; leave it out for its default; field=licence; value=null"},
       {"null in an enumerant", R"({"state": null})", "the field cannot be null"},
       {"null in a list", R"({"hs": ["a", null]})",
        "an element cannot be null; field=hs[1]; value=null"},
       {"null in a list of structs", R"({"tests": [null]})",
        "expected an object; field=tests[0]; value=null"},
       {"two members of a union", R"({"law": {"decree": "a", "order": {}}})",
        "only one of 'decree' and this can be set; field=law.order; value={}"},
       {"two members of an optional", R"({"depth": {"none": null, "metres": 1}})",
        "only one of 'none' and this can be set; field=depth.metres; value=1"},
       {"value of a void", R"({"law": {"unknown": 1}})",
        "the field holds nothing but null; field=law.unknown; value=1"},
       {"not base64", R"({"seal": "%%"})", "expected data in base64; field=seal; value='%%'"},
       {"number for data", R"({"seal": 5})", "expected data in base64; field=seal; value=5"},
       {"object for a list", R"({"hs": {}})", "expected an array; field=hs; value={}"},
       {"text for a list", R"({"hs": "a"})", "expected an array; field=hs; value='a'"},
       {"number in a list of lists", R"({"matrix": [[1], 2]})",
        "expected an array; field=matrix[1]; value=2"},
       {"text for a struct", R"({"place": "a"})", "expected an object; field=place; value='a'"},
       {"number for a group", R"({"owner": 1})", "expected an object; field=owner; value=1"},
       {"date", R"({"validTo": "21.3.2025"})",
        "value='21.3.2025'; expected=date; write it as=2025-08-03, or 1404/05/12 for Solar Hijri; "
        "cause=it does not have the form of a date; field=validTo"},
       {"long value",
        R"({"hs": {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":)"
        R"("ییییییییییییییییییییییییییییییییییییییییییییییی"}})",
        "ییییی…"}}));
  CAPTURE(name);
  CHECK_THAT(FromText("Well", json), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("JSON codec: what is written at the deepest level reads back", "[record][unit]") {
  const auto nested = [](int levels) {
    std::string json = R"({"name":"end"})";
    // A list and its element are a level each.
    for (int i = 1; i < levels; i += 2) json = R"({"children":[)" + json + "]}";
    return json;
  };
  const std::string deepest = nested(record::kNestingMax - 1);
  CHECK(ToJson(WellSample().Make("Node", deepest)) == deepest);
  CHECK_THAT(FromText("Node", nested(record::kNestingMax + 1)),
             StatusIs(absl::StatusCode::kInvalidArgument, "the record is nested too deeply"));
}

TEST_CASE("JSON codec: the part of a record that a path leads to", "[record][unit]") {
  const record::Message record = WellSample().Make("Well", R"({
    "district": "Pars", "depth": 2, "place": {"town": "T"},
    "tests": [{"code": "a", "results": [{"value": 1}, {"value": 2}]}, {"results": []}, {}]})");
  const auto [path, json] =
      GENERATE(table<const char*, const char*>({{"district", R"("Pars")"},
                                                {"depth", "2.00"},
                                                {"depth.metres", "2.00"},
                                                {"place", R"({"town":"T"})"},
                                                {"place.street", "null"},
                                                {"seat.place.town", "null"},
                                                {"validTo", "null"},
                                                {"law.unknown", "null"},
                                                {"tests.code", R"(["a",null,null])"},
                                                {"tests.results.value", "[[1.00,2.00],[],null]"},
                                                {"hs", "null"}}));
  CAPTURE(path);
  REQUIRE_OK(record::CheckJsonPath(record.schema(), path));
  std::string written;
  REQUIRE_OK(record::AppendPathJson(record, path, &written));
  CHECK(written == json);
}

TEST_CASE("JSON codec: refuses a path that leads nowhere", "[record][unit]") {
  const auto [path, message] = GENERATE(table<const char*, const char*>(
      {{"place.twon", "no such field; struct=Place; field=twon; path=place.twon; fields=town"},
       {"district.x", "path goes on after a single value; path=district.x"},
       {"hs.x", "path goes on after a single value; path=hs.x"},
       {"", "no such field; struct=Well; field=; path=;"}}));
  CAPTURE(path);
  CHECK_THAT(record::CheckJsonPath(WellSample().Struct("Well"), path),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace daftar::testing
