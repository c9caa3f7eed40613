// The form of a name in which its ways of being typed are one.
#pragma once

#include <string>
#include <string_view>

namespace daftar::names {

// Raised whenever Fold() gives another text for some input, since folded texts are stored in keys.
inline constexpr int kFoldVersion = 1;

// Folds `utf8`: compatibility forms and case are undone; diacritics, harakat, tatweel, apostrophes
// and invisible marks go; the variants of a letter of Arabic script that Persian, Urdu and Arabic
// keyboards give become one letter (yeh U+06CC, kaf U+06A9, heh U+0647, alef U+0627, waw U+0648);
// a hamza that stands alone goes; digits become ASCII. All else that is no letter or number,
// ZWNJ among it, and every byte that is not well-formed UTF-8 becomes a space; spaces are
// collapsed and none stands at an end.
//
// Fold(Fold(x)) == Fold(x). Takes time linear in the input. Thread safety: pure.
std::string Fold(std::string_view utf8);

}  // namespace daftar::names
