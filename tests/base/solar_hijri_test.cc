// The Solar Hijri calendar against known days and against the 33-year rule, computed here anew.
#include "base/solar_hijri.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

// Of every 33 years, those that are leap years by their place.
bool IsLeapYear(int64_t year) { return (year * 25 + 11) % 33 < 8; }

int DaysInMonth(int64_t year, int month) {
  if (month <= 6) return 31;
  return month < 12 || IsLeapYear(year) ? 30 : 29;
}

int64_t DaysInYear(int64_t year) { return IsLeapYear(year) ? 366 : 365; }

Date Day(int64_t year, int month, int day) {
  REQUIRE_OK_AND_ASSIGN(const Date date, DateFromSolarHijri({year, month, day}));
  return date;
}

TEST_CASE("solar hijri: known days", "[base]") {
  const auto [gregorian, year, month, day] =
      GENERATE(table<const char*, int, int, int>({{"2024-03-20", 1403, 1, 1},
                                                  {"2025-03-20", 1403, 12, 30},
                                                  {"2025-03-21", 1404, 1, 1},
                                                  {"2021-03-20", 1399, 12, 30},
                                                  {"2021-03-21", 1400, 1, 1},
                                                  {"2022-03-20", 1400, 12, 29},
                                                  {"1979-02-11", 1357, 11, 22},
                                                  {"1970-01-01", 1348, 10, 11},
                                                  {"1969-12-31", 1348, 10, 10}}));
  CAPTURE(gregorian);
  CHECK(FormatDate(Day(year, month, day)) == gregorian);
  REQUIRE_OK_AND_ASSIGN(const Date date, ParseDate(gregorian));
  REQUIRE_OK_AND_ASSIGN(const CivilDay back, SolarHijriFromDate(date));
  CHECK(back.year == year);
  CHECK(back.month == month);
  CHECK(back.day == day);
}

TEST_CASE("solar hijri: agrees with the 33-year rule on every day, in both directions",
          "[base][property]") {
  // Counted from one known day.
  int64_t days = Day(1403, 1, 1).days;
  REQUIRE(FormatDate(Date{static_cast<int32_t>(days)}) == "2024-03-20");
  for (int64_t year = kSolarHijriYearMin; year < 1403; ++year) days -= DaysInYear(year);
  CHECK(FormatDate(Date{static_cast<int32_t>(days)}) == "1827-03-22");
  for (int64_t year = kSolarHijriYearMin; year <= kSolarHijriYearMax; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= DaysInMonth(year, month); ++day, ++days) {
        CAPTURE(year, month, day);
        REQUIRE(Day(year, month, day).days == days);
        REQUIRE_OK_AND_ASSIGN(const CivilDay back,
                              SolarHijriFromDate(Date{static_cast<int32_t>(days)}));
        REQUIRE((back.year == year && back.month == month && back.day == day));
      }
      // There is no day after the last of a month.
      REQUIRE_THAT(
          DateFromSolarHijri({year, month, DaysInMonth(year, month) + 1}),
          StatusIs(absl::StatusCode::kInvalidArgument, "no such day in the Solar Hijri calendar"));
    }
  }
  CHECK(FormatDate(Date{static_cast<int32_t>(days - 1)}) == "2120-03-20");
}

TEST_CASE("solar hijri: refuses days that are none", "[base]") {
  const auto [name, year, month, day, message] =
      GENERATE(table<const char*, int, int, int, const char*>(
          {{"no leap year", 1400, 12, 30, "there is no such day in the Solar Hijri calendar"},
           {"month 0", 1403, 0, 1, "there is no such day"},
           {"month 13", 1403, 13, 1, "there is no such day"},
           {"day 0", 1403, 1, 0, "there is no such day"},
           {"day 32", 1403, 1, 32, "there is no such day"},
           {"year before the first", 1205, 1, 1,
            "the year is outside the Solar Hijri years that can be read; year=1205; first=1206; "
            "last=1498"},
           {"year after the last", 1499, 1, 1, "year=1499"},
           {"year 0", 0, 1, 1, "year=0"}}));
  CAPTURE(name);
  CHECK_THAT(DateFromSolarHijri({year, month, day}),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace daftar::testing
