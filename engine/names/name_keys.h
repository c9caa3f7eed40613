// The keys under which an index of names holds a name, and those that a query looks up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "names/compare.h"
#include "names/fold.h"
#include "names/search_keys.h"

namespace daftar::names {

// Of which version the keys are that NameKeys() gives: an index of another one would be found in
// by half. The last part is this file's own and is raised whenever a name gets other keys by it.
inline constexpr uint32_t kNameKeysVersion = kFoldVersion * 10000 + kSearchKeyVersion * 100 + 1;

// What a key stands for: its first byte.
enum class NameKey : char {
  kWhole = 'a',  // all of the folded name without spaces, cut to kWholeBytesMax
  kSound = 'k',  // one of SearchKeys()
  kText = 'n',   // the entry that has the name itself; it has nothing behind the first byte
  kStart = 'p',  // the name without spaces from the start of a word on, kWindowCharacters long
  kInner = 's',  // the same from another character of a word on
  kWord = 'w',   // a folded word
};

// How much of a name a window shows. A search for so many characters or fewer reads just the names
// that have them.
inline constexpr size_t kWindowCharacters = 8;
// Windows begin at so many characters of a name, the first ones.
inline constexpr size_t kWindowsMax = 256;
inline constexpr size_t kWholeBytesMax = 128;

// A folded text without its spaces, since writers set them or not.
std::string Squeeze(std::string_view folded);
// The first characters of a text.
std::string_view FirstCharacters(std::string_view text, size_t count);
// The words of a folded text, each cut to kWordCharactersMax, kNameWordsMax at most.
std::vector<std::string> WordsOf(std::string_view folded);

// `text` as a key of one kind.
std::string KeyOf(NameKey kind, std::string_view text);

// All keys of a name but kText, sorted, each once; none when it folds to nothing.
std::vector<std::string> NameKeys(std::string_view name);

}  // namespace daftar::names
