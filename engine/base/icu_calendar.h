// ICU's calendars that this library uses.
#pragma once

#include <unicode/calendar.h>

#include "absl/status/statusor.h"
#include "base/calendar.h"

namespace daftar {

// A calendar in UTC that the thread keeps, since to make one takes ICU longer than to use it.
// `locale` names it: "fa_IR@calendar=persian". Requires: a text that is there for good.
// Lifetime: until the thread ends. Errors: Unavailable when ICU does not know it.
absl::StatusOr<icu::Calendar*> CalendarOfThread(const char* locale);

// The day in that calendar. Errors: Internal when ICU refuses.
absl::StatusOr<CivilDay> DayIn(icu::Calendar* calendar, Date date);

}  // namespace daftar
