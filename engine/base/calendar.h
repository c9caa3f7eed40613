// Dates and instants as text: the proleptic Gregorian calendar of ISO 8601.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/decimal.h"  // callers that read text forms of values need both
#include "daftar/value.h"

namespace daftar {

// A day by year (0 is the year before 1), month 1..12 and day 1..31.
struct CivilDay {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
  friend bool operator==(const CivilDay&, const CivilDay&) = default;
};

// Whether the day exists, in any year.
bool IsCivilDay(const CivilDay& day);

// Days since 1970-01-01. Requires: IsCivilDay(day) and |year| below 10^9.
int64_t DaysFromCivil(const CivilDay& day);
// The inverse. Requires: the day's |year| is below 10^9.
CivilDay CivilFromDays(int64_t days);

// Reads "YYYY-MM-DD", year 0001 to 9999. Errors: InvalidArgument with the text and what is wrong.
absl::StatusOr<Date> ParseDate(std::string_view text);
// "YYYY-MM-DD"; years outside 0001 to 9999, which ParseDate refuses, have a sign and at least four
// digits.
std::string FormatDate(Date date);

// Reads "YYYY-MM-DDTHH:MM:SS", one to six digits of a fraction if a point follows, then "Z" or an
// offset "+hh:mm" or "-hh:mm". A second 60 is refused: leap seconds have no place in an Instant.
// Errors: InvalidArgument with the text and what is wrong.
absl::StatusOr<Instant> ParseInstant(std::string_view text);
// "YYYY-MM-DDTHH:MM:SSZ", or with ".ffffff" when the fraction is not zero. Years as in FormatDate.
std::string FormatInstant(Instant instant);

}  // namespace daftar
