// Finds records by name or number.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/search.h"
#include "txn/read_view.h"

namespace daftar::search {

// Database::Search. When `primary_keys` is given, it gets the encoded primary key of each hit.
// Lifetime: nothing of the result points into the view.
absl::StatusOr<SearchResult> Find(const txn::ReadView& view, const SearchQuery& query,
                                  std::vector<std::string>* primary_keys = nullptr);

// Whether a name at `path` is one that SearchQuery::field asks for.
bool IsAskedFor(std::string_view path, std::string_view field);

}  // namespace daftar::search
