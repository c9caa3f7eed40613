#include "names/name_keys.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "base/utf8.h"

namespace daftar::names {
namespace {

// The windows of a folded text.
void AddWindows(std::string_view folded, std::vector<std::string>* keys) {
  const std::string squeezed = Squeeze(folded);
  size_t windows = 0;
  size_t at = 0;  // in `squeezed`
  bool starts_word = true;
  for (size_t i = 0; i < folded.size() && windows < kWindowsMax;) {
    const size_t begin = i;
    if (NextCharacter(folded, &i) == ' ') {
      starts_word = true;
      continue;
    }
    const std::string_view rest = std::string_view(squeezed).substr(at);
    keys->push_back(KeyOf(starts_word ? NameKey::kStart : NameKey::kInner,
                          FirstCharacters(rest, kWindowCharacters)));
    at += i - begin;
    starts_word = false;
    ++windows;
  }
}

}  // namespace

std::string Squeeze(std::string_view folded) {
  std::string squeezed;
  std::copy_if(folded.begin(), folded.end(), std::back_inserter(squeezed),
               [](char c) { return c != ' '; });
  return squeezed;
}

std::string_view FirstCharacters(std::string_view text, size_t count) {
  size_t end = 0;
  for (size_t i = 0; i < count && end < text.size(); ++i) NextCharacter(text, &end);
  return text.substr(0, end);
}

std::vector<std::string> WordsOf(std::string_view folded) {
  std::vector<std::string> words;
  for (const std::string_view word : absl::StrSplit(folded, ' ', absl::SkipEmpty())) {
    if (words.size() == kNameWordsMax) break;
    words.emplace_back(FirstCharacters(word, kWordCharactersMax));
  }
  return words;
}

std::string KeyOf(NameKey kind, std::string_view text) {
  std::string key(1, static_cast<char>(kind));
  if (kind != NameKey::kWhole) return key.append(text);
  size_t end = 0;
  for (size_t next = 0; next < text.size(); end = next) {
    NextCharacter(text, &next);
    if (next > kWholeBytesMax) break;
  }
  return key.append(text.substr(0, end));
}

std::vector<std::string> NameKeys(std::string_view name) {
  const PreparedName prepared = Prepare(name);
  std::vector<std::string> keys;
  if (prepared.folded.empty()) return keys;
  keys.push_back(KeyOf(NameKey::kWhole, Squeeze(prepared.folded)));
  for (const std::string& word : WordsOf(prepared.folded)) {
    keys.push_back(KeyOf(NameKey::kWord, word));
  }
  for (const std::string& key : SearchKeys(prepared)) keys.push_back(KeyOf(NameKey::kSound, key));
  AddWindows(prepared.folded, &keys);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace daftar::names
