// Chooses how a table of a statement is read: what SQLite asks for by xBestIndex.
#pragma once

#include <sqlite3.h>

#include "absl/status/status.h"
#include "sql/columns.h"
#include "sql/session.h"

namespace daftar::sql {

// Fills SQLite's answer with the cheapest access path that the usable constraints allow.
// `*usable` is false when none does, because the moment of an AS OF is not known in this order of
// joining. Errors: those of Session::EstimateRows.
absl::Status ChooseAccess(Session* session, const catalog::TableDef& table,
                          const std::vector<Column>& columns, sqlite3_index_info* info,
                          bool* usable);

}  // namespace daftar::sql
