#include "names/distance.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/utf8.h"
#include "names/sound_costs.h"

namespace daftar::names {
namespace {

std::vector<int32_t> Characters(std::string_view text) {
  std::vector<int32_t> characters;
  for (size_t i = 0; i < text.size();) characters.push_back(NextCharacter(text, &i));
  return characters;
}

// What leaving out the sound at `i` costs; the second of two alike is easily left out.
double RemovalCost(const Sounds& sounds, size_t i, bool across) {
  constexpr double kDoubled = 0.15;
  // No script leaves out the vowel that a word begins with.
  constexpr double kStart = 0.4;
  double cost = OmissionCost(sounds[i], across);
  if (i == 0 && sounds[0] != '\'') cost = std::max(cost, kStart);
  const bool doubled = i > 0 && sounds[i] == sounds[i - 1];
  return doubled ? std::min(cost, kDoubled) : cost;
}

double Weight(const Sounds& sounds) {
  double weight = 0;
  for (const char sound : sounds) weight += SoundWeight(sound);
  return weight;
}

double SoundDistance(const Sounds& a, const Sounds& b, bool across) {
  std::vector<double> above(b.size() + 1);
  std::vector<double> row(b.size() + 1);
  for (size_t j = 0; j < b.size(); ++j) above[j + 1] = above[j] + RemovalCost(b, j, across);
  for (size_t i = 0; i < a.size(); ++i) {
    const double removal = RemovalCost(a, i, across);
    row[0] = above[0] + removal;
    for (size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + ReplacementCost(a[i], b[j], across), above[j + 1] + removal,
                             row[j] + RemovalCost(b, j, across)});
    }
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

double SpellingSimilarity(std::string_view a_text, std::string_view b_text) {
  const std::vector<int32_t> a = Characters(a_text);
  const std::vector<int32_t> b = Characters(b_text);
  if (a.empty() || b.empty()) return a.empty() && b.empty() ? 1 : 0;
  // Three rows: the one of the character before the last, for two changed over.
  std::vector<size_t> rows[3];
  for (auto& row : rows) row.resize(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
      }
    }
  }
  const auto distance = static_cast<double>(rows[a.size() % 3][b.size()]);
  return 1 - distance / static_cast<double>(std::max(a.size(), b.size()));
}

double SoundSimilarity(const Sounds& a, const Sounds& b, bool across) {
  if (a.empty() || b.empty()) return 0;
  // Very short words would differ wholly by a vowel.
  constexpr double kWeightMin = 1.5;
  const double weight = std::max({Weight(a), Weight(b), kWeightMin});
  return std::max(0.0, 1 - SoundDistance(a, b, across) / weight);
}

}  // namespace daftar::names
