// The part of the evolution validator that compares structs and enumerations. Internal to
// evolution*.cc.
#pragma once

#include "catalog/evolution.h"
#include "catalog/evolution_rules.h"

namespace daftar::catalog {

// Compares every type of `from` with its namesake by id, and names the types that are new. Changes
// of meaning ($date, $decimal, …) only count on types that some table of `from` stores.
// Runs inside Fenced(). Errors: Internal.
absl::Status CompareTypes(const SchemaSide& from, const SchemaSide& to, Findings* findings);

}  // namespace daftar::catalog
