#include "search/sought_keys.h"

#include <algorithm>

#include "base/utf8.h"
#include "names/name_keys.h"

namespace daftar::search {
namespace {

using names::KeyOf;
using names::NameKey;

// So many keys of a kind are looked up, however long the query is.
constexpr size_t kSoundsMax = 48;
constexpr size_t kWordsMax = 8;
constexpr size_t kPartsMax = 16;
constexpr size_t kPartCharacters = 4;

constexpr double kWholeWeight = 4;
constexpr double kPrefixWeight = 0.6;
constexpr double kInnerWeight = 0.4;

// The parts of `text` of so many characters, one from each character on, spread over all of it when
// there are more than kPartsMax.
std::vector<std::string_view> Parts(std::string_view text, size_t characters) {
  std::vector<std::string_view> parts;
  for (size_t i = 0; i < text.size(); NextCharacter(text, &i)) {
    const std::string_view part = names::FirstCharacters(text.substr(i), characters);
    parts.push_back(part);
    if (i + part.size() == text.size()) break;
  }
  if (parts.size() <= kPartsMax) return parts;
  std::vector<std::string_view> chosen;
  for (size_t i = 0; i < kPartsMax; ++i) chosen.push_back(parts[i * parts.size() / kPartsMax]);
  return chosen;
}

void AddAnywhere(std::string_view part, double weight, std::vector<SoughtKey>* keys) {
  keys->push_back({KeyOf(NameKey::kStart, part), true, weight});
  keys->push_back({KeyOf(NameKey::kInner, part), true, weight * kInnerWeight});
}

void AddSounds(const PreparedQuery& query, std::vector<SoughtKey>* keys) {
  std::vector<std::string> sounds = names::SearchKeys(query.name);
  sounds.resize(std::min(sounds.size(), kSoundsMax));
  for (const std::string& sound : sounds)
    keys->push_back({KeyOf(NameKey::kSound, sound), false, 1});
}

}  // namespace

PreparedQuery Prepare(std::string_view text) {
  PreparedQuery query{names::Prepare(text), {}, {}};
  query.squeezed = names::Squeeze(query.name.folded);
  query.words = names::WordsOf(query.name.folded);
  return query;
}

std::vector<SoughtKey> SoughtKeys(const PreparedQuery& query, SearchMode mode) {
  std::vector<SoughtKey> keys;
  if (query.squeezed.empty()) return keys;
  if (mode == SearchMode::kSubstring) {
    for (const std::string_view part : Parts(query.squeezed, names::kWindowCharacters)) {
      AddAnywhere(part, 1, &keys);
    }
    return keys;
  }
  keys.push_back({KeyOf(NameKey::kWhole, query.squeezed), false, kWholeWeight});
  AddSounds(query, &keys);
  for (size_t i = 0; i < std::min(query.words.size(), kWordsMax); ++i) {
    keys.push_back({KeyOf(NameKey::kWord, query.words[i]), false, 1});
  }
  if (mode == SearchMode::kWord) return keys;
  for (size_t i = 0; i < std::min(query.words.size(), kWordsMax); ++i) {
    const auto start = names::FirstCharacters(query.words[i], names::kWindowCharacters);
    keys.push_back({KeyOf(NameKey::kStart, start), true, kPrefixWeight});
  }
  AddAnywhere(names::FirstCharacters(query.squeezed, names::kWindowCharacters), kPrefixWeight,
              &keys);
  return keys;
}

std::vector<SoughtKey> SoughtParts(const PreparedQuery& query) {
  std::vector<SoughtKey> keys;
  for (const std::string_view part : Parts(query.squeezed, kPartCharacters)) {
    AddAnywhere(part, 1, &keys);
  }
  return keys;
}

}  // namespace daftar::search
