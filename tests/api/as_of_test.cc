// Every form in which people write a moment.
#include "daftar/as_of.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

// "commit 7", or the moment in UTC.
std::string Shown(const AsOf& moment) {
  if (moment.commit() != nullptr) return "commit " + std::to_string(moment.commit()->value());
  return Value(*moment.time()).ToString();
}

TEST_CASE("as of: reads all forms", "[api]") {
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"0", "commit 0"},
      {"1024", "commit 1024"},
      {"007", "commit 7"},
      {"18446744073709551615", "commit 18446744073709551615"},
      {"20240905", "commit 20240905"},
      {"2024-09-05", "2024-09-05T23:59:59.999999Z"},
      {"1970-01-01", "1970-01-01T23:59:59.999999Z"},
      {"1969-12-31", "1969-12-31T23:59:59.999999Z"},
      {"1403-06-15", "2024-09-05T23:59:59.999999Z"},
      {"1403-12-30", "2025-03-20T23:59:59.999999Z"},
      {"1206-01-01", "1827-03-22T23:59:59.999999Z"},
      {"1498-12-29", "2120-03-19T23:59:59.999999Z"},
      {"1205-12-29", "1205-12-29T23:59:59.999999Z"},  // Gregorian
      {"1499-01-01", "1499-01-01T23:59:59.999999Z"},
      {"2024-9-5", "2024-09-05T23:59:59.999999Z"},
      {"2024/09/05", "2024-09-05T23:59:59.999999Z"},
      {"1403/6/15", "2024-09-05T23:59:59.999999Z"},
      {"۱۴۰۳/۶/۱۵", "2024-09-05T23:59:59.999999Z"},
      {"1403-06-15 AD", "1403-06-15T23:59:59.999999Z"},
      {"۱۰۲۴", "commit 1024"},
      {"۱۴۰۳/۶/۱۵T۱۴:۰۰+۰۳:۳۰", "2024-09-05T10:30:00Z"},
      {"2024-09-05T14:00:00Z", "2024-09-05T14:00:00Z"},
      {"2024-09-05T14:00:00+03:30", "2024-09-05T10:30:00Z"},
      {"2024-09-05T14:00:00-05:00", "2024-09-05T19:00:00Z"},
      {"2024-09-05T14:00:00.25Z", "2024-09-05T14:00:00.250000Z"},
      {"2024-09-05T14:00Z", "2024-09-05T14:00:00Z"},
      {"2024-09-05T14:00+03:30", "2024-09-05T10:30:00Z"},
      {"1403-06-15T14:00+03:30", "2024-09-05T10:30:00Z"},
      {"1403-06-15T14:00:30Z", "2024-09-05T14:00:30Z"},
      {"1403-06-15T01:00:00+05:00", "2024-09-04T20:00:00Z"},
  }));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const AsOf moment, AsOf::Parse(text));
  CHECK(Shown(moment) == expected);
  CHECK((moment.commit() == nullptr) != (moment.time() == nullptr));
}

TEST_CASE("as of: refuses everything else, with what can be written", "[api]") {
  const auto [text, cause] = GENERATE(table<const char*, const char*>({
      {"", "it does not have the form of a date"},
      {"-1", "it does not have the form of a date"},
      {"+1", "it does not have the form of a date"},
      {" 1", "it does not have the form of a date"},
      {"1 ", "it does not have the form of a date"},
      {"18446744073709551616", "it does not have the form of a date"},
      {"yesterday", "it does not have the form of a date"},
      {"05/09/2024", "it does not have the form of a date"},
      {"1447/02/09 AH", "days of the lunar calendar cannot be read"},
      {"1700/01/01", "the year does not tell the calendar"},
      {"2024-09", "it does not have the form of a date"},
      {"2024-09-05 x", "text follows the day"},
      {"2024-02-30", "the calendar has no such day"},
      {"0000-01-01", "year 0000 is not supported"},
      {"1400-12-30", "there is no such day in the Solar Hijri calendar"},
      {"1403-13-01", "there is no such day in the Solar Hijri calendar"},
      {"1403-00-10", "there is no such day in the Solar Hijri calendar"},
      {"2024-09-05T14:00:00", "Z or an offset is missing"},
      {"2024-09-05T14:00", "Z or an offset is missing"},
      {"1403-06-15T14:00", "Z or an offset is missing"},
      {"2024-09-05T", "it does not have the form of a time"},
      {"2024-09-05T14Z", "it does not have the form of a time"},
      {"2024-09-05T24:00Z", "the day has no such time"},
      {"2024-09-05T14:60Z", "the day has no such time"},
      {"2024-09-05T14:00:60Z", "the minute has no such second"},
      {"2024-09-05T14:00+3", "the offset must be +hh:mm or -hh:mm"},
      {"2024-09-05T14:00Zulu", "text follows the offset"},
      {"2024-09-05t14:00Z", "text follows the day"},
      {"T14:00Z", "it does not have the form of a date"},
  }));
  CAPTURE(text);
  const auto moment = AsOf::Parse(text);
  CHECK_THAT(moment, StatusIs(absl::StatusCode::kInvalidArgument,
                              std::string("this is no moment; value='") + text +
                                  "'; write it as=1024 (a commit), 2024-09-05, 1403/06/15 or "
                                  "2024-09-05T14:00:00+03:30; cause="));
  CHECK_THAT(moment, StatusIs(absl::StatusCode::kInvalidArgument, cause));
}

TEST_CASE("as of: is made from a commit or a time", "[api]") {
  CHECK(Shown(AsOf::Commit(CommitVersion(5))) == "commit 5");
  CHECK(Shown(AsOf::Time(Instant{1'500'000})) == "1970-01-01T00:00:01.500000Z");
}

}  // namespace
}  // namespace daftar::testing
