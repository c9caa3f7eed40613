// The tables of a catalog as SQLite modules.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "sql/session.h"

namespace daftar::sql {

// Whether a table has the columns that show what MATCH finds.
enum class MatchColumns { kShown, kLeftOut };

// Lets a table of the session's catalog be named in statements of `db` that are prepared from now
// on; those that were prepared before keep what they have. Lifetime: as below. Errors: Internal.
absl::Status RegisterTable(sqlite3* db, Session* session, const catalog::TableDef& table,
                           MatchColumns match_columns);

// The table that shows the records of the session's batch.
inline constexpr const char* kBatchTable = "daftar.batch";

// Lets the records of `table` that are in the session's batch be named as kBatchTable, to be read
// and written as in the table itself; each walk gives them in the batch's order. Lifetime: as
// below. Errors: Internal.
absl::Status RegisterBatchTable(sqlite3* db, Session* session, const catalog::TableDef& table);

// Lets every table of the session's catalog, without those columns, be named in statements of `db`,
// with nothing created: SQLite connects a table when a statement names it. Lifetime: the session
// outlives `db`. Errors: FailedPrecondition when two tables have names that differ only in case;
// Internal.
absl::Status RegisterTables(sqlite3* db, Session* session);

}  // namespace daftar::sql
