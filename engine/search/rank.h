// How well a name fits what is looked for.
#pragma once

#include <optional>
#include <string_view>

#include "daftar/search.h"
#include "search/sought_keys.h"

namespace daftar::search {

struct Rank {
  // Orders hits, the greater first: names that may be the same by their similarity, then those
  // that have the words among others, that begin so, that have the text inside, and the rest.
  double score = 0;
  double similarity = 0;  // names::Similarity
  SearchReason reason = SearchReason::kSimilar;
};

// Nothing: the name is no hit. Thread safety: pure.
std::optional<Rank> RankName(const PreparedQuery& query, SearchMode mode, std::string_view name);

// The same by the letters alone, without comparing the names, which costs some fifty times as much:
// it finds words, beginnings and parts, and takes no name for the same one. Similarity is left 0.
std::optional<Rank> RankByLetters(const PreparedQuery& query, SearchMode mode,
                                  std::string_view name);

}  // namespace daftar::search
