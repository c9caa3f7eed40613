// Compares anything that is read like a state with a std::map of what it must show.
#pragma once

#include <functional>
#include <random>
#include <string>

#include "storage/backend.h"
#include "storage/reader.h"

namespace daftar::testing {

// Reads `reader` once in a way drawn from `random`, and requires what `model` has: a few keys one
// by one and together, or a range, in either direction, with seeks in between and perhaps left
// early. Keys, bounds and targets come from `any_key`; no range goes beyond `space`.
class ReaderCheck {
 public:
  ReaderCheck(std::mt19937* random, std::function<std::string()> any_key,
              storage::KeyRange space = {})
      : random_(random), any_key_(std::move(any_key)), space_(std::move(space)) {}

  void Read(const storage::Reader& reader, const Model& model);

 private:
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(*random_); }
  void Get(const storage::Reader& reader, const Model& model);
  void Scan(const storage::Reader& reader, const Model& model);

  std::mt19937* const random_;
  const std::function<std::string()> any_key_;
  const storage::KeyRange space_;
};

}  // namespace daftar::testing
