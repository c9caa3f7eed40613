// From annotations to the rules of tables. Internal to catalog/.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"

namespace daftar::catalog {

inline constexpr size_t kRulesPerTableMax = 64;

// Reads the rules of all tables of a schema from their structs and those that extend them, and
// whether a unique index holds forever. Runs inside Fenced(). Errors: InvalidArgument naming struct
// and rule, the cause and the remedy.
absl::Status ResolveRules(const record::SchemaSet& schemas, std::vector<TableDef>* tables);

}  // namespace daftar::catalog
