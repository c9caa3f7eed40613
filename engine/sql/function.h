// What the files of SQL functions share. Internal to functions.cc and *_functions.cc.
#pragma once

#include <sqlite3.h>

#include <span>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/value.h"

namespace daftar::sql {

// A function of SQL; `call` is reached only when no argument is null.
struct Function {
  const char* name;
  int arguments;
  void (*call)(sqlite3_context*, sqlite3_value**);
};

inline void Give(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// An integer of any size; text of its digits when SQLite has none so large.
void GiveWide(sqlite3_context* context, absl::int128 number);

inline void Refuse(sqlite3_context* context, const absl::Status& status) {
  const std::string text(status.message());
  sqlite3_result_error(context, text.data(), static_cast<int>(text.size()));
}

// The day of a date in any of the forms of ReadDate, or of the beginning of an instant. Errors:
// InvalidArgument.
absl::StatusOr<Date> DayOf(sqlite3_value* value);

// Calendars, fiscal years, working days.
std::span<const Function> DateFunctions();
// Distances.
std::span<const Function> PlaceFunctions();

}  // namespace daftar::sql
