#include "names/word_similarity.h"

#include <algorithm>

#include "base/utf8.h"
#include "names/distance.h"
#include "names/sound_costs.h"

namespace daftar::names {
namespace {

constexpr double kTranslated = 0.97;
constexpr double kSoundingAlike = 0.98;  // At most, for what is not the same text.
constexpr double kInitial = 0.92;

// Words of a meaning stand in many names.
constexpr double kMeaningWeight = 0.6;
constexpr double kInitialWeight = 0.4;

bool IsInitial(const NameSpan& span) {
  return span.script != Script::kOther && CountCharacters(span.text) == 1;
}

double BestReading(const NameSpan& a, const NameSpan& b, bool across) {
  double best = 0;
  for (const Sounds& x : a.readings) {
    for (const Sounds& y : b.readings) best = std::max(best, SoundSimilarity(x, y, across));
  }
  return best;
}

// Whether `initial` may stand for `word`.
bool BeginsAlike(const NameSpan& initial, const NameSpan& word) {
  const bool across = initial.script != word.script;
  for (const Sounds& x : initial.readings) {
    for (const Sounds& y : word.readings) {
      if (!x.empty() && !y.empty() && ReplacementCost(x[0], y[0], across) < 0.3) return true;
    }
  }
  return false;
}

}  // namespace

WordMatch CompareSpans(const NameSpan& a, const NameSpan& b) {
  if (a.text == b.text) return {1, MatchReason::kFolded};
  if (a.meaning != kNoMeaning && a.meaning == b.meaning) {
    return {kTranslated, MatchReason::kTranslation};
  }
  if (IsInitial(a) != IsInitial(b)) {
    const bool alike = IsInitial(a) ? BeginsAlike(a, b) : BeginsAlike(b, a);
    return {alike ? kInitial : 0, MatchReason::kSpelling};
  }
  const bool across = a.script != b.script;
  const double sound = std::min(kSoundingAlike, BestReading(a, b, across));
  if (across) return {sound, MatchReason::kTransliteration};
  return {std::max(sound, SpellingSimilarity(a.text, b.text)), MatchReason::kSpelling};
}

double SpanWeight(const NameSpan& span) {
  if (IsInitial(span)) return kInitialWeight;
  if (span.meaning != kNoMeaning) return kMeaningWeight;
  return static_cast<double>(span.count);
}

}  // namespace daftar::names
