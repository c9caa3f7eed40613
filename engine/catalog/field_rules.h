// Which fields a table may have, and which annotation fits on which type.
#pragma once

#include "absl/status/status.h"
#include "record/schema_set.h"

namespace daftar::catalog {

// Checks every struct of the set. Errors: InvalidArgument with "struct=…; field=…".
absl::Status CheckFields(const record::SchemaSet& schemas);

}  // namespace daftar::catalog
