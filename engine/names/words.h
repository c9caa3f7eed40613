// A name as words: those it is told apart by, and those set aside.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "names/legal_forms.h"

namespace daftar::names {

// A name is cut after so many code points of its folded text, and after so many words, before
// anything is matched, so that comparing takes bounded time.
inline constexpr size_t kNameCharactersMax = 1024;
inline constexpr size_t kNameWordsMax = 64;

inline constexpr int kNoMeaning = -1;

struct NameWord {
  std::string text;          // Folded; several words with a space when they have one meaning.
  int meaning = kNoMeaning;  // A place in Meanings().
  bool operator==(const NameWord&) const = default;
};

struct NameWords {
  std::vector<NameWord> words;
  std::vector<std::string> particles;
  std::vector<LegalForm> legal_forms;  // Sorted, each once.
  bool operator==(const NameWords&) const = default;
};

// The words of a name, written in any way; a phrase that has a meaning (meanings.h) is one word. A
// name that has no other words than particles and words of legal form keeps them all in `words`.
NameWords Words(std::string_view name);

// The same for a name that is folded.
NameWords WordsOfFolded(std::string_view folded);

}  // namespace daftar::names
