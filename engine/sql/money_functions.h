// Functions of SQL for money: sums of one currency, and conversion by a table of rates.
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"
#include "sql/session.h"

namespace daftar::sql {

// Lets statements of `db` call minor_units, money_sum, converted and rate_on; docs/sql.md.
// Lifetime: the session outlives `db`. Errors: Internal.
absl::Status RegisterMoneyFunctions(sqlite3* db, Session* session);

}  // namespace daftar::sql
