// What statements may do: all but changing the schema and touching files.
#pragma once

#include <sqlite3.h>

#include "sql/session.h"

namespace daftar::sql {

// Refuses, from now on, statements of `db` that would make, change or drop anything but TEMP
// objects, attach or write files, load code, or set what our tables rest on. The session keeps the
// reason. Lifetime: the session outlives `db`.
void SetAuthorizer(sqlite3* db, Session* session);

}  // namespace daftar::sql
