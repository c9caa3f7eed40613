#include "bench/names.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace daftar::bench {
namespace {

struct Sound {
  std::string_view latin;
  std::string_view arabic;
};

// Consonants have one usual letter in each script; short vowels have none in the Arabic one.
constexpr std::array<Sound, 20> kConsonants = {
    {{"b", "ب"}, {"p", "پ"}, {"t", "ت"}, {"j", "ج"},  {"ch", "چ"}, {"kh", "خ"}, {"d", "د"},
     {"r", "ر"}, {"z", "ز"}, {"s", "س"}, {"sh", "ش"}, {"gh", "غ"}, {"f", "ف"},  {"k", "ک"},
     {"g", "گ"}, {"l", "ل"}, {"m", "م"}, {"n", "ن"},  {"v", "و"},  {"h", "ه"}}};
constexpr std::array<Sound, 6> kVowels = {
    {{"a", ""}, {"e", ""}, {"o", ""}, {"aa", "ا"}, {"i", "ی"}, {"u", "و"}}};
constexpr size_t kWordCount = 20000;

}  // namespace

NameMaker::NameMaker(uint64_t seed) : random_(seed) {
  for (size_t i = 0; i < kWordCount; ++i) {
    Word& word = words_.emplace_back();
    const size_t syllables = 2 + Below(2);
    for (size_t j = 0; j < syllables; ++j) {
      const Sound& consonant = kConsonants[Below(kConsonants.size())];
      const Sound& vowel = kVowels[Below(kVowels.size())];
      word.latin.append(consonant.latin).append(vowel.latin);
      word.arabic.append(consonant.arabic).append(vowel.arabic);
    }
    const Sound& last = kConsonants[Below(kConsonants.size())];
    word.latin += last.latin;
    word.arabic += last.arabic;
  }
}

// The n-th word comes about 1/n as often as the first.
const Word& NameMaker::AnyWord() {
  const double uniform = static_cast<double>(Below(1 << 20)) / (1 << 20);
  const double rank = std::pow(static_cast<double>(kWordCount), uniform);
  return words_[std::min(kWordCount - 1, static_cast<size_t>(rank))];
}

std::vector<const Word*> NameMaker::Words() {
  std::vector<const Word*> words;
  const size_t count = 2 + Below(3);
  for (size_t i = 0; i < count; ++i) words.push_back(&AnyWord());
  return words;
}

std::string NameMaker::Name(const std::vector<const Word*>& words, bool arabic) {
  std::string name = arabic ? "شرکت" : "";
  for (const Word* word : words) {
    if (!name.empty()) name += ' ';
    name += arabic ? word->arabic : word->latin;
  }
  return arabic ? name : name + " company";
}

std::string NameMaker::Misspelled(const std::vector<const Word*>& words) {
  std::string name;
  const size_t wrong = Below(words.size());
  for (size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i]->latin;
    // A vowel is what people hear otherwise.
    const size_t at = word.find_first_of("aeiou", i == wrong ? 1 : word.size());
    if (at != std::string::npos) word[at] = word[at] == 'a' ? 'e' : 'a';
    name += (i > 0 ? " " : "") + word;
  }
  return name;
}

std::string NameMaker::Part(const std::vector<const Word*>& words, bool arabic, size_t letters) {
  const Word& word = *words[Below(words.size())];
  const std::string& text = arabic ? word.arabic : word.latin;
  const size_t bytes = arabic ? 2 : 1;  // of a letter
  const size_t count = text.size() / bytes;
  const size_t taken = std::min(letters, count);
  return text.substr(bytes * Below(count - taken + 1), bytes * taken);
}

}  // namespace daftar::bench
