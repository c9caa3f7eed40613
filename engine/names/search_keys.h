// The keys by which an index finds the names that a query may mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "names/compare.h"

namespace daftar::names {

// Raised whenever a name gets other keys, since an index stores them.
inline constexpr int kSearchKeyVersion = 1;

// The key in which a word of Persian, Urdu or Arabic and its usual Latin spellings meet: its
// consonants (Skeleton in sounds.h) in the likeliest reading. Several words are taken as one.
std::string ScriptKey(std::string_view word);

// The keys of a name, sorted, each once: the script keys of its words in every reading, those of
// two neighbouring words as if written as one, coarser keys of both (CoarseSkeleton in sounds.h),
// and "=" with the English word for a word that has a meaning. A name is a candidate for a query
// when they share a key; Similarity() ranks candidates.
std::vector<std::string> SearchKeys(std::string_view name);
std::vector<std::string> SearchKeys(const PreparedName& name);

}  // namespace daftar::names
