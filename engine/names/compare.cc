#include "names/compare.h"

#include <algorithm>
#include <array>

#include "names/word_similarity.h"

namespace daftar::names {
namespace {

// Words less similar than kDifferentWord are different ones; between it and kSameWord a likeness
// counts for less than it is, since Hassan and Hossein differ in little.
constexpr double kSameWord = 0.93;
constexpr double kDifferentWord = 0.7;

constexpr double kOtherLegalForm = 0.01;
constexpr double kOtherOrder = 0.01;
// For what differs in nothing that is weighed.
constexpr double kNotFolded = 0.995;

// Words that were written as one have to be this similar, and cost so much.
constexpr double kJoinedMin = 0.85;
constexpr double kJoinedCost = 0.01;

double Sharpen(double similarity) {
  if (similarity >= kSameWord) return similarity;
  return std::max(0.0, similarity - kDifferentWord) / (kSameWord - kDifferentWord) * kSameWord;
}

struct Pair {
  const NameSpan* a;
  const NameSpan* b;
  WordMatch match;
};

bool MayPair(const NameSpan& a, const NameSpan& b) {
  return a.count == 1 || b.count == 1 || (a.count == 2 && b.count == 2);
}

// All pairs of spans worth a look, the best first.
std::vector<Pair> Candidates(const PreparedName& a, const PreparedName& b) {
  std::vector<Pair> pairs;
  for (const NameSpan& x : a.spans) {
    for (const NameSpan& y : b.spans) {
      if (!MayPair(x, y)) continue;
      WordMatch match = CompareSpans(x, y);
      if (x.count + y.count > 2) {
        if (match.similarity < kJoinedMin) continue;
        match.similarity -= kJoinedCost;
        if (match.reason == MatchReason::kFolded) match.reason = MatchReason::kSpelling;
      }
      match.similarity = Sharpen(match.similarity);
      if (match.similarity > 0) pairs.push_back({&x, &y, match});
    }
  }
  const auto distance = [](const Pair& pair) {
    return std::max(pair.a->first, pair.b->first) - std::min(pair.a->first, pair.b->first);
  };
  std::stable_sort(pairs.begin(), pairs.end(), [&](const Pair& x, const Pair& y) {
    if (x.match.similarity != y.match.similarity) return x.match.similarity > y.match.similarity;
    return distance(x) < distance(y);
  });
  return pairs;
}

// Takes the words of `span` out of those that are left; whether all were there.
bool Take(const NameSpan& span, std::vector<bool>* left) {
  for (size_t i = span.first; i < span.first + span.count; ++i) {
    if (!(*left)[i]) return false;
  }
  for (size_t i = span.first; i < span.first + span.count; ++i) (*left)[i] = false;
  return true;
}

bool Has(const NameSpan& span, const std::vector<bool>& left) {
  for (size_t i = span.first; i < span.first + span.count; ++i) {
    if (!left[i]) return false;
  }
  return true;
}

std::vector<Pair> Align(const PreparedName& a, const PreparedName& b) {
  std::vector<bool> left_a(a.words.words.size(), true);
  std::vector<bool> left_b(b.words.words.size(), true);
  std::vector<Pair> chosen;
  for (const Pair& pair : Candidates(a, b)) {
    if (!Has(*pair.a, left_a) || !Has(*pair.b, left_b)) continue;
    Take(*pair.a, &left_a);
    Take(*pair.b, &left_b);
    chosen.push_back(pair);
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const Pair& x, const Pair& y) { return x.a->first < y.a->first; });
  return chosen;
}

double TotalWeight(const PreparedName& name) {
  double weight = 0;
  for (const NameSpan& span : name.spans) {
    if (span.count == 1) weight += SpanWeight(span);
  }
  return weight;
}

// The weight of a span's words, one by one.
double WeightIn(const PreparedName& name, const NameSpan& span) {
  double weight = 0;
  for (const NameSpan& word : name.spans) {
    const bool inside = word.first >= span.first && word.first < span.first + span.count;
    if (word.count == 1 && inside) weight += SpanWeight(word);
  }
  return weight;
}

bool KeepsOrder(const std::vector<Pair>& pairs) {
  return std::is_sorted(pairs.begin(), pairs.end(),
                        [](const Pair& x, const Pair& y) { return x.b->first < y.b->first; });
}

// The comparison of names that do not fold to the same.
Match CompareWords(const PreparedName& a, const PreparedName& b) {
  Match result;
  const std::vector<Pair> pairs = Align(a, b);
  double matched = 0;
  double found = 0;
  MatchReason reason = MatchReason::kLegalFormApart;
  for (const Pair& pair : pairs) {
    const double weight = WeightIn(a, *pair.a) + WeightIn(b, *pair.b);
    found += weight;
    matched += weight * pair.match.similarity;
    if (pair.match.reason > MatchReason::kFolded) reason = std::max(reason, pair.match.reason);
    result.words.push_back({pair.a->text, pair.b->text, pair.match.similarity});
  }
  const double total = TotalWeight(a) + TotalWeight(b);
  if (total == 0) return result;
  constexpr double kRounding = 1e-9;
  if (found < total - kRounding) reason = MatchReason::kSpelling;  // A word was left out.
  double similarity = std::min(kNotFolded, matched / total);
  if (a.words.legal_forms != b.words.legal_forms) similarity -= kOtherLegalForm;
  if (!KeepsOrder(pairs)) similarity -= kOtherOrder;
  result.similarity = std::max(0.0, similarity);
  if (result.similarity >= kSameName) result.reason = reason;
  return result;
}

}  // namespace

std::string_view MatchReasonName(MatchReason reason) {
  constexpr std::array<std::string_view, 7> kNames = {
      "none", "exact", "folded", "legal form apart", "translation", "transliteration", "spelling"};
  return kNames[static_cast<size_t>(reason)];
}

Match Compare(const PreparedName& a, const PreparedName& b) {
  if (a.folded == b.folded) {
    const bool exact = a.original == b.original;
    return {.similarity = 1,
            .reason = exact ? MatchReason::kExact : MatchReason::kFolded,
            .words = {{a.folded, b.folded, 1}}};
  }
  // Which of equally good pairs is chosen depends on the order of the names.
  if (a.folded < b.folded) return CompareWords(a, b);
  Match match = CompareWords(b, a);
  for (MatchedWords& words : match.words) std::swap(words.a, words.b);
  return match;
}

Match Compare(std::string_view a, std::string_view b) { return Compare(Prepare(a), Prepare(b)); }

double Similarity(std::string_view a, std::string_view b) { return Compare(a, b).similarity; }

}  // namespace daftar::names
