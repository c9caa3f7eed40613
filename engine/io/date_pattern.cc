#include "io/date_pattern.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/digits.h"
#include "base/solar_hijri.h"
#include "base/status.h"

namespace daftar::io {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> TakeNumber(std::string_view* text, size_t digits_min, size_t digits_max) {
  size_t count = 0;
  int value = 0;
  for (; count < digits_max && count < text->size() && IsDigit((*text)[count]); ++count) {
    value = value * 10 + ((*text)[count] - '0');
  }
  if (count < digits_min) return std::nullopt;
  text->remove_prefix(count);
  return value;
}

std::optional<int> TakeMonthName(std::string_view* text) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  for (size_t i = 0; i < kMonths.size(); ++i) {
    for (const std::string_view name : {kMonths[i], kMonths[i].substr(0, 3)}) {
      if (!absl::StartsWithIgnoreCase(*text, name)) continue;
      text->remove_prefix(name.size());
      return static_cast<int>(i + 1);
    }
  }
  return std::nullopt;
}

std::optional<int> TakeField(char field, bool fixed_width, std::string_view* text) {
  switch (field) {
    case 'Y':
      return TakeNumber(text, 4, 4);
    case 'y': {
      const auto year = TakeNumber(text, 2, 2);
      if (!year) return std::nullopt;
      return *year + (*year >= 69 ? 1900 : 2000);
    }
    case 'b':
      return TakeMonthName(text);
    default:
      return TakeNumber(text, fixed_width ? 2 : 1, 2);
  }
}

std::optional<std::string> ReadExcelDay(std::string_view text) {
  if (text.size() != 5) return std::nullopt;
  const auto number = TakeNumber(&text, 5, 5);
  if (!number || *number < 20000) return std::nullopt;
  // Day 1 is 1900-01-01 and a 29 February 1900 is counted that never was.
  const int64_t epoch = DaysFromCivil({1899, 12, 30});
  return FormatDate(Date{static_cast<int32_t>(epoch + *number)});
}

}  // namespace

absl::StatusOr<DatePattern> DatePattern::Parse(std::string_view text,
                                               std::optional<Calendar> calendar) {
  DatePattern pattern;
  pattern.calendar_ = calendar;
  pattern.excel_ = text == "excel";
  pattern.written_ = text == "written";
  if (pattern.excel_ || pattern.written_) return pattern;
  std::string seen;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      pattern.tokens_.push_back({0, text[i]});
      continue;
    }
    const char field = ++i < text.size() ? text[i] : ' ';
    if (field == '%') {
      pattern.tokens_.push_back({0, '%'});
      continue;
    }
    const char unit = field == 'y' ? 'Y' : field == 'b' ? 'm' : field;
    if (unit != 'Y' && unit != 'm' && unit != 'd') {
      return InvalidArgument("date format has an unknown field; known are %Y %y %m %b %d %%")
          .With("format", text);
    }
    if (seen.find(unit) != seen.npos) {
      return InvalidArgument("date format has a field twice").With("format", text);
    }
    if (field == 'y' || field == 'b') {
      if (calendar == Calendar::kSolarHijri) {
        return InvalidArgument("Solar Hijri dates have no %y and no %b").With("format", text);
      }
      pattern.calendar_ = Calendar::kGregorian;
    }
    seen.push_back(unit);
    pattern.tokens_.push_back({field, 0});
  }
  if (seen.find('Y') == seen.npos) {
    return InvalidArgument("date format has no year").With("format", text);
  }
  return pattern;
}

std::optional<std::string> DatePattern::Read(std::string_view text, PartialDate partial) const {
  const std::string plain = WithAsciiDigits(text);
  if (excel_) return ReadExcelDay(plain);
  if (!written_) return ReadFields(plain, partial);
  const auto date = ReadDate(plain);
  if (!date.ok()) return std::nullopt;
  return FormatDate(*date);
}

// Year 1 and later, as no pattern takes a zero.
std::optional<Date> DatePattern::DateOf(const CivilDay& day) const {
  const bool solar_year = day.year >= kSolarHijriYearMin && day.year <= kSolarHijriYearMax;
  if (calendar_ == Calendar::kSolarHijri || (!calendar_.has_value() && solar_year)) {
    const auto date = DateFromSolarHijri(day);
    return date.ok() ? std::optional<Date>(*date) : std::nullopt;
  }
  if (!IsCivilDay(day)) return std::nullopt;
  return Date{static_cast<int32_t>(DaysFromCivil(day))};
}

std::optional<std::string> DatePattern::ReadFields(std::string_view text,
                                                   PartialDate partial) const {
  CivilDay day{0, 0, 0};
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    if (token.field == 0) {
      if (!text.starts_with(token.literal)) return std::nullopt;
      text.remove_prefix(1);
      continue;
    }
    const bool digits_follow =
        i + 1 < tokens_.size() && (tokens_[i + 1].field != 0 || IsDigit(tokens_[i + 1].literal));
    const auto number = TakeField(token.field, digits_follow, &text);
    if (!number) return std::nullopt;
    if (token.field == 'd') {
      day.day = *number;
    } else if (token.field == 'm' || token.field == 'b') {
      day.month = *number;
    } else {
      day.year = *number;
    }
    if (*number == 0) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  const bool is_partial = day.month == 0 || day.day == 0;
  if (is_partial && partial == PartialDate::kError) return std::nullopt;
  if (day.month == 0) day.month = 1;
  if (day.day == 0) day.day = 1;
  const std::optional<Date> date = DateOf(day);
  if (!date.has_value()) return std::nullopt;
  if (is_partial && partial == PartialDate::kNull) return "";
  return FormatDate(*date);
}

}  // namespace daftar::io
