#include "base/month_name.h"

#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/smpdtfmt.h>

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/calendar.h"
#include "base/hijri.h"
#include "base/solar_hijri.h"
#include "base/status.h"

namespace daftar {
namespace {

absl::StatusOr<std::string> LocaleOf(Calendar calendar, std::string_view language) {
  constexpr std::string_view kLanguages[] = {"fa", "ur", "ar", "en"};
  if (std::find(std::begin(kLanguages), std::end(kLanguages), language) == std::end(kLanguages)) {
    return InvalidArgument("names of months are known in fa, ur, ar, en")
        .With("language", language);
  }
  switch (calendar) {
    case Calendar::kGregorian:
      return absl::StrCat(language, "@calendar=gregorian");
    case Calendar::kSolarHijri:
      return absl::StrCat(language, "@calendar=persian");
    case Calendar::kHijri:
      return absl::StrCat(language, "@calendar=islamic-umalqura");
  }
  return Internal("no such calendar");
}

// Reading them takes ICU long: each thread keeps them.
absl::StatusOr<const std::vector<std::string>*> MonthsOfThread(const std::string& locale) {
  thread_local std::map<std::string, std::vector<std::string>> kept;
  std::vector<std::string>& names = kept[locale];
  if (!names.empty()) return &names;
  UErrorCode error = U_ZERO_ERROR;
  // The symbols of a locale alone would be Gregorian; those of a format are of its calendar.
  const icu::SimpleDateFormat format(icu::UnicodeString("LLLL"), icu::Locale(locale.c_str()),
                                     error);
  if (U_FAILURE(error) != 0) {
    return Unavailable("ICU lacks the names of a calendar")
        .With("calendar", locale)
        .With("cause", u_errorName(error));
  }
  int32_t count = 0;
  const icu::UnicodeString* const months = format.getDateFormatSymbols()->getMonths(
      count, icu::DateFormatSymbols::STANDALONE, icu::DateFormatSymbols::WIDE);
  for (int32_t i = 0; i < count; ++i) months[i].toUTF8String(names.emplace_back());
  return &names;
}

absl::StatusOr<CivilDay> DayOf(Date date, Calendar calendar) {
  if (calendar == Calendar::kSolarHijri) return SolarHijriFromDate(date);
  if (calendar == Calendar::kHijri) return HijriFromDate(date);
  return CivilFromDays(date.days);
}

}  // namespace

absl::StatusOr<std::string> MonthName(Date date, Calendar calendar, std::string_view language) {
  DAFTAR_ASSIGN_OR_RETURN(const std::string locale, LocaleOf(calendar, language));
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string>* const names, MonthsOfThread(locale));
  DAFTAR_ASSIGN_OR_RETURN(const CivilDay day, DayOf(date, calendar));
  const auto index = static_cast<size_t>(day.month - 1);
  if (index >= names->size())
    return Internal("ICU has no name of a month").With("month", day.month);
  return (*names)[index];
}

}  // namespace daftar
