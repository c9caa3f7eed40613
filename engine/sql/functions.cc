#include "sql/functions.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "identifier/canonical.h"
#include "identifier/scheme.h"
#include "names/compare.h"
#include "names/fold.h"
#include "sql/function.h"
#include "sql/system_table.h"

namespace daftar::sql {
namespace {

using identifier::Scheme;
using Arguments = sqlite3_value**;

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

constexpr Function kFunctions[] = {
    {"fold", 1, Fold},
    {"similarity", 2, Similarity},
    {"identifier", 2, Identifier},
    {"identifier_fault", 2, IdentifierFault},
    {"identifier_printed", 2, IdentifierPrinted},
    {"identifier_schemes", 1, IdentifierSchemes},
};

// What is null stays null.
void Call(sqlite3_context* context, int count, sqlite3_value** values) {
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return;
  }
  static_cast<const Function*>(sqlite3_user_data(context))->call(context, values);
}

absl::Status Register(sqlite3* db, std::span<const Function> functions) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  for (const Function& function : functions) {
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

}  // namespace

void GiveWide(sqlite3_context* context, absl::int128 number) {
  if (number >= std::numeric_limits<int64_t>::min() &&
      number <= std::numeric_limits<int64_t>::max()) {
    sqlite3_result_int64(context, static_cast<int64_t>(number));
  } else {
    Give(context, absl::StrCat(number));
  }
}

absl::Status RegisterFunctions(sqlite3* db) {
  DAFTAR_RETURN_IF_ERROR(Register(db, kFunctions));
  DAFTAR_RETURN_IF_ERROR(Register(db, DateFunctions()));
  return Register(db, PlaceFunctions());
}

}  // namespace daftar::sql
