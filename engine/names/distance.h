// How far two words are apart.
#pragma once

#include <cstddef>
#include <string_view>

#include "names/sounds.h"

namespace daftar::names {

// The share of two folded words that a reader sees alike, 0..1: one less the edits (a character
// more, less or other, or two changed over) over the longer length. Symmetric. Takes time in
// proportion to the product of the lengths.
double SpellingSimilarity(std::string_view a, std::string_view b);

// The share of two words that may sound alike, 0..1. Between scripts (`across`) a short vowel of
// one costs little, since the other leaves it out; within one script the same is a misspelling.
// Symmetric; time as above.
double SoundSimilarity(const Sounds& a, const Sounds& b, bool across);

}  // namespace daftar::names
