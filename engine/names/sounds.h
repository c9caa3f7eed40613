// How a word of Persian, Urdu, Arabic or Latin script may sound, as far as its spelling says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace daftar::names {

enum class Script { kLatin, kArabic, kOther };

// The script of a folded word, which is that of its first letter of either.
Script ScriptOf(std::string_view folded);

// Sounds, one char each.
//   Consonants: b p t j c(h) x(kh) d r z Z(zh) s S(h) q(gh) f k g l m n h v; digits; bytes of
//   other scripts.
//   Latin vowels: short a e i o u; long I (ee) U (oo); y before a vowel.
//   Arabic letters that are vowels or consonants: A alef, W waw, Y yeh, L a final yeh, which may be
//   alef maqsura, w a silent waw, H a final heh, which Latin has too; ' ain, which may sound as any
//   vowel or not at all; ^ ain or alef at the start, which sounds as some vowel.
using Sounds = std::string;

// The readings of a folded word without spaces, the likeliest first; at least one, at most
// kReadingsMax. An Arabic article is heard in some readings and not in others.
inline constexpr size_t kReadingsMax = 4;
std::vector<Sounds> Readings(std::string_view folded);

// The same for words of one script.
std::vector<Sounds> ArabicReadings(std::string_view folded);
std::vector<Sounds> LatinReadings(std::string_view folded);

// The consonants of a reading, each once where it is doubled, without a final h; a vowel at the
// start is "a". Waw and yeh are heard at the start only. Never empty unless the reading is.
std::string Skeleton(const Sounds& sounds);

// The same with consonants merged that spellings of other languages confuse (k g q kh, s sh, j zh),
// and with h at the start only. "~" stands before it.
std::string CoarseSkeleton(const Sounds& sounds);

}  // namespace daftar::names
