// Dates and instants as people write them, and as files hold them. ReadDate, DateText and
// InstantText are in daftar/calendar.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/calendar.h"
#include "daftar/value.h"

namespace daftar {

enum class DateForm : uint8_t {
  kWritten,  // by people: the year tells the calendar, as ReadDate says
  // Perhaps by this library, as in an export: what has the form of ISO 8601 is Gregorian, so that
  // "1404-05-12" is a day of the year 1404 AD; "1404/05/12" is Solar Hijri here, too.
  kStored,
};

// The way to write a date, for messages.
inline constexpr std::string_view kDateForms = "2025-08-03, or 1404/05/12 for Solar Hijri";

// As ReadDate. Errors: InvalidArgument with nothing but what is wrong.
absl::StatusOr<Date> DateFromText(std::string_view text, DateForm form);

// A day as above, T or a space, the time, whose seconds may be left out, and the zone:
// "2025-08-03T09:30:00+03:30". Errors: InvalidArgument with what is wrong.
absl::StatusOr<Instant> InstantFromText(std::string_view text, DateForm form);

}  // namespace daftar
