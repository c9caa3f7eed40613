#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "names/sounds.h"

namespace daftar::names {
namespace {

struct Spelling {
  std::string_view letters;
  std::string_view sounds;
};

// Longer ones first. Vowels that end in y or w, but iy, are read only before a consonant or the
// end.
constexpr auto kSpellings = std::to_array<Spelling>({
    {"tsch", "c"}, {"tch", "c"}, {"sch", "S"}, {"sh", "S"},  {"kh", "x"},  {"gh", "q"},
    {"zh", "Z"},   {"ch", "c"},  {"ck", "k"},  {"ee", "I"},  {"ii", "I"},  {"ie", "I"},
    {"oo", "U"},   {"ou", "U"},  {"uu", "U"},  {"aa", "a"},  {"ei", "eI"}, {"ey", "eI"},
    {"ai", "aI"},  {"ay", "aI"}, {"au", "aU"}, {"aw", "aU"}, {"ow", "oU"}, {"iy", "I"},
    {"b", "b"},    {"p", "p"},   {"t", "t"},   {"j", "j"},   {"d", "d"},   {"r", "r"},
    {"z", "z"},    {"s", "s"},   {"f", "f"},   {"k", "k"},   {"g", "g"},   {"l", "l"},
    {"m", "m"},    {"n", "n"},   {"h", "h"},   {"v", "v"},   {"w", "v"},   {"q", "q"},
    {"x", "ks"},   {"a", "a"},   {"e", "e"},   {"i", "i"},   {"o", "o"},   {"u", "u"},
    {"c", "k"},
});

bool IsVowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

// Whether "ay" and the like are a vowel here and not one before a consonant y.
bool IsGlide(std::string_view letters, std::string_view rest) {
  const char last = letters.back();
  const bool ends_in_glide =
      letters.size() == 2 && letters[0] != 'i' && (last == 'y' || last == 'w');
  return !ends_in_glide || rest.size() == 2 || !IsVowel(rest[2]);
}

// Reads letters at the start of `rest`, and returns how many.
size_t ReadLetters(std::string_view rest, Sounds* sounds) {
  const char next = rest.size() > 1 ? rest[1] : '\0';
  if (rest[0] == 'y') {
    *sounds += IsVowel(next) ? 'y' : 'I';
    return 1;
  }
  if (rest[0] == 'i' && rest.size() == 1) {
    *sounds += 'I';
    return 1;
  }
  if (rest[0] == 'c' && (next == 'e' || next == 'i' || next == 'y')) {
    *sounds += 's';
    return 1;
  }
  for (const Spelling& spelling : kSpellings) {
    if (absl::StartsWith(rest, spelling.letters) && IsGlide(spelling.letters, rest)) {
      *sounds += spelling.sounds;
      return spelling.letters.size();
    }
  }
  *sounds += rest[0];
  return 1;
}

Sounds Read(std::string_view word) {
  Sounds sounds;
  while (!word.empty()) {
    const size_t before = sounds.size();
    word.remove_prefix(ReadLetters(word, &sounds));
    // Doubled letters sound as one; digits and other scripts are not letters that sound.
    const bool doubled = before > 0 && sounds.size() == before + 1 &&
                         sounds[before] == sounds[before - 1] && sounds[before] >= 'A';
    if (doubled) sounds.pop_back();
  }
  if (sounds.size() > 1 && sounds.back() == 'h') sounds.back() = 'H';
  return sounds;
}

// The word without the article inside it, as in Abdul Rahman, Abdurrahman and Noor Uldin, and
// without a doubled consonant that might be read as a vowel.
std::string Simplified(std::string_view word) {
  std::string result = absl::StrReplaceAll(word, {{"yy", "y"}, {"ww", "w"}});
  if (absl::StartsWith(result, "abd") && result.size() >= 7 && IsVowel(result[3])) {
    const bool article = result[4] == 'l' || result[4] == result[5];
    if (article) result.erase(3, 2);
  }
  for (const std::string_view tail : {"aldin", "eldin", "uldin", "oldin", "aldeen", "uldeen"}) {
    if (result.size() > tail.size() + 2 && absl::EndsWith(result, tail)) {
      result.erase(result.size() - tail.size() + 1, 1);
    }
  }
  return result;
}

}  // namespace

std::vector<Sounds> LatinReadings(std::string_view folded) {
  const std::string word = Simplified(folded);
  std::vector<Sounds> readings = {Read(word)};
  const std::string other = absl::StrReplaceAll(
      word, {{"th", "s"}, {"dh", "z"}, {"ph", "f"}, {"ge", "je"}, {"gi", "ji"}, {"dj", "j"}});
  if (other != word) readings.push_back(Read(other));
  // Ishaq, in which s and h are two letters.
  if (absl::StartsWith(word, "isha") || absl::StartsWith(word, "esha")) {
    readings.push_back(Read(word.substr(0, 2)) + Read(word.substr(2)));
  }
  return readings;
}

}  // namespace daftar::names
