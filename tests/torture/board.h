// What the processes of one run count and find, in memory that they share.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "torture/shared.h"

namespace daftar::torture {

// Thread safety: full, between processes too.
class Board {
 public:
  // The names of the counts, in the order of their numbers. The run stops after so many violations.
  Board(std::vector<std::string> names, uint64_t violations_max)
      : names_(std::move(names)), violations_max_(violations_max) {}

  void Add(size_t number, uint64_t amount = 1) { state_->counts[number] += amount; }
  uint64_t count(size_t number) const { return state_->counts[number]; }

  // Texts beyond the first few are only counted.
  void AddViolation(std::string_view text);
  uint64_t violations() const { return state_->violations; }
  // Whether everybody should come to an end.
  bool stop() const { return state_->violations >= violations_max_; }

  // "cycles 120, kills 117".
  std::string Counts() const;
  // The texts of the violations.
  std::vector<std::string> Texts() const;

 private:
  static constexpr size_t kCountsMax = 32;
  static constexpr size_t kTextsMax = 64;
  static constexpr size_t kTextBytes = 2048;
  struct State {
    std::array<std::atomic<uint64_t>, kCountsMax> counts;
    std::atomic<uint64_t> violations;
    char texts[kTextsMax][kTextBytes];
  };

  const std::vector<std::string> names_;
  const uint64_t violations_max_;
  const Shared<State> state_;
};

}  // namespace daftar::torture
