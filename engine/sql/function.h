// What the files of SQL functions share. Internal to functions.cc and *_functions.cc.
#pragma once

#include <sqlite3.h>

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

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

inline void Refuse(sqlite3_context* context, const absl::Status& status) {
  const std::string text(status.message());
  sqlite3_result_error(context, text.data(), static_cast<int>(text.size()));
}

// Calendars, fiscal years, working days.
std::span<const Function> DateFunctions();
// Distances.
std::span<const Function> PlaceFunctions();

}  // namespace daftar::sql
