// From a $search annotation to its index. Internal to the catalog.
#pragma once

#include <capnp/schema.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/daftar.capnp.h"

namespace daftar::catalog {

// Errors: InvalidArgument with the cause and the remedy.
absl::StatusOr<IndexDef> ResolveSearch(capnp::StructSchema schema, schema::Search::Reader source);

// What entries of names are made by: names are texts, and days stand in their lists. Errors:
// InvalidArgument.
absl::Status CheckSearch(const SearchDef& search);

}  // namespace daftar::catalog
