// A schema as people read it.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/schema.h"

namespace daftar::catalog {

absl::StatusOr<std::vector<TableInfo>> Describe(const std::vector<TableDef>& tables);

}  // namespace daftar::catalog
