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

std::optional<Rank> RankInside(const PreparedQuery& query, const std::string& squeezed) {
  if (squeezed.find(query.squeezed) == std::string::npos) return std::nullopt;
  const bool same = squeezed == query.squeezed;
  const bool first = squeezed.starts_with(query.squeezed);
  const double floor = same ? 1 - kStep : first ? kPrefixFloor : kSubstringFloor;
  return Rank{floor + kStep * Share(query, squeezed), 0, SearchReason::kSubstring};
}

}  // namespace

std::optional<Rank> RankName(const PreparedQuery& query, SearchMode mode, std::string_view name) {
  if (mode == SearchMode::kSubstring) {
    const std::string folded = names::Fold(name);
    std::optional<Rank> rank = RankInside(query, names::Squeeze(folded));
    if (rank.has_value() && folded == query.name.folded) {
      rank->reason = name == query.name.original ? SearchReason::kExact : SearchReason::kFolded;
    }
    return rank;
  }
  const names::PreparedName prepared = names::Prepare(name);
  const Match match = names::Compare(query.name, prepared);
  const std::string squeezed = names::Squeeze(prepared.folded);
  const std::vector<std::string> words = names::WordsOf(prepared.folded);
  const bool has_words = HasWords(query.words, words);
  const bool has_alike = has_words || HasWordsAlike(query, match);
  if (mode == SearchMode::kWord && !has_alike) return std::nullopt;
  const double share = Share(query, squeezed);
  const auto rank = [&](double floor, SearchReason reason) {
    return Rank{floor + kStep * share, match.similarity, reason};
  };
  if (match.similarity >= names::kSameName) {
    return Rank{match.similarity, match.similarity, ReasonOf(match.reason)};
  }
  if (has_words) return rank(kWordsFloor, SearchReason::kWords);
  if (has_alike) return rank(kWordsAlikeFloor, SearchReason::kWordsAlike);
  if (BeginsWords(query.words, words)) return rank(kPrefixFloor, SearchReason::kPrefix);
  if (const auto inside = RankInside(query, squeezed)) {
    return Rank{inside->score, match.similarity, SearchReason::kSubstring};
  }
  if (match.similarity < kSimilarMin) return std::nullopt;
  return Rank{match.similarity * kSimilarScale, match.similarity, SearchReason::kSimilar};
}

}  // namespace daftar::search
