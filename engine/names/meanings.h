// Words of firms' names that are translated more often than transliterated.
#pragma once

#include <span>
#include <string_view>

namespace daftar::names {

// What a word of a firm's name means. `words` are the ways to say it in any of the languages,
// parted by '|', as people write them; each has one to three words when folded. The first is the
// English one, by which keys name the meaning.
struct Meaning {
  std::string_view words;
};

std::span<const Meaning> Meanings();

}  // namespace daftar::names
