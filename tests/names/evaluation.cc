#include "names/evaluation.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "names/compare.h"
#include "names/search_keys.h"

namespace daftar::names {
namespace {

std::vector<std::vector<std::string>> ReadTable(const std::filesystem::path& file, size_t columns) {
  std::ifstream in(file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> row;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, '\t');) row.push_back(part);
    if (row.size() == columns) rows.push_back(std::move(row));
  }
  return rows;
}

// Names to be searched, and which of them have a key.
struct Corpus {
  std::vector<PreparedName> names;
  std::map<std::string, std::vector<size_t>> by_key;
};

Corpus MakeCorpus(const std::vector<Query>& queries) {
  std::set<std::string> distinct;
  for (const Query& query : queries) distinct.insert(query.expected);
  Corpus corpus;
  for (const std::string& name : distinct) {
    for (const std::string& key : SearchKeys(name)) {
      corpus.by_key[key].push_back(corpus.names.size());
    }
    corpus.names.push_back(Prepare(name));
  }
  return corpus;
}

using Ranked = std::vector<std::pair<double, const std::string*>>;

Ranked Search(const Corpus& corpus, const std::string& text) {
  std::set<size_t> candidates;
  for (const std::string& key : SearchKeys(text)) {
    const auto found = corpus.by_key.find(key);
    if (found != corpus.by_key.end()) candidates.insert(found->second.begin(), found->second.end());
  }
  Ranked ranked;
  const PreparedName query = Prepare(text);
  for (const size_t i : candidates) {
    ranked.emplace_back(Compare(query, corpus.names[i]).similarity, &corpus.names[i].original);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  return ranked;
}

double F1(size_t found, size_t wrong, size_t missed) {
  const auto twice = static_cast<double>(2 * found);
  return found == 0 ? 0 : twice / (twice + static_cast<double>(wrong + missed));
}

double F1At(const std::vector<std::pair<double, bool>>& scores, double threshold) {
  size_t found = 0;
  size_t wrong = 0;
  size_t missed = 0;
  for (const auto& [score, same] : scores) {
    if (score >= threshold) ++(same ? found : wrong);
    if (score < threshold && same) ++missed;
  }
  return F1(found, wrong, missed);
}

std::string Describe(const LabelledPair& pair, double score) {
  std::ostringstream out;
  out << (pair.same ? "same" : "different") << '\t' << score << '\t' << pair.a << '\t' << pair.b;
  return out.str();
}

}  // namespace

std::vector<Query> ReadQueries(const std::filesystem::path& file) {
  std::vector<Query> queries;
  for (auto& row : ReadTable(file, 2)) queries.push_back({row[0], row[1]});
  return queries;
}

std::vector<LabelledPair> ReadPairs(const std::filesystem::path& file) {
  std::vector<LabelledPair> pairs;
  for (auto& row : ReadTable(file, 3)) pairs.push_back({row[0], row[1], row[2] == "same"});
  return pairs;
}

SearchQuality EvaluateSearch(const std::vector<Query>& queries) {
  SearchQuality quality{.queries = queries.size()};
  const Corpus corpus = MakeCorpus(queries);
  size_t first = 0;
  size_t within_10 = 0;
  size_t candidates = 0;
  for (const Query& query : queries) {
    const Ranked ranked = Search(corpus, query.text);
    candidates += ranked.size();
    const auto found = std::find_if(ranked.begin(), ranked.end(), [&](const auto& entry) {
      return *entry.second == query.expected;
    });
    const auto rank = found - ranked.begin();
    if (found != ranked.end() && rank == 0) ++first;
    if (found != ranked.end() && rank < 10) ++within_10;
    if (found == ranked.end() || rank >= 10) {
      quality.misses.push_back(query.text + '\t' + query.expected + '\t' +
                               (found == ranked.end() ? "no common key" : "ranked low"));
    }
  }
  const auto count = static_cast<double>(std::max<size_t>(1, queries.size()));
  quality.recall_at_10 = static_cast<double>(within_10) / count;
  quality.precision_at_1 = static_cast<double>(first) / count;
  quality.candidates_mean = static_cast<double>(candidates) / count;
  return quality;
}

PairQuality EvaluatePairs(const std::vector<LabelledPair>& pairs) {
  PairQuality quality{.pairs = pairs.size()};
  std::vector<std::pair<double, bool>> scores;
  for (const LabelledPair& pair : pairs) {
    const double score = Similarity(pair.a, pair.b);
    scores.emplace_back(score, pair.same);
    if ((score >= kSameName) != pair.same) quality.errors.push_back(Describe(pair, score));
  }
  quality.f1 = F1At(scores, kSameName);
  for (const auto& [threshold, same] : scores) {
    const double f1 = F1At(scores, threshold);
    if (f1 <= quality.best_f1) continue;
    quality.best_f1 = f1;
    quality.best_threshold = threshold;
  }
  return quality;
}

}  // namespace daftar::names
