#include "sql/functions.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/solar_hijri.h"
#include "base/status.h"
#include "identifier/canonical.h"
#include "identifier/scheme.h"
#include "names/compare.h"
#include "names/fold.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

using identifier::Scheme;
using Arguments = sqlite3_value**;

void Give(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Refuse(sqlite3_context* context, const absl::Status& status) {
  const std::string text(status.message());
  sqlite3_result_error(context, text.data(), static_cast<int>(text.size()));
}

absl::StatusOr<Scheme> SchemeNamed(std::string_view name) {
  if (const auto scheme = identifier::FindScheme(name)) return *scheme;
  std::vector<std::string_view> names;
  for (const Scheme scheme : identifier::AllSchemes()) {
    names.push_back(identifier::SchemeName(scheme));
  }
  return InvalidArgument("no such scheme of numbers")
      .With("scheme", name)
      .With("schemes", absl::StrJoin(names, ", "));
}

// A registry has schemes of its own beside those known here: their numbers have no canonical form,
// and a statement over all of them goes on.
absl::StatusOr<std::string> CanonicalOf(Arguments values) {
  DAFTAR_ASSIGN_OR_RETURN(const Scheme scheme, SchemeNamed(TextOf(values[0])));
  return identifier::Canonical(scheme, TextOf(values[1]));
}

void Fold(sqlite3_context* context, Arguments values) {
  Give(context, names::Fold(TextOf(values[0])));
}

void Similarity(sqlite3_context* context, Arguments values) {
  sqlite3_result_double(context, names::Similarity(TextOf(values[0]), TextOf(values[1])));
}

void Identifier(sqlite3_context* context, Arguments values) {
  const auto canonical = CanonicalOf(values);
  if (canonical.ok()) Give(context, *canonical);
}

void IdentifierFault(sqlite3_context* context, Arguments values) {
  const auto canonical = CanonicalOf(values);
  if (!canonical.ok()) Give(context, canonical.status().message());
}

void IdentifierPrinted(sqlite3_context* context, Arguments values) {
  const auto canonical = CanonicalOf(values);
  if (!canonical.ok()) return;
  Give(context, identifier::Printed(*identifier::FindScheme(TextOf(values[0])), *canonical));
}

void IdentifierSchemes(sqlite3_context* context, Arguments values) {
  std::vector<std::string_view> names;
  for (const Scheme scheme : identifier::SchemesOf(TextOf(values[0]))) {
    names.push_back(identifier::SchemeName(scheme));
  }
  if (!names.empty()) Give(context, absl::StrJoin(names, ", "));
}

// The day of "2024-03-20", or of the beginning of an instant.
absl::StatusOr<Date> DayOf(sqlite3_value* value) {
  constexpr size_t kDayBytes = 10;
  return ParseDate(TextOf(value).substr(0, kDayBytes));
}

void SolarHijri(sqlite3_context* context, Arguments values) {
  const auto date = DayOf(values[0]);
  if (!date.ok()) return Refuse(context, date.status());
  const auto text = FormatSolarHijri(*date);
  if (!text.ok()) return Refuse(context, text.status());
  Give(context, *text);
}

void Gregorian(sqlite3_context* context, Arguments values) {
  const auto date = ParseSolarHijri(TextOf(values[0]));
  if (!date.ok()) return Refuse(context, date.status());
  Give(context, FormatDate(*date));
}

// "1403" of Iran, whose fiscal year is the Solar Hijri year; "FY25" of Pakistan, whose year 2024-25
// begins on 1 July 2024.
void FiscalYear(sqlite3_context* context, Arguments values) {
  const std::string_view country = TextOf(values[0]);
  const auto date = DayOf(values[1]);
  if (!date.ok()) return Refuse(context, date.status());
  if (country == "IR") {
    const auto day = SolarHijriFromDate(*date);
    if (!day.ok()) return Refuse(context, day.status());
    return Give(context, absl::StrCat(day->year));
  }
  if (country == "PK") {
    constexpr int kFirstMonth = 7;
    const CivilDay day = CivilFromDays(date->days);
    const int64_t year = day.year + (day.month >= kFirstMonth ? 1 : 0);
    return Give(context, absl::StrFormat("FY%02d", year % 100));
  }
  Refuse(context, InvalidArgument("no fiscal year is known of the country")
                      .With("country", country)
                      .With("countries", "IR, PK"));
}

struct Function {
  const char* name;
  int arguments;
  void (*call)(sqlite3_context*, Arguments);
};

constexpr Function kFunctions[] = {
    {"fold", 1, Fold},
    {"similarity", 2, Similarity},
    {"identifier", 2, Identifier},
    {"identifier_fault", 2, IdentifierFault},
    {"identifier_printed", 2, IdentifierPrinted},
    {"identifier_schemes", 1, IdentifierSchemes},
    {"solar_hijri", 1, SolarHijri},
    {"gregorian", 1, Gregorian},
    {"fiscal_year", 2, FiscalYear},
};

// What is null stays null.
void Call(sqlite3_context* context, int count, sqlite3_value** values) {
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return;
  }
  static_cast<const Function*>(sqlite3_user_data(context))->call(context, values);
}

}  // namespace

absl::Status RegisterFunctions(sqlite3* db) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  for (const Function& function : kFunctions) {
    // SQLite only hands it back.
    auto* const data = const_cast<Function*>(&function);
    if (sqlite3_create_function_v2(db, function.name, function.arguments, kFlags, data, Call,
                                   nullptr, nullptr, nullptr) != SQLITE_OK) {
      return Internal("SQLite does not take a function")
          .With("function", function.name)
          .With("cause", sqlite3_errmsg(db));
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::sql
