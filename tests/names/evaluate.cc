// Measures how well names are found and told apart.
//
//   daftar_names_evaluate [-v] FILE             lines "query<TAB>expected"
//   daftar_names_evaluate [-v] --pairs FILE     lines "a<TAB>b<TAB>same|different"
//   daftar_names_evaluate --compare A B         why two names match, or do not
#include <cstdio>
#include <span>
#include <string_view>

#include "names/compare.h"
#include "names/evaluation.h"

namespace daftar::names {
namespace {

void PrintLines(const char* title, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::printf("%s\t%s\n", title, line.c_str());
}

int Search(const char* file, bool verbose) {
  const SearchQuality quality = EvaluateSearch(ReadQueries(file));
  if (verbose) PrintLines("miss", quality.misses);
  std::printf("queries %zu  recall@10 %.4f  precision@1 %.4f  candidates %.1f\n", quality.queries,
              quality.recall_at_10, quality.precision_at_1, quality.candidates_mean);
  return quality.queries == 0 ? 1 : 0;
}

int Pairs(const char* file, bool verbose) {
  const PairQuality quality = EvaluatePairs(ReadPairs(file));
  if (verbose) PrintLines("error", quality.errors);
  std::printf("pairs %zu  best F1 %.4f at %.4f  F1 %.4f at kSameName %.2f\n", quality.pairs,
              quality.best_f1, quality.best_threshold, quality.f1, kSameName);
  return quality.pairs == 0 ? 1 : 0;
}

int CompareTwo(const char* a, const char* b) {
  const Match match = Compare(a, b);
  std::printf("%.4f %s\n", match.similarity, MatchReasonName(match.reason).data());
  for (const MatchedWords& words : match.words) {
    std::printf("  %.4f %s = %s\n", words.similarity, words.a.c_str(), words.b.c_str());
  }
  return 0;
}

int Main(std::span<char*> arguments) {
  bool verbose = false;
  if (!arguments.empty() && std::string_view(arguments[0]) == "-v") {
    verbose = true;
    arguments = arguments.subspan(1);
  }
  if (arguments.size() == 1) return Search(arguments[0], verbose);
  const std::string_view command = arguments.empty() ? "" : arguments[0];
  if (arguments.size() == 2 && command == "--pairs") return Pairs(arguments[1], verbose);
  if (arguments.size() == 3 && command == "--compare")
    return CompareTwo(arguments[1], arguments[2]);
  std::fprintf(stderr, "usage: daftar_names_evaluate [-v] [--pairs] FILE | --compare A B\n");
  return 2;
}

}  // namespace
}  // namespace daftar::names

int main(int argc, char** argv) {
  return daftar::names::Main(std::span(argv + 1, static_cast<size_t>(argc - 1)));
}
