// How well names are found in a real index, measured on files of examples.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "names/evaluation.h"

namespace daftar::testing {

// The expected names of all queries are the names of a database in memory, of which
// Database::Search gives ten. `candidates_mean` counts names that were compared.
absl::StatusOr<names::SearchQuality> EvaluateIndex(const std::vector<names::Query>& queries);

}  // namespace daftar::testing
