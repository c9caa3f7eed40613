#include "base/working_days.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace daftar {
namespace {

constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string_view DaysOff(std::string_view week) {
  if (week == "IR") return "thu,fri";
  if (week == "PK") return "sat,sun";
  return week;
}

// Division that rounds down also for negative numbers.
int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

absl::StatusOr<WorkingCalendar> WorkingCalendar::Create(std::string_view week,
                                                        std::vector<Date> holidays) {
  WorkingCalendar calendar;
  calendar.works_.fill(true);
  for (const std::string_view part : absl::StrSplit(DaysOff(week), ',')) {
    const std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
    const auto found = std::find(std::begin(kDays), std::end(kDays), name);
    if (found == std::end(kDays)) {
      return InvalidArgument("no working week of this name is known")
          .With("name", week)
          .With("known", "IR, PK, or the days off, such as 'fri' or 'fri,sat'");
    }
    calendar.works_[static_cast<size_t>(found - std::begin(kDays))] = false;
  }
  calendar.working_days_of_week_ = std::count(calendar.works_.begin(), calendar.works_.end(), true);
  if (calendar.working_days_of_week_ == 0) {
    return InvalidArgument("a week needs a working day").With("name", week);
  }
  std::erase_if(holidays, [&](Date day) { return !calendar.works_[DayOfWeek(int64_t{day.days})]; });
  std::sort(holidays.begin(), holidays.end());
  holidays.erase(std::unique(holidays.begin(), holidays.end()), holidays.end());
  calendar.holidays_ = std::move(holidays);
  return calendar;
}

// 1970-01-01 was a Thursday.
size_t WorkingCalendar::DayOfWeek(int64_t day) {
  constexpr int64_t kThursday = 3;
  const int64_t shifted = day + kThursday;
  return static_cast<size_t>(shifted - FloorDivide(shifted, kDaysOfWeek) * kDaysOfWeek);
}

bool WorkingCalendar::Works(Date day) const {
  return works_[DayOfWeek(day.days)] &&
         !std::binary_search(holidays_.begin(), holidays_.end(), day);
}

int64_t WorkingCalendar::Before(int64_t day) const {
  const int64_t weeks = FloorDivide(day, kDaysOfWeek);
  int64_t count = weeks * working_days_of_week_;
  for (int64_t i = weeks * kDaysOfWeek; i < day; ++i) count += works_[DayOfWeek(i)] ? 1 : 0;
  const auto passed = std::lower_bound(holidays_.begin(), holidays_.end(), day,
                                       [](Date holiday, int64_t d) { return holiday.days < d; });
  return count - (passed - holidays_.begin());
}

int64_t WorkingCalendar::Count(Date from, Date to) const {
  if (to < from) return Before(to.days) - Before(from.days);
  return Before(int64_t{to.days} + 1) - Before(int64_t{from.days} + 1);
}

absl::StatusOr<Date> WorkingCalendar::Add(Date day, int64_t count) const {
  if (count > kCountMax || count < -kCountMax) {
    return InvalidArgument("these are too many working days")
        .With("days", count)
        .With("limit", kCountMax);
  }
  if (count == 0) return day;
  const bool forward = count > 0;
  const int64_t wanted = forward ? count : -count;
  // So many working days after `day`, or before it; grows with the distance.
  const auto counted = [&](int64_t distance) {
    const int64_t at = day.days;
    return forward ? Before(at + distance + 1) - Before(at + 1)
                   : Before(at) - Before(at - distance);
  };
  int64_t low = 0;  // too few
  // Enough: every week has a working day that no holiday takes, but for as many as there are.
  int64_t high = (wanted + static_cast<int64_t>(holidays_.size()) + 1) * kDaysOfWeek;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (counted(middle) < wanted ? low : high) = middle;
  }
  const int64_t found = day.days + (forward ? high : -high);
  if (found != static_cast<int32_t>(found)) {
    return InvalidArgument("the day lies outside of all calendars").With("days", count);
  }
  return Date{static_cast<int32_t>(found)};
}

}  // namespace daftar
