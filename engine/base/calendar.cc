#include "base/calendar.h"

#include <array>
#include <cstdio>
#include <optional>

#include "base/check.h"
#include "base/status.h"

namespace daftar {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;
constexpr std::string_view kDateRemedy = "write YYYY-MM-DD, for example 2024-03-20";
constexpr std::string_view kInstantRemedy =
    "write YYYY-MM-DDTHH:MM:SSZ or an offset in place of Z, for example 2024-03-20T08:30:00+03:30";

bool IsLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[static_cast<size_t>(month - 1)];
}

// Takes exactly `count` digits from the front of `text`.
std::optional<int> TakeDigits(std::string_view* text, size_t count) {
  if (text->size() < count) return std::nullopt;
  int value = 0;
  for (char c : text->substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return value;
}

bool TakeChar(std::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

struct Outcome {
  const char* wrong = nullptr;  // what is wrong, or null
};

Outcome TakeDay(std::string_view* text, CivilDay* day) {
  const auto year = TakeDigits(text, 4);
  if (!year || !TakeChar(text, '-')) return {"it does not have the form of a date"};
  const auto month = TakeDigits(text, 2);
  if (!month || !TakeChar(text, '-')) return {"it does not have the form of a date"};
  const auto number = TakeDigits(text, 2);
  if (!number) return {"it does not have the form of a date"};
  *day = {*year, *month, *number};
  if (*year == 0) return {"year 0000 is not supported"};
  if (!IsCivilDay(*day)) return {"the calendar has no such day"};
  return {};
}

// Takes "HH:MM:SS[.f]" as microseconds of the day.
Outcome TakeTime(std::string_view* text, int64_t* micros) {
  const auto hour = TakeDigits(text, 2);
  if (!hour || !TakeChar(text, ':')) return {"it does not have the form of a time"};
  const auto minute = TakeDigits(text, 2);
  if (!minute || !TakeChar(text, ':')) return {"it does not have the form of a time"};
  const auto second = TakeDigits(text, 2);
  if (!second) return {"it does not have the form of a time"};
  if (*hour > 23 || *minute > 59) return {"the day has no such time"};
  if (*second > 59) return {"the minute has no such second"};
  int64_t fraction = 0;
  if (TakeChar(text, '.')) {
    int64_t unit = kMicrosPerSecond;
    for (auto digit = TakeDigits(text, 1); digit; digit = TakeDigits(text, 1)) {
      if (unit == 1) return {"the fraction has more than six digits"};
      unit /= 10;
      fraction += *digit * unit;
    }
    if (unit == kMicrosPerSecond) return {"digits must follow the point"};
  }
  *micros = ((*hour * 60LL + *minute) * 60 + *second) * kMicrosPerSecond + fraction;
  return {};
}

Outcome TakeOffset(std::string_view* text, int64_t* micros) {
  *micros = 0;
  if (TakeChar(text, 'Z')) return {};
  const bool negative = TakeChar(text, '-');
  if (!negative && !TakeChar(text, '+')) return {"Z or an offset is missing"};
  const auto hour = TakeDigits(text, 2);
  if (!hour || !TakeChar(text, ':')) return {"the offset must be +hh:mm or -hh:mm"};
  const auto minute = TakeDigits(text, 2);
  if (!minute || *hour > 23 || *minute > 59) return {"the offset must be +hh:mm or -hh:mm"};
  *micros = (*hour * 60LL + *minute) * 60 * kMicrosPerSecond * (negative ? -1 : 1);
  return {};
}

// Division that rounds down also for negative numbers.
int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::string FormatCivil(const CivilDay& day) {
  if (day.year >= 1 && day.year <= 9999) {
    std::string text = "0000-00-00";
    const auto put = [&](size_t end, int64_t number) {
      for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
    };
    put(4, day.year);
    put(7, day.month);
    put(10, day.day);
    return text;
  }
  std::array<char, 48> buffer;
  const int length = std::snprintf(buffer.data(), buffer.size(), "%+05lld-%02d-%02d",
                                   static_cast<long long>(day.year), day.month, day.day);
  return {buffer.data(), static_cast<size_t>(length)};
}

}  // namespace

bool IsCivilDay(const CivilDay& day) {
  return day.month >= 1 && day.month <= 12 && day.day >= 1 &&
         day.day <= DaysInMonth(day.year, day.month);
}

// Years counted from March put the leap day last; 400 years are one era of 146097 days.
int64_t DaysFromCivil(const CivilDay& day) {
  DAFTAR_DCHECK(IsCivilDay(day));
  const int64_t year = day.year - (day.month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * ((day.month + 9) % 12) + 2) / 5 + day.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDay CivilFromDays(int64_t days) {
  days += 719'468;
  const int64_t era = FloorDivide(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

absl::StatusOr<Date> ParseDate(std::string_view text) {
  std::string_view rest = text;
  CivilDay day;
  Outcome outcome = TakeDay(&rest, &day);
  if (outcome.wrong == nullptr && !rest.empty()) outcome = {"text follows the day"};
  if (outcome.wrong != nullptr) {
    return InvalidArgument("value is not a date")
        .With("value", text)
        .With("cause", outcome.wrong)
        .With("remedy", kDateRemedy);
  }
  return Date{static_cast<int32_t>(DaysFromCivil(day))};
}

std::string FormatDate(Date date) { return FormatCivil(CivilFromDays(date.days)); }

absl::StatusOr<Instant> ParseInstant(std::string_view text) {
  std::string_view rest = text;
  CivilDay day;
  int64_t time_micros = 0;
  int64_t offset_micros = 0;
  Outcome outcome = TakeDay(&rest, &day);
  if (outcome.wrong == nullptr && !TakeChar(&rest, 'T')) outcome = {"T and the time are missing"};
  if (outcome.wrong == nullptr) outcome = TakeTime(&rest, &time_micros);
  if (outcome.wrong == nullptr) outcome = TakeOffset(&rest, &offset_micros);
  if (outcome.wrong == nullptr && !rest.empty()) outcome = {"text follows the offset"};
  Instant result;
  if (outcome.wrong == nullptr) {
    // Cannot overflow: four digits of a year are at most 2.6e17 microseconds.
    result.micros = DaysFromCivil(day) * kMicrosPerDay + time_micros - offset_micros;
    const int64_t year = CivilFromDays(FloorDivide(result.micros, kMicrosPerDay)).year;
    if (year < 1 || year > 9999) outcome = {"in UTC it lies outside the years 0001 to 9999"};
  }
  if (outcome.wrong == nullptr) return result;
  return InvalidArgument("value is not an instant")
      .With("value", text)
      .With("cause", outcome.wrong)
      .With("remedy", kInstantRemedy);
}

std::string FormatInstant(Instant instant) {
  const int64_t days = FloorDivide(instant.micros, kMicrosPerDay);
  // Not days * kMicrosPerDay, which overflows for the smallest instants.
  int64_t micros = instant.micros % kMicrosPerDay;
  if (micros < 0) micros += kMicrosPerDay;
  const auto seconds = static_cast<int>(micros / kMicrosPerSecond);
  const auto fraction = static_cast<int>(micros % kMicrosPerSecond);
  std::array<char, 48> buffer;
  int length = std::snprintf(buffer.data(), buffer.size(), "T%02d:%02d:%02d", seconds / 3600,
                             seconds / 60 % 60, seconds % 60);
  std::string text = FormatCivil(CivilFromDays(days));
  text.append(buffer.data(), static_cast<size_t>(length));
  if (fraction != 0) {
    length = std::snprintf(buffer.data(), buffer.size(), ".%06d", fraction);
    text.append(buffer.data(), static_cast<size_t>(length));
  }
  text.push_back('Z');
  return text;
}

}  // namespace daftar
