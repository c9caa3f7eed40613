#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/utf8.h"
#include "names/sounds.h"

namespace daftar::names {
namespace {

struct Letter {
  int32_t character;
  std::string_view sounds;
};

// Folded letters of Persian, Urdu, Arabic, Pashto and Sindhi.
constexpr auto kLetters = std::to_array<Letter>({
    {U'ا', "A"}, {U'ب', "b"}, {U'پ', "p"}, {U'ت', "t"}, {U'ث', "s"},  {U'ج', "j"}, {U'چ', "c"},
    {U'ح', "h"}, {U'خ', "x"}, {U'د', "d"}, {U'ذ', "z"}, {U'ر', "r"},  {U'ز', "z"}, {U'ژ', "Z"},
    {U'س', "s"}, {U'ش', "S"}, {U'ص', "s"}, {U'ض', "z"}, {U'ط', "t"},  {U'ظ', "z"}, {U'ع', "'"},
    {U'غ', "q"}, {U'ف', "f"}, {U'ق', "q"}, {U'ک', "k"}, {U'گ', "g"},  {U'ل', "l"}, {U'م', "m"},
    {U'ن', "n"}, {U'ه', "h"}, {U'و', "W"}, {U'ی', "Y"}, {U'ٹ', "t"},  {U'ڈ', "d"}, {U'ڑ', "r"},
    {U'ټ', "t"}, {U'ډ', "d"}, {U'ړ', "r"}, {U'ڼ', "n"}, {U'ښ', "S"},  {U'ځ', "z"}, {U'څ', "s"},
    {U'ٿ', "t"}, {U'ٽ', "t"}, {U'ڀ', "b"}, {U'ٻ', "b"}, {U'ڏ', "d"},  {U'ڊ', "d"}, {U'ڌ', "d"},
    {U'ڄ', "j"}, {U'ڃ', "j"}, {U'ڦ', "p"}, {U'ڳ', "g"}, {U'ڱ', "ng"}, {U'ڻ', "n"}, {U'ڤ', "v"},
    {U'ڙ', "r"}, {U'ٺ', "t"},
});

constexpr std::string_view kArticle = "ال";

// Words that end names after an article: Nur al-Din.
constexpr std::string_view kTails[] = {"دین",  "رحمن", "رحمان", "رحیم",  "رضا",
                                       "زمان", "زهرا", "سادات", "سلطنه", "نسا"};

// Names that are written with and without an alef.
constexpr auto kOldSpellings = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"رحمن", "رحمان"},
    {"اسمعیل", "اسماعیل"},
    {"اسحق", "اسحاق"},
    {"ابرهیم", "ابراهیم"},
    {"سلیمن", "سلیمان"},
    {"هرون", "هارون"},
});

std::string_view SoundsOf(int32_t character) {
  const auto* const found =
      std::find_if(kLetters.begin(), kLetters.end(),
                   [&](const Letter& letter) { return letter.character == character; });
  return found == kLetters.end() ? std::string_view() : found->sounds;
}

// The word without an article that stands inside it, as in Abd al-Rahman and Nur al-Din.
std::string WithoutInnerArticle(std::string_view word) {
  constexpr std::string_view kServant = "عبد";
  constexpr size_t kLetterBytes = 2;
  std::string_view rest = word;
  if (absl::ConsumePrefix(&rest, kServant) && absl::ConsumePrefix(&rest, kArticle) &&
      rest.size() >= 2 * kLetterBytes) {
    return absl::StrCat(kServant, rest);
  }
  for (const std::string_view tail : kTails) {
    rest = word;
    if (absl::ConsumeSuffix(&rest, tail) && absl::ConsumeSuffix(&rest, kArticle) &&
        rest.size() >= 2 * kLetterBytes) {
      return absl::StrCat(rest, tail);
    }
  }
  return std::string(word);
}

// Alef or ain at the start sounds as a vowel; before waw or yeh as that one, or as a short one.
void ReadStart(Sounds* sounds) {
  if (sounds->size() < 2 || ((*sounds)[0] != 'A' && (*sounds)[0] != '\'')) return;
  char& second = (*sounds)[1];
  (*sounds)[0] = second == 'W' || second == 'Y' ? '\'' : '^';
  if (second == 'Y') second = 'y';         // Iran, Edhi
  if (second == 'A') sounds->erase(1, 1);  // Aref
}

Sounds Read(std::string_view word) {
  Sounds sounds;
  for (size_t i = 0; i < word.size();) {
    const size_t start = i;
    const std::string_view sound = SoundsOf(NextCharacter(word, &i));
    sounds += sound.empty() ? word.substr(start, i - start) : sound;
    const bool doubled = absl::EndsWith(sounds, "YY");
    if (doubled) sounds.pop_back();
  }
  ReadStart(&sounds);
  if (sounds.size() > 1 && absl::EndsWith(sounds, "h") && absl::EndsWith(word, "ه")) {
    sounds.back() = 'H';
  }
  if (sounds.size() > 1 && absl::EndsWith(sounds, "Y")) sounds.back() = 'L';
  for (size_t i = 0; i + 2 < sounds.size(); ++i) {
    if (sounds.compare(i, 3, "xWA") == 0) sounds[i + 1] = 'w';  // Khajeh
    if (sounds.compare(i, 2, "AY") == 0) sounds[i + 1] = 'y';   // Faez
  }
  return sounds;
}

// The word with Urdu's aspirated k and g as what Latin writes alike: kh and gh.
Sounds WithoutAspirates(Sounds sounds) {
  for (size_t i = 0; i + 1 < sounds.size(); ++i) {
    if (sounds[i + 1] != 'h' || (sounds[i] != 'k' && sounds[i] != 'g')) continue;
    sounds[i] = sounds[i] == 'k' ? 'x' : 'q';
    sounds.erase(i + 1, 1);
  }
  return sounds;
}

}  // namespace

std::vector<Sounds> ArabicReadings(std::string_view folded) {
  constexpr size_t kLetterBytes = 2;
  const std::string word = WithoutInnerArticle(absl::StrReplaceAll(folded, kOldSpellings));
  std::vector<Sounds> readings = {Read(word)};
  std::string_view rest = word;
  if (absl::ConsumePrefix(&rest, kArticle) && rest.size() >= 2 * kLetterBytes) {
    readings.push_back(Read(rest));
    // Shorter words begin with these letters by chance, as Elham and Alvand.
    if (rest.size() >= 4 * kLetterBytes) std::swap(readings[0], readings[1]);
  } else if (const size_t inner = word.find(kArticle, 2 * kLetterBytes);
             inner != std::string::npos && word.size() >= inner + 4 * kLetterBytes) {
    const std::string before = word.substr(0, inner);
    readings.push_back(Read(before + word.substr(inner + kArticle.size())));
    readings.push_back(Read(before + word.substr(inner + kLetterBytes)));
  }
  Sounds plain = WithoutAspirates(readings.front());
  if (plain != readings.front()) readings.push_back(std::move(plain));
  return readings;
}

}  // namespace daftar::names
