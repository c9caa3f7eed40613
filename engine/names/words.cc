#include "names/words.h"

#include "absl/container/flat_hash_map.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/utf8.h"
#include "names/fold.h"
#include "names/meanings.h"
#include "names/particles.h"

namespace daftar::names {
namespace {

constexpr size_t kPhraseWordsMax = 3;

// What is known of a phrase: its legal form, or else its meaning.
struct Known {
  bool is_legal_form = false;
  LegalForm form = LegalForm::kCompany;
  int meaning = kNoMeaning;
};

using Phrases = absl::flat_hash_map<std::string, Known>;

Phrases ReadPhrases() {
  Phrases phrases;
  for (const LegalFormPhrase& phrase : LegalFormPhrases()) {
    phrases.try_emplace(Fold(phrase.text), Known{.is_legal_form = true, .form = phrase.form});
  }
  const auto meanings = Meanings();
  for (size_t i = 0; i < meanings.size(); ++i) {
    for (const std::string_view word : absl::StrSplit(meanings[i].words, '|')) {
      phrases.try_emplace(Fold(word), Known{.meaning = static_cast<int>(i)});
    }
  }
  return phrases;
}

const Known* FindPhrase(std::string_view folded) {
  static const Phrases phrases = ReadPhrases();
  const auto found = phrases.find(folded);
  return found == phrases.end() ? nullptr : &found->second;
}

std::string_view CutToLimit(std::string_view folded) {
  size_t end = 0;
  for (size_t count = 0; end < folded.size() && count < kNameCharactersMax; ++count) {
    NextCharacter(folded, &end);
  }
  return folded.substr(0, end);
}

// Where the Persian ending of those who make something begins, as in "tractor-making": people set
// a space, ZWNJ or nothing before it. The size of `word` when it has none.
size_t EndingOf(std::string_view word) {
  constexpr std::string_view kMaking = "سازی";
  constexpr size_t kStemBytesMin = 6;
  const bool ends = word.size() >= kMaking.size() + kStemBytesMin && absl::EndsWith(word, kMaking);
  return ends ? word.size() - kMaking.size() : word.size();
}

// The words of a folded text, endings parted from them.
std::vector<std::string_view> SplitWords(std::string_view folded) {
  std::vector<std::string_view> words;
  for (const std::string_view word : absl::StrSplit(folded, ' ', absl::SkipEmpty())) {
    const size_t ending = FindPhrase(word) != nullptr ? word.size() : EndingOf(word);
    words.push_back(word.substr(0, ending));
    if (ending < word.size()) words.push_back(word.substr(ending));
  }
  return words;
}

// Puts the longest known phrase at the start of `rest`, or the first word, where it belongs, and
// returns of how many words it is.
size_t TakePhrase(const std::vector<std::string_view>& all, size_t first, NameWords* out) {
  for (size_t count = std::min(kPhraseWordsMax, all.size() - first); count > 0; --count) {
    const auto begin = all.begin() + static_cast<ptrdiff_t>(first);
    std::string text = absl::StrJoin(begin, begin + static_cast<ptrdiff_t>(count), " ");
    const Known* const known = FindPhrase(text);
    if (known != nullptr && known->is_legal_form) {
      out->legal_forms.push_back(known->form);
    } else if (known != nullptr) {
      out->words.push_back({.text = std::move(text), .meaning = known->meaning});
    } else if (count > 1) {
      continue;
    } else if (IsParticle(text) && (first > 0 || !IsLatinArticle(text) || text[1] == 'l')) {
      out->particles.push_back(std::move(text));
    } else {
      out->words.push_back({.text = std::move(text)});
    }
    return count;
  }
  return 1;
}

}  // namespace

NameWords Words(std::string_view name) { return WordsOfFolded(Fold(name)); }

NameWords WordsOfFolded(std::string_view folded) {
  std::vector<std::string_view> all = SplitWords(CutToLimit(folded));
  all.resize(std::min(all.size(), kNameWordsMax));
  NameWords result;
  for (size_t i = 0; i < all.size();) i += TakePhrase(all, i, &result);
  if (result.words.empty()) {
    result = {};
    for (const std::string_view word : all) result.words.push_back({.text = std::string(word)});
  }
  std::sort(result.legal_forms.begin(), result.legal_forms.end());
  result.legal_forms.erase(std::unique(result.legal_forms.begin(), result.legal_forms.end()),
                           result.legal_forms.end());
  return result;
}

}  // namespace daftar::names
