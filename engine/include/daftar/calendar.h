// Days in the calendars that papers of a registry are dated in. A day is stored as what it is, a
// count of days; calendars are ways to read and to print it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/value.h"

namespace daftar {

enum class Calendar : uint8_t {
  kGregorian,   // "2025-08-03"
  kSolarHijri,  // of Iran: "1404/05/12"
  kHijri,       // of the moon, Umm al-Qura: "1447-02-09 AH"; to print only
};

// "gregorian", "solar-hijri" or "hijri". Errors: InvalidArgument with these names.
absl::StatusOr<Calendar> CalendarFromName(std::string_view name);

// Reads a day as people write it: year of four digits, month and day of one or two, between them
// hyphens or slashes; ASCII, Persian or Arabic-Indic digits. The year tells the calendar:
//   1206 to 1498   Solar Hijri (1827 to 2120): "1404/05/12", "1404-5-12", "۱۴۰۴/۵/۱۲"
//   from 1800 on   Gregorian: "2025-08-03", "2025/8/3"
// Other years are Gregorian when written as ISO 8601 has it ("1600-01-31"). A mark after the day
// decides for any year: "1404-05-12 AD", "۱۴۰۴/۵/۱۲ ش", also SH, CE, م, ء. Days of the lunar
// calendar cannot be read: which days they are is known from the sighting of the moon. Errors:
// InvalidArgument with the text, what is wrong and these forms.
absl::StatusOr<Date> ReadDate(std::string_view text);

// The day as the calendar's example above shows it. A day outside the years that a calendar is
// known for (Solar Hijri 1206 to 1498, Hijri 1300 to 1600) is given as Gregorian.
std::string DateText(Date date, Calendar calendar);
// "1404/05/12T09:30:00Z": the day as above, the time in UTC; Hijri "1447-02-09T09:30:00Z AH".
std::string InstantText(Instant instant, Calendar calendar);
// A date or instant as such text, to be shown; any other value, and all of them in kGregorian, as
// they are.
Value InCalendar(Value value, Calendar calendar);

}  // namespace daftar
