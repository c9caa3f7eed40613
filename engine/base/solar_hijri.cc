#include "base/solar_hijri.h"

#include <unicode/calendar.h>
#include <unicode/locid.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace daftar {
namespace {

constexpr double kMillisPerDay = 86'400'000;

// To make a calendar takes ICU longer than to use it: each thread keeps one.
absl::StatusOr<icu::Calendar*> CalendarOfThread() {
  thread_local std::unique_ptr<icu::Calendar> kept;
  if (kept != nullptr) return kept.get();
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Calendar> calendar(icu::Calendar::createInstance(
      icu::TimeZone::createTimeZone("UTC"), icu::Locale("fa_IR@calendar=persian"), error));
  if (U_FAILURE(error) != 0) {
    return Unavailable("ICU has no Solar Hijri calendar").With("cause", u_errorName(error));
  }
  kept = std::move(calendar);
  return kept.get();
}

absl::Status CheckYear(int64_t year) {
  if (year >= kSolarHijriYearMin && year <= kSolarHijriYearMax) return absl::OkStatus();
  return InvalidArgument("the year is outside the Solar Hijri years that can be read")
      .With("year", year)
      .With("first", kSolarHijriYearMin)
      .With("last", kSolarHijriYearMax);
}

// Digits of three scripts as ASCII, slashes as hyphens.
std::string Plain(std::string_view text) {
  return absl::StrReplaceAll(
      text, {{"/", "-"}, {"۰", "0"}, {"۱", "1"}, {"۲", "2"}, {"۳", "3"}, {"۴", "4"}, {"۵", "5"},
             {"۶", "6"}, {"۷", "7"}, {"۸", "8"}, {"۹", "9"}, {"٠", "0"}, {"١", "1"}, {"٢", "2"},
             {"٣", "3"}, {"٤", "4"}, {"٥", "5"}, {"٦", "6"}, {"٧", "7"}, {"٨", "8"}, {"٩", "9"}});
}

// A number of so many digits at most.
bool TakeNumber(std::string_view text, size_t digits_max, int* number) {
  return !text.empty() && text.size() <= digits_max &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, number);
}

absl::Status IcuFailed(UErrorCode error) {
  return InvalidArgument("there is no such day in the Solar Hijri calendar")
      .With("cause", u_errorName(error));
}

}  // namespace

absl::StatusOr<Date> DateFromSolarHijri(const CivilDay& day) {
  DAFTAR_RETURN_IF_ERROR(CheckYear(day.year));
  DAFTAR_ASSIGN_OR_RETURN(icu::Calendar* const calendar, CalendarOfThread());
  calendar->clear();
  calendar->setLenient(0);
  calendar->set(static_cast<int32_t>(day.year), day.month - 1, day.day);
  UErrorCode error = U_ZERO_ERROR;
  const double millis = calendar->getTime(error);
  if (U_FAILURE(error) != 0) return IcuFailed(error);
  return Date{static_cast<int32_t>(millis / kMillisPerDay)};
}

absl::StatusOr<CivilDay> SolarHijriFromDate(Date date) {
  DAFTAR_ASSIGN_OR_RETURN(icu::Calendar* const calendar, CalendarOfThread());
  UErrorCode error = U_ZERO_ERROR;
  calendar->setTime(date.days * kMillisPerDay, error);
  CivilDay day;
  day.year = calendar->get(UCAL_EXTENDED_YEAR, error);
  day.month = calendar->get(UCAL_MONTH, error) + 1;
  day.day = calendar->get(UCAL_DATE, error);
  if (U_FAILURE(error) != 0) return IcuFailed(error);
  DAFTAR_RETURN_IF_ERROR(CheckYear(day.year));
  return day;
}

absl::StatusOr<Date> ParseSolarHijri(std::string_view text) {
  const std::string plain = Plain(text);
  const std::vector<std::string_view> parts = absl::StrSplit(plain, '-');
  constexpr size_t kYearDigits = 4;
  constexpr size_t kOtherDigits = 2;
  int year = 0;
  CivilDay day;
  if (parts.size() != 3 || !TakeNumber(parts[0], kYearDigits, &year) ||
      !TakeNumber(parts[1], kOtherDigits, &day.month) ||
      !TakeNumber(parts[2], kOtherDigits, &day.day)) {
    return InvalidArgument("value is no date of the Solar Hijri calendar")
        .With("value", text)
        .With("remedy", "write it as 1404-05-12 or ۱۴۰۴/۵/۱۲");
  }
  day.year = year;
  auto date = DateFromSolarHijri(day);
  if (!date.ok()) return WithContext(date.status(), "value", text);
  return date;
}

absl::StatusOr<std::string> FormatSolarHijri(Date date) {
  DAFTAR_ASSIGN_OR_RETURN(const CivilDay day, SolarHijriFromDate(date));
  return absl::StrFormat("%04d-%02d-%02d", day.year, day.month, day.day);
}

}  // namespace daftar
