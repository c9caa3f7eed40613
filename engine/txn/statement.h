// Who, why and on which decision: what commits state, and what tables require of them.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/options.h"
#include "journal/entry.h"

namespace daftar::txn {

// Lifetime: as `options`.
journal::Statement StatementOf(const CommitOptions& options);

// Whether a commit to `tables` may be made with this statement. Errors: InvalidArgument naming the
// part that is malformed, or that a table requires and the statement lacks.
absl::Status CheckStatement(const CommitOptions& options,
                            const std::vector<const catalog::TableDef*>& tables);

// The day of a commit, UTC, since 1970-01-01; `micros` is its time.
int32_t DayOf(int64_t micros);

}  // namespace daftar::txn
