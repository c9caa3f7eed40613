#include "base/solar_hijri.h"

#include <unicode/calendar.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>

#include <memory>

#include "base/status.h"

namespace daftar {
namespace {

constexpr double kMillisPerDay = 86'400'000;

absl::StatusOr<std::unique_ptr<icu::Calendar>> NewCalendar() {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Calendar> calendar(icu::Calendar::createInstance(
      icu::TimeZone::createTimeZone("UTC"), icu::Locale("fa_IR@calendar=persian"), error));
  if (U_FAILURE(error) != 0) {
    return Unavailable("ICU has no Solar Hijri calendar").With("cause", u_errorName(error));
  }
  return calendar;
}

absl::Status IcuFailed(UErrorCode error) {
  return InvalidArgument("there is no such day in the Solar Hijri calendar")
      .With("cause", u_errorName(error));
}

}  // namespace

absl::StatusOr<Date> DateFromSolarHijri(const CivilDay& day) {
  if (day.year < kSolarHijriYearMin || day.year > kSolarHijriYearMax) {
    return InvalidArgument("the year is outside the Solar Hijri years that can be read")
        .With("year", day.year)
        .With("first", kSolarHijriYearMin)
        .With("last", kSolarHijriYearMax);
  }
  DAFTAR_ASSIGN_OR_RETURN(const auto calendar, NewCalendar());
  calendar->clear();
  calendar->setLenient(0);
  calendar->set(static_cast<int32_t>(day.year), day.month - 1, day.day);
  UErrorCode error = U_ZERO_ERROR;
  const double millis = calendar->getTime(error);
  if (U_FAILURE(error) != 0) return IcuFailed(error);
  return Date{static_cast<int32_t>(millis / kMillisPerDay)};
}

absl::StatusOr<CivilDay> SolarHijriFromDate(Date date) {
  DAFTAR_ASSIGN_OR_RETURN(const auto calendar, NewCalendar());
  UErrorCode error = U_ZERO_ERROR;
  calendar->setTime(date.days * kMillisPerDay, error);
  CivilDay day;
  day.year = calendar->get(UCAL_EXTENDED_YEAR, error);
  day.month = calendar->get(UCAL_MONTH, error) + 1;
  day.day = calendar->get(UCAL_DATE, error);
  if (U_FAILURE(error) != 0) return IcuFailed(error);
  return day;
}

}  // namespace daftar
