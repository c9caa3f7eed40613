#include "base/calendar.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <tuple>

#include "support/status_matchers.h"

namespace daftar {
namespace {

using testing::StatusIs;

TEST_CASE("calendar: civil days and day numbers agree at known points", "[base][unit]") {
  const auto [name, year, month, day, days] =
      GENERATE(table<const char*, int64_t, int, int, int64_t>({{"epoch", 1970, 1, 1, 0},
                                                               {"before", 1969, 12, 31, -1},
                                                               {"leap day", 2000, 2, 29, 11016},
                                                               {"nowruz 1403", 2024, 3, 20, 19802},
                                                               {"first", 1, 1, 1, -719162},
                                                               {"year zero", 0, 12, 31, -719163},
                                                               {"last", 9999, 12, 31, 2932896}}));
  CAPTURE(name);
  CHECK(DaysFromCivil({year, month, day}) == days);
  CHECK(CivilFromDays(days) == CivilDay{year, month, day});
}

TEST_CASE("calendar: every day from year 1 to 2400 follows the one before", "[base][property]") {
  CivilDay previous = CivilFromDays(-719163);
  for (int64_t days = -719162; days < 157054; ++days) {
    const CivilDay day = CivilFromDays(days);
    const bool next_day =
        day.year == previous.year && day.month == previous.month && day.day == previous.day + 1;
    const bool next_month =
        day.day == 1 && !IsCivilDay({previous.year, previous.month, previous.day + 1});
    if (DaysFromCivil(day) != days || !IsCivilDay(day) || !(next_day || next_month)) {
      CAPTURE(days);
      FAIL("a day is out of order");
    }
    previous = day;
  }
  CHECK(previous == CivilDay{2399, 12, 31});
}

TEST_CASE("calendar: ParseDate reads what FormatDate writes", "[base][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int32_t> days(-719162, 2932896);
  for (int i = 0; i < 2000; ++i) {
    const Date date{days(random)};
    CAPTURE(date.days);
    REQUIRE_OK_AND_ASSIGN(const Date read, ParseDate(FormatDate(date)));
    REQUIRE(read == date);
  }
}

TEST_CASE("calendar: ParseDate refuses what is not a day", "[base][unit]") {
  const auto [text, cause] =
      GENERATE(table<const char*, const char*>({{"", "form of a date"},
                                                {"2024", "form of a date"},
                                                {"2024-3-20", "form of a date"},
                                                {"20240320", "form of a date"},
                                                {"2024/03/20", "form of a date"},
                                                {"-2024-03-20", "form of a date"},
                                                {" 2024-03-20", "form of a date"},
                                                {"2024-03-2x", "form of a date"},
                                                {"2024-03-20 ", "text follows"},
                                                {"2024-03-20T00:00:00Z", "text follows"},
                                                {"0000-01-01", "year 0000"},
                                                {"2024-00-10", "no such day"},
                                                {"2024-13-10", "no such day"},
                                                {"2024-04-31", "no such day"},
                                                {"2023-02-29", "no such day"},
                                                {"1900-02-29", "no such day"}}));
  CAPTURE(text);
  const auto date = ParseDate(text);
  CHECK_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument, cause));
  CHECK_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument, "YYYY-MM-DD"));
  CHECK_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument, std::string("value=") + text));
}

TEST_CASE("calendar: FormatDate writes years that ParseDate refuses", "[base][unit]") {
  CHECK(FormatDate(Date{-719163}) == "+0000-12-31");
  CHECK(FormatDate(Date{2932897}) == "+10000-01-01");
  CHECK(FormatDate(Date{INT32_MIN}) == "-5877641-06-23");
  CHECK(FormatDate(Date{INT32_MAX}) == "+5881580-07-11");
}

TEST_CASE("calendar: ParseInstant reads offsets and fractions", "[base][unit]") {
  const auto [text, micros, formatted] = GENERATE(table<const char*, int64_t, const char*>(
      {{"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
       {"1970-01-01T03:30:00+03:30", 0, "1970-01-01T00:00:00Z"},
       {"1969-12-31T19:00:00-05:00", 0, "1970-01-01T00:00:00Z"},
       {"1970-01-01T00:00:00.5Z", 500000, "1970-01-01T00:00:00.500000Z"},
       {"1970-01-01T00:00:00.000001Z", 1, "1970-01-01T00:00:00.000001Z"},
       {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
       {"2024-03-20T08:30:00+05:00", 1710905400000000, "2024-03-20T03:30:00Z"}}));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const Instant instant, ParseInstant(text));
  CHECK(instant.micros == micros);
  CHECK(FormatInstant(instant) == formatted);
}

TEST_CASE("calendar: ParseInstant reads what FormatInstant writes", "[base][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int64_t> micros(-62135596800000000, 253402300799999999);
  for (int i = 0; i < 2000; ++i) {
    const Instant instant{micros(random)};
    CAPTURE(instant.micros);
    REQUIRE_OK_AND_ASSIGN(const Instant read, ParseInstant(FormatInstant(instant)));
    REQUIRE(read == instant);
  }
}

TEST_CASE("calendar: ParseInstant refuses what is not an instant", "[base][unit]") {
  const auto [text, cause] = GENERATE(
      table<const char*, const char*>({{"", "form of a date"},
                                       {"2024-03-20", "time are missing"},
                                       {"2024-03-20 08:30:00Z", "time are missing"},
                                       {"2024-03-20T8:30:00Z", "form of a time"},
                                       {"2024-03-20T08:30Z", "form of a time"},
                                       {"2024-03-20T24:00:00Z", "no such time"},
                                       {"2024-03-20T23:60:00Z", "no such time"},
                                       {"2024-06-30T23:59:60Z", "no such second"},
                                       {"2024-03-20T08:30:00", "Z or an offset"},
                                       {"2024-03-20T08:30:00z", "Z or an offset"},
                                       {"2024-03-20T08:30:00.Z", "digits must follow"},
                                       {"2024-03-20T08:30:00.1234567Z", "more than six"},
                                       {"2024-03-20T08:30:00+0330", "+hh:mm"},
                                       {"2024-03-20T08:30:00+24:00", "+hh:mm"},
                                       {"2024-03-20T08:30:00Zulu", "text follows"},
                                       {"0001-01-01T00:00:00+01:00", "outside the years"},
                                       {"9999-12-31T23:59:59-00:01", "outside the years"}}));
  CAPTURE(text);
  const auto instant = ParseInstant(text);
  CHECK_THAT(instant, StatusIs(absl::StatusCode::kInvalidArgument, cause));
  CHECK_THAT(instant, StatusIs(absl::StatusCode::kInvalidArgument, "remedy=write YYYY-MM-DDTHH"));
}

TEST_CASE("calendar: FormatInstant writes the ends of the range", "[base][unit]") {
  CHECK(FormatInstant(Instant{INT64_MIN}) == "-290308-12-21T19:59:05.224192Z");
  CHECK(FormatInstant(Instant{INT64_MAX}) == "+294247-01-10T04:00:54.775807Z");
}

}  // namespace
}  // namespace daftar
