#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "absl/strings/str_join.h"
#include "record/predicate.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

const capnp::StructSchema& Well() {
  static const capnp::StructSchema schema = WellSample().Struct("Well");
  return schema;
}

std::string Joined(const std::vector<record::Condition>& conditions) {
  return absl::StrJoin(conditions, " and ", [](std::string* out, const record::Condition& c) {
    out->append(c.ToString());
  });
}

TEST_CASE("predicate parser: one condition takes all that is left as its value", "[record][unit]") {
  const auto [text, shown] = GENERATE(table<const char*, const char*>(
      {{"district = Pars", "district = Pars"},
       {"district=Pars", "district = Pars"},
       {"  district   =   Pars  ", "district = Pars"},
       {"district = Pars South", "district = Pars South"},
       {"district = a and b", "district = a and b"},
       {"district = 'Pars South'", "district = Pars South"},
       {"district = 'it''s'", "district = it's"},
       {"district = ''", "district = "},
       {"district = ''''", "district = '"},
       {"district = \"a\"", "district = \"a\""},
       {"district = is null", "district = is null"},
       {"district is null", "district is null"},
       {"district IS NOT NULL", "district is not null"},
       {"district is  not   null ", "district is not null"},
       {"licence<=5", "licence <= 5"},
       {"licence >=5", "licence >= 5"},
       {"licence!=5", "licence != 5"},
       {"district^=Pa", "district ^= Pa"},
       {"licence in (1,2 , 3)", "licence in (1, 2, 3)"},
       {"licence in(1)", "licence in (1)"},
       {"district in (a b, 'c, d', ')')", "district in (a b, c, d, ))"},
       {"depth.metres < -2.5", "depth < -2.50"},
       {"tests.results.unit = m", "tests.results.unit = m"}}));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const record::Condition condition, record::ParseCondition(Well(), text));
  CHECK(condition.ToString() == shown);
}

TEST_CASE("predicate parser: several conditions are joined by 'and'", "[record][unit]") {
  const auto [text, shown] = GENERATE(table<const char*, const char*>(
      {{"", ""},
       {" \n", ""},
       {"licence = 1 and district = Pars", "licence = 1 and district = Pars"},
       {"licence = 1 AND district = Pars", "licence = 1 and district = Pars"},
       {"licence = 1\nand district = Pars\n", "licence = 1 and district = Pars"},
       {"district = 'a and b' and licence in (1, 2) and depth is null",
        "district = a and b and licence in (1, 2) and depth is null"},
       {"district = 'a'and licence = 1", "district = a and licence = 1"},
       {"district = and and licence = 1", "district = and and licence = 1"}}));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const auto conditions, record::ParseConditions(Well(), text));
  CHECK(Joined(conditions) == shown);
}

TEST_CASE("predicate parser: refuses a condition, saying where", "[record][unit]") {
  const auto [text, message] = GENERATE(table<const char*, const char*>(
      {{"", "cause=a condition starts with a field path; at=''; condition=''"},
       {"= 5", "cause=a condition starts with a field path; at='= 5'; condition='= 5'"},
       {"nowhere = 5", "no such field; struct=Well; field=nowhere"},
       {"district",
        "cause=an operator is one of = != < <= > >= ^= in, is null, is not null; at=''"},
       {"district ~ a", "an operator is one of"},
       {"district like a", "an operator is one of"},
       {"district =", "cause=a value is missing; write '' for the empty text; at=''"},
       {"district = 'a", "cause=the quote is not closed; at=''a'"},
       {"district = 'a''", "cause=the quote is not closed"},
       {"district = 'a' b", "cause=text after the condition; put quotes around a value; at='b'"},
       {"district is", "cause=after 'is' comes 'null' or 'not null'; at=''"},
       {"district is nullable", "cause=after 'is' comes 'null' or 'not null'; at='nullable'"},
       {"district is not", "cause=after 'is' comes 'null' or 'not null'"},
       {"district is null x", "cause=text after the condition"},
       {"district isnull", "an operator is one of"},
       {"licence in", "cause=after 'in' comes a list (a, b); at=''"},
       {"licence in 5", "cause=after 'in' comes a list (a, b); at='5'"},
       {"licence in (", "cause=a value is missing"},
       {"licence in ()", "cause=a value is missing"},
       {"licence in (1", "cause=the list is not closed; at=''"},
       {"licence in (1,)", "cause=a value is missing"},
       {"licence in ('1' 2)", "cause=the list is not closed; at='2)'"},
       {"licence = x", "value does not fit the field; value='x'"},
       {"licence ^= 1", "only text can be asked for a prefix"},
       {"place = x", "path does not end in a single value"}}));
  CAPTURE(text);
  CHECK_THAT(record::ParseCondition(Well(), text),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("predicate parser: refuses several conditions, saying where", "[record][unit]") {
  const auto [text, message] = GENERATE(table<const char*, const char*>(
      {{"licence = 1 or licence = 2",
        "cause=conditions are joined by 'and'; at='or licence = 2'; "
        "condition='licence = 1 or licence = 2'"},
       {"licence = 1 and", "cause=a condition starts with a field path; at=''"},
       {"and licence = 1", "no such field; struct=Well; field=and"},
       {"licence = 1 andlicence = 2", "cause=conditions are joined by 'and'; at='andlicence = 2'"},
       {"district = Pars South", "cause=conditions are joined by 'and'; at='South'"}}));
  CAPTURE(text);
  CHECK_THAT(record::ParseConditions(Well(), text),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace daftar::testing
