// Whether two names may be of one person, firm or place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "names/sounds.h"
#include "names/words.h"

namespace daftar::names {

// Names at least so similar are more often of one than of two; tests/names/pairs.tsv shows how
// often.
inline constexpr double kSameName = 0.82;

// The weakest thing that has to be granted for two names to be one.
enum class MatchReason {
  kNone,             // Less similar than kSameName.
  kExact,            // The same bytes.
  kFolded,           // The same when folded.
  kLegalFormApart,   // The same words, but for those of legal form, particles and order.
  kTranslation,      // A word stands in another language.
  kTransliteration,  // A word stands in another script.
  kSpelling,         // A word is spelled another way in the same script, parted, short or left out.
};

std::string_view MatchReasonName(MatchReason reason);

// Words of both names that were found to be one, folded; several stand with spaces between.
struct MatchedWords {
  std::string a;
  std::string b;
  double similarity = 0;
};

struct Match {
  double similarity = 0;
  MatchReason reason = MatchReason::kNone;
  std::vector<MatchedWords> words;
};

// Of a word no more characters are compared.
inline constexpr size_t kWordCharactersMax = 64;

// One to three words that follow each other, as if written as one.
struct NameSpan {
  size_t first = 0;
  size_t count = 0;
  std::string text{};  // Folded, without spaces when it has no meaning.
  Script script = Script::kOther;
  int meaning = kNoMeaning;
  std::vector<Sounds> readings{};
};

// A name made ready for many comparisons.
struct PreparedName {
  std::string original;
  std::string folded;
  NameWords words;
  std::vector<NameSpan> spans{};
};

PreparedName Prepare(std::string_view name);

// Compares two names written in any way, of which only so much counts as kNameCharactersMax,
// kNameWordsMax and kWordCharactersMax say.
// Words are aligned whatever their order; words of legal form and particles hardly count, words
// with a meaning (meanings.h) less than others, and a letter alone may stand for a word that
// begins with it. Symmetric, and 1 just when both fold to the same. Thread safety: pure.
Match Compare(const PreparedName& a, const PreparedName& b);
Match Compare(std::string_view a, std::string_view b);
double Similarity(std::string_view a, std::string_view b);

}  // namespace daftar::names
