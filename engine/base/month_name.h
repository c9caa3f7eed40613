// Names of months, by ICU.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/calendar.h"

namespace daftar {

// "مرداد" of 2025-08-03 in kSolarHijri and "fa"; languages are fa, ur, ar, en. Errors:
// InvalidArgument for another language, or a day outside the years of the calendar.
absl::StatusOr<std::string> MonthName(Date date, Calendar calendar, std::string_view language);

}  // namespace daftar
