// How well names are found and told apart, measured on files of examples.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace daftar::names {

struct Query {
  std::string text;
  std::string expected;
};

struct LabelledPair {
  std::string a;
  std::string b;
  bool same = false;
};

struct SearchQuality {
  size_t queries = 0;
  double recall_at_10 = 0;     // The expected name is among the first ten.
  double precision_at_1 = 0;   // It is the first.
  double candidates_mean = 0;  // How many names share a key with a query.
  std::vector<std::string> misses{};
};

struct PairQuality {
  size_t pairs = 0;
  double best_f1 = 0;
  double best_threshold = 0;
  double f1 = 0;  // At kSameName.
  std::vector<std::string> errors{};
};

// Lines "query<TAB>expected"; lines that are empty, begin with '#' or have another form are left
// out.
std::vector<Query> ReadQueries(const std::filesystem::path& file);

// Lines "a<TAB>b<TAB>same|different".
std::vector<LabelledPair> ReadPairs(const std::filesystem::path& file);

// The expected names of all queries are what is searched, by SearchKeys() and then Similarity().
SearchQuality EvaluateSearch(const std::vector<Query>& queries);

PairQuality EvaluatePairs(const std::vector<LabelledPair>& pairs);

}  // namespace daftar::names
