// What it costs that two words differ in a sound, where a consonant that is missing costs 1.
#pragma once

namespace daftar::names {

// The cost of `sound` standing in one word and not in the other. `across`: of another script.
double OmissionCost(char sound, bool across);

// The cost of `a` in one word for `b` in the other. Symmetric.
double ReplacementCost(char a, char b, bool across);

// How much `sound` tells of its word.
double SoundWeight(char sound);

}  // namespace daftar::names
