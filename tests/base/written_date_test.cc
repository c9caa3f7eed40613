// Dates as people write them, and as other calendars print them.
#include "base/written_date.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "base/calendar.h"
#include "base/hijri.h"
#include "base/month_name.h"
#include "base/solar_hijri.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

TEST_CASE("written date: one reader for the forms of papers", "[base]") {
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"2025-08-03", "2025-08-03"},
      {"2025/8/3", "2025-08-03"},
      {"2025-8-3", "2025-08-03"},
      {"1404/05/12", "2025-08-03"},
      {"1404-05-12", "2025-08-03"},
      {"1404-5-12", "2025-08-03"},
      {"۱۴۰۴/۵/۱۲", "2025-08-03"},
      {"۱۴۰۴-۰۵-۱۲", "2025-08-03"},
      {"١٤٠٤/٠٥/١٢", "2025-08-03"},
      {"۲۰۲۵/۰۸/۰۳", "2025-08-03"},
      {" 1404/05/12 ", "2025-08-03"},
      {"1206/01/01", "1827-03-22"},
      {"1498-12-29", "2120-03-19"},
      {"1800/01/01", "1800-01-01"},
      {"9999/12/31", "9999-12-31"},
      {"1600-01-31", "1600-01-31"},
      {"0001-01-01", "0001-01-01"},
      {"1404/05/12 SH", "2025-08-03"},
      {"1404/05/12 ه‍.ش", "2025-08-03"},
      {"۱۴۰۴/۵/۱۲ ش", "2025-08-03"},
      {"۱۴۰۴/۵/۱۲ شمسی", "2025-08-03"},
      {"2025/08/03 ء", "2025-08-03"},
      {"1404-05-12 AD", "1404-05-12"},
      {"1404-05-12ad", "1404-05-12"},
      {"1404/5/12 م", "1404-05-12"},
  }));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const Date date, ReadDate(text));
  CHECK(FormatDate(date) == expected);
}

TEST_CASE("written date: says what is wrong", "[base]") {
  const auto [text, cause] = GENERATE(table<const char*, const char*>({
      {"", "it does not have the form of a date"},
      {"12/05/1404", "it does not have the form of a date"},
      {"04/05/12", "it does not have the form of a date"},
      {"1404/05-12", "it does not have the form of a date"},
      {"1404/005/12", "it does not have the form of a date"},
      {"1404/05", "it does not have the form of a date"},
      {"14040/5/12", "it does not have the form of a date"},
      {"1404/05/123", "it does not have the form of a date"},
      {"1404/12/30", "there is no such day in the Solar Hijri calendar"},
      {"1404/13/01", "there is no such day in the Solar Hijri calendar"},
      {"2025-02-29", "the calendar has no such day"},
      {"1500/01/01", "the year does not tell the calendar"},
      {"1205/01/01", "the year does not tell the calendar"},
      {"1799/1/1", "the year does not tell the calendar"},
      {"1447/02/09 AH", "days of the lunar calendar cannot be read"},
      {"۱۴۴۷/۲/۹ ق", "days of the lunar calendar cannot be read"},
      {"1600/01/31 SH", "the year is outside the Solar Hijri years"},
      {"1404/05/12 x", "text follows the day"},
      {"0000-01-01", "year 0000 is not supported"},
  }));
  CAPTURE(text);
  const auto date = ReadDate(text);
  CHECK_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument, cause));
  CHECK_THAT(date, StatusIs(absl::StatusCode::kInvalidArgument,
                            "remedy=write 2025-08-03, or 1404/05/12 for Solar Hijri"));
}

// An export holds ISO 8601; to take 1404-02-28 for another day than 1404-02-31 would be worse than
// either.
TEST_CASE("written date: what is stored as ISO 8601 is read as that", "[base]") {
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"1404-05-12", "1404-05-12"},
      {"1404/05/12", "2025-08-03"},
      {"1404-5-12", "2025-08-03"},
      {"۱۴۰۴-۰۵-۱۲", "2025-08-03"},
      {"2025-08-03", "2025-08-03"},
      {"0001-01-01", "0001-01-01"},
  }));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const Date date, DateFromText(text, DateForm::kStored));
  CHECK(FormatDate(date) == expected);
  CHECK_THAT(DateFromText("1404-02-31", DateForm::kStored),
             StatusIs(absl::StatusCode::kInvalidArgument, "the calendar has no such day"));
}

TEST_CASE("written date: instants", "[base]") {
  const auto [text, form, expected] = GENERATE(table<const char*, DateForm, const char*>({
      {"2025-08-03T09:30:00+03:30", DateForm::kWritten, "2025-08-03T06:00:00Z"},
      {"1404/05/12T09:30+03:30", DateForm::kWritten, "2025-08-03T06:00:00Z"},
      {"۱۴۰۴/۵/۱۲ ۰۹:۳۰:۰۰Z", DateForm::kWritten, "2025-08-03T09:30:00Z"},
      {"1404-05-12T00:00:00Z", DateForm::kWritten, "2025-08-03T00:00:00Z"},
      {"1404-05-12T00:00:00Z", DateForm::kStored, "1404-05-12T00:00:00Z"},
      {"1404/05/12T00:00:00.25Z", DateForm::kStored, "2025-08-03T00:00:00.250000Z"},
  }));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const Instant instant, InstantFromText(text, form));
  CHECK(FormatInstant(instant) == expected);
  CHECK_THAT(InstantFromText("1404/05/12T09:30", form),
             StatusIs(absl::StatusCode::kInvalidArgument, "Z or an offset is missing"));
  CHECK_THAT(InstantFromText("1404/05/12", form),
             StatusIs(absl::StatusCode::kInvalidArgument, "T and the time are missing"));
}

TEST_CASE("calendars: dates and instants as text of each", "[base]") {
  REQUIRE_OK_AND_ASSIGN(const Date date, ParseDate("2025-08-03"));
  REQUIRE_OK_AND_ASSIGN(const Instant instant, ParseInstant("2025-08-03T09:30:00Z"));
  CHECK(DateText(date, Calendar::kGregorian) == "2025-08-03");
  CHECK(DateText(date, Calendar::kSolarHijri) == "1404/05/12");
  CHECK(DateText(date, Calendar::kHijri) == "1447-02-09 AH");
  CHECK(InstantText(instant, Calendar::kGregorian) == "2025-08-03T09:30:00Z");
  CHECK(InstantText(instant, Calendar::kSolarHijri) == "1404/05/12T09:30:00Z");
  CHECK(InstantText(instant, Calendar::kHijri) == "1447-02-09T09:30:00Z AH");
  CHECK(InstantText(Instant{-1}, Calendar::kSolarHijri) == "1348/10/10T23:59:59.999999Z");
  CHECK(InCalendar(Value(date), Calendar::kSolarHijri) == Value("1404/05/12"));
  CHECK(InCalendar(Value(date), Calendar::kGregorian) == Value(date));
  CHECK(InCalendar(Value(7), Calendar::kHijri) == Value(7));
}

TEST_CASE("calendars: a day of years that are not known is Gregorian", "[base]") {
  for (const char* text : {"1700-01-01", "2500-01-01"}) {
    REQUIRE_OK_AND_ASSIGN(const Date date, ParseDate(text));
    CHECK(DateText(date, Calendar::kSolarHijri) == text);
    CHECK(DateText(date, Calendar::kHijri) == text);
  }
}

// Written in a calendar and read again, a day stays what it is, in every year that it has.
TEST_CASE("calendars: what Solar Hijri prints is read back", "[base][property]") {
  REQUIRE_OK_AND_ASSIGN(const Date first, DateFromSolarHijri({kSolarHijriYearMin, 1, 1}));
  REQUIRE_OK_AND_ASSIGN(const Date last, DateFromSolarHijri({kSolarHijriYearMax, 12, 29}));
  for (int32_t day = first.days; day <= last.days; day += 5) {
    const std::string text = DateText(Date{day}, Calendar::kSolarHijri);
    CAPTURE(text);
    for (const DateForm form : {DateForm::kWritten, DateForm::kStored}) {
      REQUIRE_OK_AND_ASSIGN(const Date back, DateFromText(text, form));
      REQUIRE(back.days == day);
    }
  }
}

TEST_CASE("calendars: first days of months of Umm al-Qura", "[base]") {
  const auto [gregorian, expected] = GENERATE(table<const char*, const char*>({
      {"2024-07-07", "1446-01-01 AH"},
      {"2024-03-11", "1445-09-01 AH"},
      {"2025-03-01", "1446-09-01 AH"},
      {"2025-06-26", "1447-01-01 AH"},
      {"2025-06-25", "1446-12-29 AH"},
  }));
  REQUIRE_OK_AND_ASSIGN(const Date date, ParseDate(gregorian));
  CHECK(DateText(date, Calendar::kHijri) == expected);
}

TEST_CASE("calendars: names", "[base]") {
  CHECK(CalendarFromName("solar-hijri").value() == Calendar::kSolarHijri);
  CHECK_THAT(CalendarFromName("julian"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "known are gregorian, solar-hijri, hijri; calendar=julian"));
  REQUIRE_OK_AND_ASSIGN(const Date date, ParseDate("2025-08-03"));
  CHECK(MonthName(date, Calendar::kSolarHijri, "fa").value() == "مرداد");
  CHECK(MonthName(date, Calendar::kGregorian, "en").value() == "August");
  CHECK(MonthName(date, Calendar::kHijri, "ar").value() == "صفر");
  CHECK_THAT(MonthName(date, Calendar::kGregorian, "de"),
             StatusIs(absl::StatusCode::kInvalidArgument, "known in fa, ur, ar, en; language=de"));
}

}  // namespace
}  // namespace daftar::testing
