// The part of the evolution validator that compares tables, keys and indexes. Internal to
// evolution*.cc.
#pragma once

#include "catalog/evolution.h"
#include "catalog/evolution_rules.h"

namespace daftar::catalog {

// Compares tables by the type id of their structs. Runs inside Fenced().
void CompareTables(const SchemaSide& from, const SchemaSide& to, Findings* findings);

}  // namespace daftar::catalog
