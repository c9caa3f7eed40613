#include "names/sound_costs.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace daftar::names {
namespace {

struct Omission {
  std::string_view sounds;
  double across;
  double within;
};

constexpr Omission kOmissions[] = {
    {"H", 0.05, 0.15},  {"w", 0.10, 0.30},  {"'", 0.10, 0.45},   {"^", 0.60, 0.70},
    {"ae", 0.08, 0.45}, {"ou", 0.12, 0.45}, {"i", 0.25, 0.45},   {"A", 0.35, 0.55},
    {"W", 0.50, 0.70},  {"U", 0.45, 0.55},  {"YIL", 0.55, 0.70}, {"y", 0.40, 0.55},
    {"v", 0.80, 0.90},  {"h", 0.40, 0.60},
};

struct Replacement {
  char pair[3];
  double cost;
};

// Everything else costs 1.
constexpr Replacement kReplacements[] = {
    // Consonants.
    {"qk", 0.25},
    {"qg", 0.25},
    {"qx", 0.40},
    {"xh", 0.30},
    {"xk", 0.30},
    {"sz", 0.40},
    {"sS", 0.50},
    {"cS", 0.40},
    {"cj", 0.50},
    {"cs", 0.60},
    {"Zj", 0.15},
    {"Zz", 0.40},
    {"ZS", 0.60},
    {"td", 0.50},
    {"pb", 0.50},
    {"pf", 0.60},
    {"fv", 0.50},
    {"nm", 0.60},
    {"vb", 0.60},
    {"lr", 0.80},
    {"ts", 0.70},
    {"dz", 0.60},
    {"kg", 0.50},
    {"jg", 0.50},
    {"hH", 0.00},
    {"rd", 0.70},
    // Yeh and i.
    {"yY", 0.00},
    {"yI", 0.10},
    {"yi", 0.10},
    {"YI", 0.00},
    {"Yi", 0.05},
    {"Ii", 0.10},
    {"Ye", 0.30},
    {"Ya", 0.50},
    {"Ly", 0.00},
    {"LI", 0.00},
    {"Li", 0.00},
    {"LY", 0.00},
    {"La", 0.15},
    {"Le", 0.20},
    {"LA", 0.20},
    {"LH", 0.40},
    {"ye", 0.10},
    {"ay", 0.40},
    {"Ie", 0.25},
    {"Ia", 0.50},
    {"YA", 0.40},
    {"YH", 0.50},
    // Waw, v and u.
    {"vW", 0.00},
    {"vw", 0.00},
    {"wW", 0.00},
    {"vU", 0.30},
    {"vu", 0.30},
    {"vo", 0.30},
    {"WU", 0.00},
    {"Wu", 0.05},
    {"Wo", 0.10},
    {"Wa", 0.50},
    {"WA", 0.60},
    {"Uu", 0.10},
    {"Uo", 0.15},
    {"UA", 0.50},
    {"uo", 0.10},
    // The other vowels.
    {"ae", 0.15},
    {"ai", 0.50},
    {"ao", 0.30},
    {"au", 0.35},
    {"ei", 0.15},
    {"eo", 0.50},
    {"eu", 0.50},
    {"io", 0.60},
    {"iu", 0.60},
    {"Aa", 0.00},
    {"Ae", 0.20},
    {"Ao", 0.15},
    {"Au", 0.25},
    {"Ai", 0.25},
    {"AI", 0.60},
    {"'a", 0.00},
    {"'e", 0.00},
    {"'i", 0.00},
    {"'o", 0.00},
    {"'u", 0.00},
    {"'I", 0.15},
    {"'U", 0.15},
    {"'A", 0.10},
    {"^a", 0.00},
    {"^e", 0.00},
    {"^i", 0.00},
    {"^o", 0.00},
    {"^u", 0.00},
    {"^I", 0.10},
    {"^U", 0.10},
    {"^A", 0.05},
    {"^'", 0.05},
    {"Ha", 0.05},
    {"He", 0.00},
    {"Ho", 0.30},
    {"Hi", 0.20},
    {"HA", 0.20},
    {"HI", 0.50},
};

constexpr size_t kSounds = 128;
using Table = std::array<std::array<double, kSounds>, kSounds>;

constexpr size_t Index(char sound) { return static_cast<unsigned char>(sound); }

constexpr Table MakeTable() {
  Table table{};
  for (auto& row : table) row.fill(1);
  for (size_t i = 0; i < kSounds; ++i) table[i][i] = 0;
  for (const Replacement& replacement : kReplacements) {
    const size_t a = Index(replacement.pair[0]);
    const size_t b = Index(replacement.pair[1]);
    table[a][b] = table[b][a] = replacement.cost;
  }
  return table;
}

constexpr Table kTable = MakeTable();

bool Has(std::string_view sounds, char sound) {
  return sounds.find(sound) != std::string_view::npos;
}

}  // namespace

double OmissionCost(char sound, bool across) {
  for (const Omission& omission : kOmissions) {
    if (Has(omission.sounds, sound)) return across ? omission.across : omission.within;
  }
  return 1;
}

double ReplacementCost(char a, char b, bool across) {
  // A letter that stands for another sound is a transliteration across scripts, and within one a
  // different word.
  constexpr double kWithin = 1.5;
  if (Index(a) >= kSounds || Index(b) >= kSounds) return a == b ? 0 : 1;
  const double cost = kTable[Index(a)][Index(b)];
  return across ? cost : std::min(1.0, kWithin * cost);
}

double SoundWeight(char sound) {
  if (Has("aeiou", sound)) return 0.2;
  if (Has("H", sound)) return 0.1;
  return Has("AWYLIUyw'^", sound) ? 0.5 : 1;
}

}  // namespace daftar::names
