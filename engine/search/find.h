// Finds records by name or number.
#pragma once

#include "absl/status/statusor.h"
#include "daftar/search.h"
#include "txn/read_view.h"

namespace daftar::search {

// Database::Search. Lifetime: nothing of the result points into the view.
absl::StatusOr<SearchResult> Find(const txn::ReadView& view, const SearchQuery& query);

}  // namespace daftar::search
