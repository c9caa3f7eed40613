#include "daftar/as_of.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/calendar.h"
#include "base/solar_hijri.h"
#include "base/status.h"

namespace daftar {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
// Of "1403-06-15".
constexpr size_t kDateBytes = 10;
constexpr size_t kYearBytes = 4;
constexpr size_t kMonthBytes = 2;

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "1403-06-15" as the Gregorian "2024-09-05"; dates of that calendar as they are.
absl::StatusOr<std::string> ToGregorian(std::string_view text) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, '-');
  CivilDay day;
  if (text.size() != kDateBytes || parts.size() != 3 || parts[0].size() != kYearBytes ||
      parts[1].size() != kMonthBytes || !AllDigits(parts[0]) || !AllDigits(parts[1]) ||
      !AllDigits(parts[2]) || !absl::SimpleAtoi(parts[0], &day.year) ||
      !absl::SimpleAtoi(parts[1], &day.month) || !absl::SimpleAtoi(parts[2], &day.day) ||
      day.year < kSolarHijriYearMin || day.year > kSolarHijriYearMax) {
    return std::string(text);
  }
  DAFTAR_ASSIGN_OR_RETURN(const Date date, DateFromSolarHijri(day));
  return FormatDate(date);
}

// "14:00+03:30" with its seconds.
std::string WithSeconds(std::string_view time) {
  constexpr size_t kMinuteEnd = 5;
  if (time.size() == kMinuteEnd || (time.size() > kMinuteEnd && time[kMinuteEnd] != ':')) {
    return absl::StrCat(time.substr(0, kMinuteEnd), ":00", time.substr(kMinuteEnd));
  }
  return std::string(time);
}

absl::StatusOr<Instant> ParseMoment(std::string_view text) {
  const size_t split = text.find('T');
  DAFTAR_ASSIGN_OR_RETURN(const std::string date, ToGregorian(text.substr(0, split)));
  if (split != std::string_view::npos) {
    return ParseInstant(absl::StrCat(date, "T", WithSeconds(text.substr(split + 1))));
  }
  DAFTAR_ASSIGN_OR_RETURN(const Date day, ParseDate(date));
  return Instant{(int64_t{day.days} + 1) * kMicrosPerDay - 1};
}

}  // namespace

absl::StatusOr<AsOf> AsOf::Parse(std::string_view text) {
  uint64_t version = 0;
  if (AllDigits(text) && absl::SimpleAtoi(text, &version)) return Commit(CommitVersion(version));
  const auto moment = ParseMoment(text);
  if (moment.ok()) return Time(*moment);
  return InvalidArgument("this is no moment")
      .With("value", absl::StrCat("'", text, "'"))
      .With("write it as", "1024 (a commit), 2024-09-05, 1403-06-15 or 2024-09-05T14:00:00+03:30")
      .With("cause", moment.status().message());
}

}  // namespace daftar
