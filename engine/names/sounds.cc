#include "names/sounds.h"

#include "base/utf8.h"

namespace daftar::names {
namespace {

bool IsArabic(int32_t c) { return (c >= 0x0600 && c < 0x0780) || (c >= 0x0870 && c < 0x0900); }

bool IsVowelSound(char c) {
  return std::string_view("aeiouIUA'^").find(c) != std::string_view::npos;
}

bool IsSemivowel(char c) { return std::string_view("vyWYLw").find(c) != std::string_view::npos; }

}  // namespace

Script ScriptOf(std::string_view folded) {
  for (size_t i = 0; i < folded.size();) {
    const int32_t c = NextCharacter(folded, &i);
    if (c >= 'a' && c <= 'z') return Script::kLatin;
    if (IsArabic(c)) return Script::kArabic;
  }
  return Script::kOther;
}

std::vector<Sounds> Readings(std::string_view folded) {
  switch (ScriptOf(folded)) {
    case Script::kLatin:
      return LatinReadings(folded);
    case Script::kArabic:
      return ArabicReadings(folded);
    case Script::kOther:
      break;
  }
  return {Sounds(folded)};
}

std::string Skeleton(const Sounds& sounds) {
  std::string key;
  for (size_t i = 0; i < sounds.size(); ++i) {
    char c = sounds[i];
    if (IsVowelSound(c)) c = 'a';
    if (IsSemivowel(c)) c = c == 'y' || c == 'Y' || c == 'L' ? 'y' : 'v';
    const bool weak = c == 'a' || c == 'v' || c == 'y' || c == 'H';
    if (i > 0 && weak) continue;
    const bool digit = c >= '0' && c <= '9';
    if (!digit && !key.empty() && key.back() == c) continue;
    key += c;
  }
  if (key.size() > 1 && key.back() == 'h') key.pop_back();
  return key;
}

std::string CoarseSkeleton(const Sounds& sounds) {
  Sounds merged;
  for (const char c : sounds) {
    if (c == 'h' && !merged.empty()) continue;
    const bool velar = c == 'q' || c == 'x' || c == 'g';
    merged += velar ? 'k' : c == 'S' ? 's' : c == 'Z' ? 'j' : c;
  }
  return "~" + Skeleton(merged);
}

}  // namespace daftar::names
