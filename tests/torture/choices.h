// Choices that a seed repeats.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

namespace daftar::torture {

// Mixes numbers into a seed: neighbours give unrelated sequences.
inline uint64_t MixSeed(std::initializer_list<uint64_t> parts) {
  uint64_t state = 0;
  for (const uint64_t part : parts) {
    state += part + 0x9e3779b97f4a7c15;  // SplitMix64
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
    state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
    state ^= state >> 31;
  }
  return state;
}

// Thread safety: none.
class Choices {
 public:
  explicit Choices(uint64_t seed) : engine_(seed) {}
  // Requires: limit is not 0.
  uint64_t Below(uint64_t limit) {
    return std::uniform_int_distribution<uint64_t>(0, limit - 1)(engine_);
  }
  uint64_t Between(uint64_t low, uint64_t high) { return low + Below(high - low + 1); }
  bool Percent(uint64_t percent) { return Below(100) < percent; }
  uint64_t Next() { return engine_(); }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace daftar::torture
