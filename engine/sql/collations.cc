#include "sql/collations.h"

#include <memory>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "names/collation.h"

namespace daftar::sql {
namespace {

using names::Collation;

int Compare(void* collation, int a_bytes, const void* a, int b_bytes, const void* b) {
  return static_cast<const Collation*>(collation)->Compare(
      {static_cast<const char*>(a), static_cast<size_t>(a_bytes)},
      {static_cast<const char*>(b), static_cast<size_t>(b_bytes)});
}

void Destroy(void* collation) { delete static_cast<Collation*>(collation); }

// SQLite asks for a name that it does not know. One that is not given it refuses.
void Give(void*, sqlite3* db, int, const char* name) {
  auto collation = Collation::Create(absl::AsciiStrToLower(name));
  if (!collation.ok()) return;
  Collation* const given = collation->release();
  // SQLite destroys it, but not when it does not take it.
  if (sqlite3_create_collation_v2(db, name, SQLITE_UTF8, given, Compare, Destroy) != SQLITE_OK) {
    Destroy(given);
  }
}

}  // namespace

absl::Status RegisterCollations(sqlite3* db) {
  if (sqlite3_collation_needed(db, nullptr, Give) == SQLITE_OK) return absl::OkStatus();
  return Internal("SQLite does not take collations").With("cause", sqlite3_errmsg(db));
}

std::string CollationNames() {
  return absl::StrCat(absl::StrJoin(Collation::Names(), ", "), ", BINARY, NOCASE, RTRIM");
}

}  // namespace daftar::sql
