// COLLATE persian, urdu and arabic: texts in the order of dictionaries.
#pragma once

#include <sqlite3.h>

#include <string>

#include "absl/status/status.h"

namespace daftar::sql {

// Lets statements of `db` name them. They are made when a statement names them first. Errors:
// Internal.
absl::Status RegisterCollations(sqlite3* db);

// All that statements can name, SQLite's own included: "BINARY, NOCASE, …".
std::string CollationNames();

}  // namespace daftar::sql
