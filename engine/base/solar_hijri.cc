#include "base/solar_hijri.h"

#include "absl/strings/str_format.h"
#include "base/icu_calendar.h"
#include "base/status.h"

namespace daftar {
namespace {

constexpr double kMillisPerDay = 86'400'000;

absl::StatusOr<icu::Calendar*> SolarHijri() { return CalendarOfThread("fa_IR@calendar=persian"); }

absl::Status CheckYear(int64_t year) {
  if (year >= kSolarHijriYearMin && year <= kSolarHijriYearMax) return absl::OkStatus();
  return InvalidArgument("the year is outside the Solar Hijri years that can be read")
      .With("year", year)
      .With("first", kSolarHijriYearMin)
      .With("last", kSolarHijriYearMax);
}

}  // namespace

absl::StatusOr<Date> DateFromSolarHijri(const CivilDay& day) {
  DAFTAR_RETURN_IF_ERROR(CheckYear(day.year));
  DAFTAR_ASSIGN_OR_RETURN(icu::Calendar* const calendar, SolarHijri());
  calendar->clear();
  calendar->setLenient(0);
  calendar->set(static_cast<int32_t>(day.year), day.month - 1, day.day);
  UErrorCode error = U_ZERO_ERROR;
  const double millis = calendar->getTime(error);
  if (U_FAILURE(error) != 0) {
    return InvalidArgument("there is no such day in the Solar Hijri calendar");
  }
  return Date{static_cast<int32_t>(millis / kMillisPerDay)};
}

absl::StatusOr<CivilDay> SolarHijriFromDate(Date date) {
  DAFTAR_ASSIGN_OR_RETURN(icu::Calendar* const calendar, SolarHijri());
  DAFTAR_ASSIGN_OR_RETURN(const CivilDay day, DayIn(calendar, date));
  DAFTAR_RETURN_IF_ERROR(CheckYear(day.year));
  return day;
}

absl::StatusOr<std::string> FormatSolarHijri(Date date) {
  DAFTAR_ASSIGN_OR_RETURN(const CivilDay day, SolarHijriFromDate(date));
  return absl::StrFormat("%04d-%02d-%02d", day.year, day.month, day.day);
}

}  // namespace daftar
