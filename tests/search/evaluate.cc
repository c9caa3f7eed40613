// Measures how well names are found in a real index.
//
//   daftar_search_evaluate [-v] FILE     lines "query<TAB>expected", as tests/names/search.tsv
#include <cstdio>
#include <span>
#include <string_view>

#include "search/index_evaluation.h"

namespace daftar::testing {
namespace {

int Main(std::span<char*> arguments) {
  const bool verbose = arguments.size() == 2 && std::string_view(arguments[0]) == "-v";
  if (arguments.size() != (verbose ? 2U : 1U)) {
    std::fprintf(stderr, "usage: daftar_search_evaluate [-v] FILE\n");
    return 2;
  }
  const auto quality = EvaluateIndex(names::ReadQueries(arguments.back()));
  if (!quality.ok()) {
    std::fprintf(stderr, "%s\n", quality.status().ToString().c_str());
    return 2;
  }
  if (verbose) {
    for (const std::string& miss : quality->misses) std::printf("miss\t%s\n", miss.c_str());
  }
  std::printf("queries %zu  recall@10 %.4f  precision@1 %.4f  compared %.1f\n", quality->queries,
              quality->recall_at_10, quality->precision_at_1, quality->candidates_mean);
  return quality->queries == 0 ? 1 : 0;
}

}  // namespace
}  // namespace daftar::testing

int main(int argc, char** argv) {
  return daftar::testing::Main(std::span(argv + 1, static_cast<size_t>(argc - 1)));
}
