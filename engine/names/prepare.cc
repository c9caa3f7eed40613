#include "absl/strings/str_cat.h"

#include <algorithm>

#include "absl/strings/str_replace.h"
#include "names/compare.h"
#include "names/fold.h"
#include "names/name_keys.h"

namespace daftar::names {
namespace {

constexpr size_t kSpanWordsMax = 3;
// In longer names words are compared one by one only.
constexpr size_t kJoinedWordsMax = 12;

NameSpan SpanOf(const std::vector<NameWord>& words, size_t first, size_t count) {
  NameSpan span{.first = first, .count = count};
  if (count == 1) span.meaning = words[first].meaning;
  std::string together;
  for (size_t i = first; i < first + count; ++i) {
    absl::StrAppend(&together, absl::StrReplaceAll(words[i].text, {{" ", ""}}));
  }
  span.text = FirstCharacters(together, kWordCharactersMax);
  span.script = ScriptOf(span.text);
  span.readings = Readings(span.text);
  return span;
}

}  // namespace

PreparedName Prepare(std::string_view name) {
  PreparedName result{.original = std::string(name), .folded = Fold(name), .words = {}};
  result.words = WordsOfFolded(result.folded);
  const auto& words = result.words.words;
  const size_t longest = words.size() <= kJoinedWordsMax ? kSpanWordsMax : 1;
  for (size_t first = 0; first < words.size(); ++first) {
    for (size_t count = 1; count <= std::min(longest, words.size() - first); ++count) {
      result.spans.push_back(SpanOf(words, first, count));
    }
  }
  return result;
}

}  // namespace daftar::names
