// From an $aggregate annotation to its definition. Internal to resolve*.cc.
#pragma once

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/daftar.capnp.h"

namespace daftar::catalog {

// Adds the aggregate to `table`, whose indexes are there already. Errors: InvalidArgument with
// "aggregate=…", the cause and the remedy.
absl::Status AddAggregate(schema::Aggregate::Reader source, TableDef* table);

}  // namespace daftar::catalog
