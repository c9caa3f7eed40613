// The tables of a catalog as SQLite modules.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "sql/session.h"

namespace daftar::sql {

// Lets every table of the session's catalog be named in statements of `db`, with nothing created:
// SQLite connects a table when a statement names it. Lifetime: the session outlives `db`. Errors:
// FailedPrecondition when two tables have names that differ only in case; Internal.
absl::Status RegisterTables(sqlite3* db, Session* session);

}  // namespace daftar::sql
