// The conditions of $check: SQL over the columns of one record.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"

namespace daftar::sql {

// Makes a condition ready; see catalog::ConditionCompiler. It may use what SQLite allows in a CHECK
// constraint: columns, operators and functions, ours among them, and no subqueries. Errors:
// InvalidArgument with what SQLite says of it.
absl::StatusOr<std::shared_ptr<const catalog::RowCondition>> CompileCondition(
    const catalog::TableDef& table, const std::string& expression);

}  // namespace daftar::sql
