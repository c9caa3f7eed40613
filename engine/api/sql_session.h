// What statements of SQL are run with.
#pragma once

#include "sql/session.h"
#include "txn/core.h"

namespace daftar::internal {

// A session that only reads the present, to be changed as needed. Lifetime: `core` outlives it.
sql::SessionOptions NewSession(const txn::Core* core);

}  // namespace daftar::internal
