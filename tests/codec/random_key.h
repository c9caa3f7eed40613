// Random parts and values of keys, and an order of values that knows nothing of their encoding.
#pragma once

#include <random>
#include <vector>

#include "base/scalar.h"
#include "codec/key.h"

namespace daftar::testing {

using Random = std::mt19937_64;

inline size_t Below(size_t limit, Random& random) {
  return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
}

// Every part there is: each type, direction and place of nulls.
std::vector<codec::KeyPart> AllParts();

// A value that fits the part; often at the edges of its type, null where the part allows it.
OwnedScalar RandomValue(const codec::KeyPart& part, Random& random);

// What a key keeps of a value: a float's -0 is 0, and every NaN the same one.
bool SameValue(const OwnedScalar& a, const OwnedScalar& b);

// Negative, zero or positive as the part orders `a` before, with or after `b`.
int OracleOrder(const codec::KeyPart& part, const OwnedScalar& a, const OwnedScalar& b);

}  // namespace daftar::testing
