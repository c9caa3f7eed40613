// Gives an open database another schema, and does what that leaves to do.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "daftar/schema_change.h"
#include "record/schema_set.h"
#include "txn/core.h"

namespace daftar::io {

// Database::ApplySchema. Requires: one call at a time.
absl::StatusOr<SchemaChangeReport> ChangeSchema(txn::Core* core,
                                                std::shared_ptr<const record::SchemaSet> schemas,
                                                const SchemaChangeOptions& options);

}  // namespace daftar::io
