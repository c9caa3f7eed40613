#include "search/rank.h"

#include <algorithm>

#include "base/utf8.h"
#include "names/fold.h"
#include "names/name_keys.h"

namespace daftar::search {
namespace {

using names::Match;
using names::MatchReason;

// Scores of names that are not the same: each kind from its floor to the next one's, the more the
// less else there is in the name.
constexpr double kWordsFloor = 0.66;
constexpr double kWordsAlikeFloor = 0.58;
constexpr double kPrefixFloor = 0.5;
constexpr double kSubstringFloor = 0.42;
constexpr double kStep = 0.08;
// The rest is shown when it is this similar, below all of them.
constexpr double kSimilarMin = 0.5;
constexpr double kSimilarScale = 0.4;
// A word of the query that is this similar to one of the name is in the name.
constexpr double kAlikeMin = 0.8;

static_assert(kWordsFloor + kStep < names::kSameName);

SearchReason ReasonOf(MatchReason reason) {
  switch (reason) {
    case MatchReason::kExact:
      return SearchReason::kExact;
    case MatchReason::kFolded:
      return SearchReason::kFolded;
    case MatchReason::kLegalFormApart:
      return SearchReason::kLegalFormApart;
    case MatchReason::kTranslation:
      return SearchReason::kTranslation;
    case MatchReason::kTransliteration:
      return SearchReason::kTransliteration;
    case MatchReason::kSpelling:
      return SearchReason::kSpelling;
    case MatchReason::kNone:
      break;
  }
  return SearchReason::kSimilar;
}

// What part of the name the query is, 0 to 1.
double Share(const PreparedQuery& query, std::string_view squeezed) {
  const auto part = static_cast<double>(CountCharacters(query.squeezed));
  return part / std::max(part, static_cast<double>(CountCharacters(squeezed)));
}

bool HasWords(const std::vector<std::string>& wanted, const std::vector<std::string>& words) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  });
}

bool BeginsWords(const std::vector<std::string>& wanted, const std::vector<std::string>& words) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& begin) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return word.starts_with(begin); });
  });
}

// Whether each word of the query has its like in the name. A match names the words that were found
// to be one, of one or several without spaces, so that all of them are there when their letters
// are.
bool HasWordsAlike(const PreparedQuery& query, const Match& match) {
  size_t wanted = 0;
  for (const names::NameSpan& span : query.name.spans) {
    if (span.count == 1) wanted += span.text.size();
  }
  size_t found = 0;
  for (const names::MatchedWords& words : match.words) {
    if (words.similarity >= kAlikeMin) found += words.a.size();
  }
  return wanted > 0 && found >= wanted;
}

// A name taken apart as far as letters go.
struct Letters {
  explicit Letters(const std::string& folded)
      : squeezed(names::Squeeze(folded)), words(names::WordsOf(folded)) {}
  std::string squeezed;
  std::vector<std::string> words;
};

std::optional<Rank> RankInside(const PreparedQuery& query, const Letters& name) {
  if (name.squeezed.find(query.squeezed) == std::string::npos) return std::nullopt;
  const bool same = name.squeezed == query.squeezed;
  const bool first = name.squeezed.starts_with(query.squeezed);
  const double floor = same ? 1 - kStep : first ? kPrefixFloor : kSubstringFloor;
  return Rank{floor + kStep * Share(query, name.squeezed), 0, SearchReason::kSubstring};
}

std::optional<Rank> RankLetters(const PreparedQuery& query, SearchMode mode, const Letters& name) {
  if (mode == SearchMode::kSubstring) return RankInside(query, name);
  const double more = kStep * Share(query, name.squeezed);
  if (HasWords(query.words, name.words)) return Rank{kWordsFloor + more, 0, SearchReason::kWords};
  if (mode == SearchMode::kWord) return std::nullopt;
  if (BeginsWords(query.words, name.words)) {
    return Rank{kPrefixFloor + more, 0, SearchReason::kPrefix};
  }
  return RankInside(query, name);
}

}  // namespace

std::optional<Rank> RankByLetters(const PreparedQuery& query, SearchMode mode,
                                  std::string_view name) {
  const std::string folded = names::Fold(name);
  std::optional<Rank> rank = RankLetters(query, mode, Letters(folded));
  if (mode == SearchMode::kSubstring && rank.has_value() && folded == query.name.folded) {
    rank->reason = name == query.name.original ? SearchReason::kExact : SearchReason::kFolded;
  }
  return rank;
}

std::optional<Rank> RankName(const PreparedQuery& query, SearchMode mode, std::string_view name) {
  if (mode == SearchMode::kSubstring) return RankByLetters(query, mode, name);
  const names::PreparedName prepared = names::Prepare(name);
  const Match match = names::Compare(query.name, prepared);
  const Letters letters(prepared.folded);
  std::optional<Rank> rank = RankLetters(query, mode, letters);
  const bool has_words = rank.has_value() && rank->reason == SearchReason::kWords;
  if (!has_words && HasWordsAlike(query, match)) {
    const double more = kStep * Share(query, letters.squeezed);
    rank = Rank{kWordsAlikeFloor + more, 0, SearchReason::kWordsAlike};
  }
  if (mode == SearchMode::kWord && !rank.has_value()) return std::nullopt;
  if (match.similarity >= names::kSameName) {
    return Rank{match.similarity, match.similarity, ReasonOf(match.reason)};
  }
  if (!rank.has_value()) {
    if (match.similarity < kSimilarMin) return std::nullopt;
    rank = Rank{match.similarity * kSimilarScale, 0, SearchReason::kSimilar};
  }
  rank->similarity = match.similarity;
  return rank;
}

}  // namespace daftar::search
