// The Hijri calendar of the moon, by ICU, to print dates in.
#pragma once

#include "absl/status/statusor.h"
#include "base/calendar.h"

namespace daftar {

// The years for which ICU has the table of Umm al-Qura, the calendar that Saudi Arabia computes
// ahead: 12 November 1882 to 19 November 2174. In Iran and Pakistan months begin when the moon was
// sighted, a day earlier or later: good beside another date, not as the date of a paper.
inline constexpr int kHijriYearMin = 1300;
inline constexpr int kHijriYearMax = 1600;

// The day in that calendar. Errors: InvalidArgument when the year is outside the range above.
absl::StatusOr<CivilDay> HijriFromDate(Date date);

}  // namespace daftar
