#include "search/index_evaluation.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/json_string.h"
#include "base/status.h"
#include "daftar/database.h"

namespace daftar::testing {
namespace {

// The registry schema comes with the library; its firms have names to be searched.
absl::StatusOr<std::unique_ptr<Database>> MakeRegistry(const std::vector<names::Query>& queries) {
  OpenOptions options;
  options.in_memory = true;
  DAFTAR_ASSIGN_OR_RETURN(auto database, Database::Open("", options));
  std::set<std::string> names;
  for (const names::Query& query : queries) names.insert(query.expected);
  Batch batch = database->NewBatch();
  int number = 0;
  for (const std::string& name : names) {
    std::string json = absl::StrCat(R"({"registryNo":"F)", ++number, R"(","names":[{"text":)");
    AppendJsonString(name, &json);
    DAFTAR_RETURN_IF_ERROR(batch.Put("firm", json + "}]}"));
  }
  DAFTAR_RETURN_IF_ERROR(database->Commit(std::move(batch), {}).status());
  return database;
}

}  // namespace

absl::StatusOr<names::SearchQuality> EvaluateIndex(const std::vector<names::Query>& queries) {
  DAFTAR_ASSIGN_OR_RETURN(const auto database, MakeRegistry(queries));
  names::SearchQuality quality{.queries = queries.size()};
  size_t first = 0;
  size_t within_10 = 0;
  uint64_t compared = 0;
  for (const names::Query& query : queries) {
    DAFTAR_ASSIGN_OR_RETURN(const SearchResult result,
                            database->Search({.text = query.text, .table = "firm"}));
    compared += result.names_compared;
    const auto found =
        std::find_if(result.hits.begin(), result.hits.end(),
                     [&](const SearchHit& hit) { return hit.text == query.expected; });
    if (found == result.hits.end()) {
      quality.misses.push_back(query.text + '\t' + query.expected);
      continue;
    }
    ++within_10;
    if (found == result.hits.begin()) ++first;
  }
  const auto count = static_cast<double>(std::max<size_t>(1, queries.size()));
  quality.recall_at_10 = static_cast<double>(within_10) / count;
  quality.precision_at_1 = static_cast<double>(first) / count;
  quality.candidates_mean = static_cast<double>(compared) / count;
  return quality;
}

}  // namespace daftar::testing
