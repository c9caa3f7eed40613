#include "base/icu_calendar.h"

#include <unicode/locid.h>
#include <unicode/timezone.h>

#include <map>
#include <memory>
#include <string_view>

#include "base/status.h"

namespace daftar {
namespace {

constexpr double kMillisPerDay = 86'400'000;

}  // namespace

absl::StatusOr<icu::Calendar*> CalendarOfThread(const char* locale) {
  thread_local std::map<std::string_view, std::unique_ptr<icu::Calendar>> kept;
  std::unique_ptr<icu::Calendar>& calendar = kept[locale];
  if (calendar != nullptr) return calendar.get();
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Calendar> made(icu::Calendar::createInstance(
      icu::TimeZone::createTimeZone("UTC"), icu::Locale(locale), error));
  if (U_FAILURE(error) != 0) {
    return Unavailable("ICU lacks a calendar")
        .With("calendar", locale)
        .With("cause", u_errorName(error));
  }
  calendar = std::move(made);
  return calendar.get();
}

absl::StatusOr<CivilDay> DayIn(icu::Calendar* calendar, Date date) {
  UErrorCode error = U_ZERO_ERROR;
  calendar->setTime(date.days * kMillisPerDay, error);
  CivilDay day;
  day.year = calendar->get(UCAL_EXTENDED_YEAR, error);
  day.month = calendar->get(UCAL_MONTH, error) + 1;
  day.day = calendar->get(UCAL_DATE, error);
  if (U_FAILURE(error) != 0) {
    return Internal("ICU gives no day").With("days", date.days).With("cause", u_errorName(error));
  }
  return day;
}

}  // namespace daftar
