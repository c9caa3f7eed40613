#include "base/written_date.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/calendar.h"
#include "base/digits.h"
#include "base/hijri.h"
#include "base/solar_hijri.h"
#include "base/status.h"
#include "base/utf8.h"

namespace daftar {
namespace {

// Gregorian years that are written without a mark, but for the form of ISO 8601.
constexpr int64_t kPlainGregorianYearMin = 1800;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// "2025-08-03".
bool HasIsoForm(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(),
                    [](char c, char form) { return form == 'd' ? IsDigit(c) : c == form; });
}

struct Mark {
  std::string_view text;
  Calendar calendar;
};

// Without dots, spaces and the lengthening stroke, ASCII in upper case.
constexpr Mark kMarks[] = {
    {"SH", Calendar::kSolarHijri},    {"AP", Calendar::kSolarHijri},
    {"ش", Calendar::kSolarHijri},     {"هش", Calendar::kSolarHijri},
    {"شمسی", Calendar::kSolarHijri},  {"خورشیدی", Calendar::kSolarHijri},
    {"AD", Calendar::kGregorian},     {"CE", Calendar::kGregorian},
    {"م", Calendar::kGregorian},      {"ء", Calendar::kGregorian},
    {"میلادی", Calendar::kGregorian}, {"عیسوی", Calendar::kGregorian},
    {"AH", Calendar::kHijri},         {"ق", Calendar::kHijri},
    {"هق", Calendar::kHijri},         {"قمری", Calendar::kHijri},
    {"ھ", Calendar::kHijri},          {"ہجری", Calendar::kHijri},
};

// What a mark may have around and in it: spaces, dots, the lengthening stroke, invisible marks.
bool IsFiller(int32_t c) {
  return c == ' ' || c == '.' || c == 0x00A0 || c == 0x0640 || (c >= 0x200C && c <= 0x200F);
}

std::optional<Calendar> CalendarOfMark(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    if (!IsFiller(NextCharacter(text, &i))) plain += text.substr(start, i - start);
  }
  absl::AsciiStrToUpper(&plain);
  for (const Mark& mark : kMarks) {
    if (mark.text == plain) return mark.calendar;
  }
  return std::nullopt;
}

// Takes digits off the front of `text`; so many at least and at most.
std::optional<int> TakeNumber(std::string_view* text, size_t digits_min, size_t digits_max) {
  size_t count = 0;
  int number = 0;
  while (count < text->size() && IsDigit((*text)[count])) {
    if (count == digits_max) return std::nullopt;
    number = number * 10 + ((*text)[count++] - '0');
  }
  if (count < digits_min) return std::nullopt;
  text->remove_prefix(count);
  return number;
}

// Takes year, month and day off the front; no such day may exist.
std::optional<CivilDay> TakeDay(std::string_view* text) {
  const auto year = TakeNumber(text, 4, 4);
  if (!year || text->empty()) return std::nullopt;
  const char separator = text->front();
  if (separator != '-' && separator != '/') return std::nullopt;
  text->remove_prefix(1);
  const auto month = TakeNumber(text, 1, 2);
  if (!month || text->empty() || text->front() != separator) return std::nullopt;
  text->remove_prefix(1);
  const auto day = TakeNumber(text, 1, 2);
  if (!day) return std::nullopt;
  return CivilDay{*year, *month, *day};
}

absl::StatusOr<Date> DateOf(const CivilDay& day, Calendar calendar) {
  if (calendar == Calendar::kSolarHijri) return DateFromSolarHijri(day);
  if (calendar == Calendar::kHijri) {
    return InvalidArgument(
        "days of the lunar calendar cannot be read; write the Gregorian or Solar Hijri day");
  }
  if (day.year == 0) return InvalidArgument("year 0000 is not supported");
  if (!IsCivilDay(day)) return InvalidArgument("the calendar has no such day");
  return Date{static_cast<int32_t>(DaysFromCivil(day))};
}

// `text` has ASCII digits.
absl::StatusOr<Date> FromPlain(std::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  std::string_view rest = text;
  const std::optional<CivilDay> day = TakeDay(&rest);
  if (!day) return InvalidArgument("it does not have the form of a date");
  if (!rest.empty()) {
    const auto calendar = CalendarOfMark(rest);
    if (!calendar) return InvalidArgument("text follows the day").With("text", rest);
    return DateOf(*day, *calendar);
  }
  if (day->year >= kSolarHijriYearMin && day->year <= kSolarHijriYearMax) {
    return DateOf(*day, Calendar::kSolarHijri);
  }
  if (day->year < kPlainGregorianYearMin && !HasIsoForm(text)) {
    return InvalidArgument(
        "the year does not tell the calendar: Solar Hijri years are 1206 to 1498, Gregorian ones "
        "1800 and later; write AD behind the day where that is meant");
  }
  return DateOf(*day, Calendar::kGregorian);
}

// "14:00+03:30" with its seconds.
std::string WithSeconds(std::string_view time) {
  constexpr size_t kMinuteEnd = 5;
  if (time.size() == kMinuteEnd || (time.size() > kMinuteEnd && time[kMinuteEnd] != ':')) {
    return absl::StrCat(time.substr(0, kMinuteEnd), ":00", time.substr(kMinuteEnd));
  }
  return std::string(time);
}

std::string Joined(const CivilDay& day, char separator) {
  return absl::StrFormat("%04d%c%02d%c%02d", day.year, separator, day.month, separator, day.day);
}

}  // namespace

absl::StatusOr<Calendar> CalendarFromName(std::string_view name) {
  if (name == "gregorian") return Calendar::kGregorian;
  if (name == "solar-hijri") return Calendar::kSolarHijri;
  if (name == "hijri") return Calendar::kHijri;
  return InvalidArgument("unknown calendar; known are gregorian, solar-hijri, hijri")
      .With("calendar", name);
}

absl::StatusOr<Date> DateFromText(std::string_view text, DateForm form) {
  if (form == DateForm::kStored && HasIsoForm(text)) {
    std::string_view rest = text;
    return DateOf(*TakeDay(&rest), Calendar::kGregorian);
  }
  return FromPlain(WithAsciiDigits(text));
}

absl::StatusOr<Instant> InstantFromText(std::string_view text, DateForm form) {
  constexpr size_t kDateBytes = 10;
  if (form == DateForm::kStored && HasIsoForm(text.substr(0, kDateBytes))) {
    return ParseInstant(text);
  }
  const std::string plain = WithAsciiDigits(text);
  const size_t split = plain.find_first_of("T ");
  if (split == plain.npos) return InvalidArgument("T and the time are missing");
  DAFTAR_ASSIGN_OR_RETURN(const Date date,
                          DateFromText(std::string_view(plain).substr(0, split), form));
  return ParseInstant(
      absl::StrCat(FormatDate(date), "T", WithSeconds(std::string_view(plain).substr(split + 1))));
}

absl::StatusOr<Date> ReadDate(std::string_view text) {
  auto date = DateFromText(text, DateForm::kWritten);
  if (date.ok()) return date;
  return InvalidArgument("value is not a date")
      .With("value", text)
      .With("cause", date.status().message())
      .With("remedy", absl::StrCat("write ", kDateForms));
}

std::string DateText(Date date, Calendar calendar) {
  if (calendar == Calendar::kSolarHijri) {
    if (const auto day = SolarHijriFromDate(date); day.ok()) return Joined(*day, '/');
  } else if (calendar == Calendar::kHijri) {
    if (const auto day = HijriFromDate(date); day.ok()) {
      return absl::StrCat(Joined(*day, '-'), " AH");
    }
  }
  return FormatDate(date);
}

std::string InstantText(Instant instant, Calendar calendar) {
  std::string text = FormatInstant(instant);
  if (calendar == Calendar::kGregorian) return text;
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  const int64_t days =
      instant.micros / kMicrosPerDay - (instant.micros % kMicrosPerDay < 0 ? 1 : 0);
  const std::string date = DateText(Date{static_cast<int32_t>(days)}, calendar);
  const size_t mark = std::min(date.find(' '), date.size());
  return absl::StrCat(date.substr(0, mark), text.substr(text.find('T')), date.substr(mark));
}

Value InCalendar(Value value, Calendar calendar) {
  if (calendar == Calendar::kGregorian) return value;
  if (const Date* date = value.get_if<Date>()) return DateText(*date, calendar);
  if (const Instant* instant = value.get_if<Instant>()) return InstantText(*instant, calendar);
  return value;
}

}  // namespace daftar
