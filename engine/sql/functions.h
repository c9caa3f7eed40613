// Functions that SQL has beside SQLite's own: names, numbers on paper, calendars.
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"

namespace daftar::sql {

// Lets statements of `db` call them; docs/sql.md lists them. All are deterministic, give null for a
// null, and may stand in indexes of TEMP tables. Errors: Internal.
absl::Status RegisterFunctions(sqlite3* db);

}  // namespace daftar::sql
