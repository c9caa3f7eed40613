#include "base/hijri.h"

#include "base/icu_calendar.h"
#include "base/status.h"

namespace daftar {

absl::StatusOr<CivilDay> HijriFromDate(Date date) {
  DAFTAR_ASSIGN_OR_RETURN(icu::Calendar* const calendar,
                          CalendarOfThread("ar_SA@calendar=islamic-umalqura"));
  DAFTAR_ASSIGN_OR_RETURN(const CivilDay day, DayIn(calendar, date));
  if (day.year < kHijriYearMin || day.year > kHijriYearMax) {
    return InvalidArgument("the year is outside the table of Umm al-Qura")
        .With("year", day.year)
        .With("first", kHijriYearMin)
        .With("last", kHijriYearMax);
  }
  return day;
}

}  // namespace daftar
