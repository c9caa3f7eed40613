// A schema as people read it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"

namespace daftar::catalog {

// Tables with keys, fields and indexes, a line each.
absl::StatusOr<std::string> Describe(const std::vector<TableDef>& tables);

}  // namespace daftar::catalog
