// Working days against counting day by day.
#include "base/working_days.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <set>

#include "base/calendar.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

Date Day(const char* text) { return ParseDate(text).value(); }

WorkingCalendar Make(std::string_view week, std::vector<Date> holidays = {}) {
  return WorkingCalendar::Create(week, std::move(holidays)).value();
}

TEST_CASE("working days: weeks of two countries", "[base]") {
  const WorkingCalendar iran = Make("IR");
  const WorkingCalendar pakistan = Make("PK");
  // 2025-08-04 is a Monday.
  const auto [day, in_iran, in_pakistan] = GENERATE(table<const char*, bool, bool>({
      {"2025-08-04", true, true},
      {"2025-08-06", true, true},
      {"2025-08-07", false, true},
      {"2025-08-08", false, true},
      {"2025-08-09", true, false},
      {"2025-08-10", true, false},
  }));
  CAPTURE(day);
  CHECK(iran.Works(Day(day)) == in_iran);
  CHECK(pakistan.Works(Day(day)) == in_pakistan);
}

TEST_CASE("working days: the day it came in does not count, the day of asking does", "[base]") {
  const WorkingCalendar calendar = Make("PK", {Day("2025-08-14"), Day("2025-08-16")});
  CHECK(calendar.Count(Day("2025-08-04"), Day("2025-08-04")) == 0);
  CHECK(calendar.Count(Day("2025-08-04"), Day("2025-08-05")) == 1);
  CHECK(calendar.Count(Day("2025-08-08"), Day("2025-08-10")) == 0);
  CHECK(calendar.Count(Day("2025-08-08"), Day("2025-08-11")) == 1);
  // The 14th is a holiday; the 16th is one on a Saturday.
  CHECK(calendar.Count(Day("2025-08-11"), Day("2025-08-18")) == 4);
  CHECK(calendar.Count(Day("2025-08-05"), Day("2025-08-04")) == -1);
  CHECK(FormatDate(calendar.Add(Day("2025-08-13"), 1).value()) == "2025-08-15");
  CHECK(FormatDate(calendar.Add(Day("2025-08-15"), -1).value()) == "2025-08-13");
  CHECK(FormatDate(calendar.Add(Day("2025-08-16"), 0).value()) == "2025-08-16");
}

TEST_CASE("working days: count and add agree with walking", "[base][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  for (const char* week : {"IR", "PK", "fri", "fri,sat", "mon,tue,wed,thu,fri,sat"}) {
    CAPTURE(week);
    std::vector<Date> holidays;
    for (int i = 0; i < 40; ++i) holidays.push_back(Date{below(600) - 300});
    const WorkingCalendar calendar = Make(week, holidays);
    for (int i = 0; i < 200; ++i) {
      const Date from{below(800) - 400};
      const Date to{below(800) - 400};
      CAPTURE(from.days, to.days);
      int64_t count = 0;
      for (int32_t day = from.days + 1; day <= to.days; ++day) count += calendar.Works(Date{day});
      for (int32_t day = from.days - 1; day >= to.days; --day) count -= calendar.Works(Date{day});
      REQUIRE(calendar.Count(from, to) == count);
      const int64_t n = below(200) - 100;
      REQUIRE_OK_AND_ASSIGN(const Date found, calendar.Add(from, n));
      CAPTURE(n, found.days);
      REQUIRE(calendar.Count(from, found) == n);
      REQUIRE((n == 0 || calendar.Works(found)));
    }
  }
}

TEST_CASE("working days: refuses weeks that are none", "[base]") {
  CHECK_THAT(WorkingCalendar::Create("AF", {}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "no working week of this name is known; name=AF; known=IR, PK"));
  CHECK_THAT(WorkingCalendar::Create("mon,tue,wed,thu,fri,sat,sun", {}),
             StatusIs(absl::StatusCode::kInvalidArgument, "a week needs a working day"));
  CHECK_THAT(Make("IR").Add(Date{0}, WorkingCalendar::kCountMax + 1),
             StatusIs(absl::StatusCode::kInvalidArgument, "too many working days"));
}

}  // namespace
}  // namespace daftar::testing
