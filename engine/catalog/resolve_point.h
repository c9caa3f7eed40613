// $point annotations. Internal to catalog/.
#pragma once

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/daftar.capnp.h"

namespace daftar::catalog {

// The index that `source` declares, without its id. Errors: InvalidArgument.
absl::StatusOr<IndexDef> ResolvePoint(capnp::StructSchema schema, schema::Point::Reader source);

// Whether an index of points has latitude and longitude as `covering`, of types that hold degrees.
// Errors: InvalidArgument with the path.
absl::Status CheckPoint(const IndexDef& index);

}  // namespace daftar::catalog
