// Working days: the days of a week on which an authority works, without its holidays.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/value.h"

namespace daftar {

// Which days are worked. Immutable; may be read from many threads.
class WorkingCalendar {
 public:
  // `week` says which days of the week are off: "IR" (Thursday and Friday), "PK" (Saturday and
  // Sunday), or days themselves, "fri" or "fri,sat", since offices of one country differ. Holidays
  // come from the application, as they are decreed year by year; their order does not matter, and
  // one on a day off counts once. Errors: InvalidArgument for another name, or for seven days off.
  static absl::StatusOr<WorkingCalendar> Create(std::string_view week, std::vector<Date> holidays);

  bool Works(Date day) const;

  // How many working days come after `from` up to and including `to`: what a file has waited by
  // `to` that came in on `from`. With `to` before `from`, minus those from `to` on and before
  // `from`.
  int64_t Count(Date from, Date to) const;

  // The working day that is `count` ones after `day`; before it when negative; `day` itself, worked
  // or not, for 0. So Count(day, Add(day, n)) is n. Errors: InvalidArgument beyond kCountMax either
  // way.
  absl::StatusOr<Date> Add(Date day, int64_t count) const;
  static constexpr int64_t kCountMax = 1'000'000;

 private:
  static constexpr int64_t kDaysOfWeek = 7;

  // Of `day`, 0 for Monday.
  static size_t DayOfWeek(int64_t day);
  // Working days from some fixed day on and before `day`.
  int64_t Before(int64_t day) const;

  std::array<bool, kDaysOfWeek> works_{};
  int64_t working_days_of_week_ = 0;
  std::vector<Date> holidays_;  // on days that would be worked, each once, in order
};

}  // namespace daftar
