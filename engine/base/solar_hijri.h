// The Solar Hijri calendar of Iran, by ICU.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "base/calendar.h"

namespace daftar {

// The years in which the 33-year rule that ICU follows is known to be right and a year can be taken
// for one of no other calendar: 22 March 1827 to 20 March 2120.
inline constexpr int kSolarHijriYearMin = 1206;
inline constexpr int kSolarHijriYearMax = 1498;

// The day that `day` names in the Solar Hijri calendar. Errors: InvalidArgument when there is no
// such day, or the year is outside the range above.
absl::StatusOr<Date> DateFromSolarHijri(const CivilDay& day);

// The reverse. Errors: InvalidArgument when the year is outside the range above.
absl::StatusOr<CivilDay> SolarHijriFromDate(Date date);

// "1404-05-12". Errors: as SolarHijriFromDate.
absl::StatusOr<std::string> FormatSolarHijri(Date date);

}  // namespace daftar
