#include "record/predicate.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::Condition;

std::vector<Condition> Parse(std::string_view text) {
  auto conditions = record::ParseConditions(WellSample().Struct("Well"), text);
  REQUIRE_OK(conditions);
  return *std::move(conditions);
}

bool Matches(std::string_view text, const record::Message& message) {
  return record::MatchesAll(Parse(text), message);
}

TEST_CASE("predicate: every operator on a smaller, equal, greater and null value",
          "[record][unit]") {
  const auto [condition, smaller, equal, greater, null] =
      GENERATE(table<const char*, bool, bool, bool, bool>(
          {{"depth = 10", false, true, false, false},
           {"depth != 10", true, false, true, false},
           {"depth < 10", true, false, false, false},
           {"depth <= 10", true, true, false, false},
           {"depth > 10", false, false, true, false},
           {"depth >= 10", false, true, true, false},
           {"depth in (10, 10.5)", false, true, false, false},
           {"depth is null", false, false, false, true},
           {"depth is not null", true, true, true, false}}));
  CAPTURE(condition);
  const Sample& sample = WellSample();
  CHECK(Matches(condition, sample.Make("Well", R"({"depth": 9.99})")) == smaller);
  CHECK(Matches(condition, sample.Make("Well", R"({"depth": 10})")) == equal);
  CHECK(Matches(condition, sample.Make("Well", R"({"depth": 10.01})")) == greater);
  CHECK(Matches(condition, sample.Make("Well", R"({"depth": null})")) == null);
}

TEST_CASE("predicate: each type compares in its own order", "[record][unit]") {
  const auto [name, condition, json, expected] =
      GENERATE(table<const char*, const char*, const char*, bool>(
          {{"prefix", "district ^= Pa", R"({"district": "Pars"})", true},
           {"prefix of itself", "district ^= Pars", R"({"district": "Pars"})", true},
           {"longer prefix", "district ^= Parsi", R"({"district": "Pars"})", false},
           {"prefix of null", "district ^= ''", "{}", false},
           {"prefix of empty", "district ^= ''", R"({"district": ""})", true},
           {"prefix of data", "seal ^= a", R"({"seal": "YWI="})", true},
           {"empty is not null", "district is null", R"({"district": ""})", false},
           {"byte order", "district < a", R"({"district": "Z"})", true},
           {"UTF-8 order", "district > پ", R"({"district": "ی"})", true},
           {"unsigned 64", "numbers.uint64 > 9223372036854775807",
            R"({"numbers": {"uint64": 9223372036854775808}})", true},
           {"null struct", "numbers.uint64 = 0", "{}", false},
           {"null struct is null", "numbers.uint64 is null", "{}", true},
           {"enumerant", "state > active", R"({"state": "sealed"})", true},
           {"unknown enumerant", "state = '#9'", R"({"state": "#9"})", true},
           {"boolean", "flag < true", R"({"flag": false})", true},
           {"NaN equals NaN", "ratio = NaN", R"({"ratio": "NaN"})", true},
           {"NaN after infinity", "ratio > Infinity", R"({"ratio": "NaN"})", true},
           {"NaN is not equal", "ratio != 1", R"({"ratio": "NaN"})", true},
           {"minus zero", "ratio = 0", R"({"ratio": -0.0})", true},
           {"float32 literal", "small = 0.1", R"({"small": 0.1})", true},
           {"date", "validTo >= 2025-03-21", R"({"validTo": "2025-03-21"})", true},
           {"inactive member", "law.act.number is null", R"({"law": {"decree": "d"}})", true},
           {"active member", "law.act.number = 0", R"({"law": {"act": {}}})", true},
           {"in without a match", "state in (active, sealed)", "{}", false},
           {"no condition", "", "{}", true}}));
  CAPTURE(name);
  CHECK(Matches(condition, WellSample().Make("Well", json)) == expected);
}

TEST_CASE("predicate: conditions on one list speak of one element", "[record][unit]") {
  const record::Message record = WellSample().Make("Well", R"({
    "tests": [
      {"code": "a", "day": "2025-01-01",
       "results": [{"value": 1, "unit": "m"}, {"value": 2, "unit": "s"}]},
      {"code": "b", "day": "2025-02-02", "tags": ["x", "y"],
       "results": [{"value": 3, "unit": "m"}]}],
    "others": [{"code": "z"}],
    "hs": ["27", "39"]})");
  const auto [name, conditions, expected] = GENERATE(table<const char*, const char*, bool>(
      {{"one element", "tests.code = a and tests.day = 2025-01-01", true},
       {"two elements", "tests.code = a and tests.day = 2025-02-02", false},
       {"two lists", "tests.code = a and others.code = z", true},
       {"one fails", "tests.code = a and others.code = a", false},
       {"inner and outer", "tests.code = a and tests.results.value = 2", true},
       {"inner of another", "tests.code = b and tests.results.value = 2", false},
       {"one inner element", "tests.results.value = 1 and tests.results.unit = m", true},
       {"two inner elements", "tests.results.value = 2 and tests.results.unit = m", false},
       {"two inner lists", "tests.code = b and tests.results.value = 3 and tests.tags = y", true},
       {"inner lists of two elements", "tests.results.value = 1 and tests.tags = y", false},
       {"plain values", "hs = 39", true},
       {"one plain value", "hs = 39 and hs = 27", false},
       {"a range in one value", "hs > 28 and hs < 40", true},
       {"some element differs", "tests.code != a", true},
       {"element without a value", "tests.tags is null", false},
       {"with a plain condition", "hs = 39 and district is null", true}}));
  CAPTURE(name);
  CHECK(Matches(conditions, record) == expected);
  // The order in which conditions are written does not matter.
  auto reversed = Parse(conditions);
  std::reverse(reversed.begin(), reversed.end());
  CHECK(record::MatchesAll(reversed, record) == expected);
}

TEST_CASE("predicate: an empty list meets nothing", "[record][unit]") {
  const char* json = GENERATE("{}", R"({"tests": []})", R"({"tests": [{"results": []}]})");
  const record::Message record = WellSample().Make("Well", json);
  CHECK_FALSE(Matches("tests.results.value is null", record));
  CHECK_FALSE(Matches("tests.results.value is not null", record));
  CHECK_FALSE(Matches("tests.results.value != 1", record));
}

TEST_CASE("predicate: MakeCondition refuses what can never be asked", "[record][unit]") {
  const auto [name, path, op, operands, message] =
      GENERATE(table<const char*, const char*, Operator, std::vector<Value>, const char*>(
          {{"null",
            "district",
            Operator::kEqual,
            {Value()},
            "compare with null is never true; write 'is null'; path=district; operator=="},
           {"null in a list",
            "district",
            Operator::kIn,
            {Value("a"), Value()},
            "compare with null is never true"},
           {"no operand",
            "district",
            Operator::kLess,
            {},
            "condition has a wrong number of operands; path=district; operator=<; operands=0"},
           {"two operands", "district", Operator::kEqual, {Value("a"), Value("b")}, "operands=2"},
           {"operand of a null test", "district", Operator::kIsNull, {Value("a")}, "operands=1"},
           {"prefix of a number",
            "licence",
            Operator::kStartsWith,
            {Value(1)},
            "only text can be asked for a prefix; path=licence; operator=^="},
           {"wrong value",
            "licence",
            Operator::kEqual,
            {Value("x")},
            "value does not fit the field; value='x'; expected=integer from 0 to 4294967295; "
            "field=licence"}}));
  CAPTURE(name);
  CHECK_THAT(record::MakeCondition(WellSample().Path("Well", path), op, operands),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("predicate: an empty list of alternatives is never met", "[record][unit]") {
  REQUIRE_OK_AND_ASSIGN(
      const Condition condition,
      record::MakeCondition(WellSample().Path("Well", "licence"), Operator::kIn, {}));
  CHECK_FALSE(record::Meets(condition, Scalar(uint64_t{0})));
}

}  // namespace
}  // namespace daftar::testing
