// The keys under which an index may hold what a query means.
#pragma once

#include <string>
#include <vector>

#include "daftar/search.h"
#include "names/compare.h"

namespace daftar::search {

// A query made ready for looking up and for many comparisons.
struct PreparedQuery {
  names::PreparedName name;
  std::string squeezed;            // folded, without spaces
  std::vector<std::string> words;  // folded
};
PreparedQuery Prepare(std::string_view text);

struct SoughtKey {
  std::string key;
  bool begins = false;  // all keys that begin so
  double weight = 1;    // how much it tells, of two that as many names have
};

// Keys of which a name has at least one when it is a hit; kSubstring: pairs of keys of each of
// which it has at least one.
std::vector<SoughtKey> SoughtKeys(const PreparedQuery& query, SearchMode mode);

// Parts of the query's words: names that share none of SoughtKeys() but are spelled much the same
// have several of them.
std::vector<SoughtKey> SoughtParts(const PreparedQuery& query);

}  // namespace daftar::search
