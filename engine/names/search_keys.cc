#include "names/search_keys.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "names/fold.h"
#include "names/meanings.h"
#include "names/sounds.h"

namespace daftar::names {

std::string ScriptKey(std::string_view word) {
  const std::string folded = absl::StrReplaceAll(Fold(word), {{" ", ""}});
  return Skeleton(Readings(folded).front());
}

std::vector<std::string> SearchKeys(std::string_view name) { return SearchKeys(Prepare(name)); }

std::vector<std::string> SearchKeys(const PreparedName& name) {
  constexpr size_t kWordsMax = 2;
  std::vector<std::string> keys;
  for (const NameSpan& span : name.spans) {
    if (span.count > kWordsMax) continue;
    for (const Sounds& reading : span.readings) {
      keys.push_back(Skeleton(reading));
      keys.push_back(CoarseSkeleton(reading));
    }
    if (span.meaning == kNoMeaning) continue;
    const std::string_view words = Meanings()[static_cast<size_t>(span.meaning)].words;
    keys.push_back(absl::StrCat("=", words.substr(0, words.find('|'))));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace daftar::names
