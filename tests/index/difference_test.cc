#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "index/entries.h"

namespace daftar::testing {
namespace {

// Key to covered bytes.
using Model = std::map<std::string, std::string>;

std::vector<index::Entry> ToEntries(const Model& model) {
  std::vector<index::Entry> entries;
  for (const auto& [key, covered] : model) {
    index::Entry& entry = entries.emplace_back();
    entry.key = codec::EncodedKey(key);
    entry.covered = covered;
  }
  return entries;
}

Model ToModel(const std::vector<index::Entry>& entries) {
  Model model;
  for (const index::Entry& entry : entries) {
    REQUIRE(model.emplace(entry.key.view(), entry.covered).second);
  }
  return model;
}

TEST_CASE("difference: turns the entries before into those after, and no more",
          "[index][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const auto random_model = [&] {
    Model model;
    for (uint64_t n = random() % 6; n > 0; --n) {
      model[std::string(1, static_cast<char>('a' + random() % 6))] = random() % 2 == 0 ? "x" : "y";
    }
    return model;
  };
  for (int round = 0; round < 5000; ++round) {
    CAPTURE(round);
    const Model before = random_model();
    const Model after = random_model();
    const index::EntryChanges changes = index::Difference(ToEntries(before), ToEntries(after));
    Model removed, added, changed;
    for (const auto& [key, covered] : before) {
      if (!after.contains(key)) removed[key] = covered;
    }
    for (const auto& [key, covered] : after) {
      const auto old = before.find(key);
      if (old == before.end()) {
        added[key] = covered;
      } else if (old->second != covered) {
        changed[key] = covered;
      }
    }
    REQUIRE(ToModel(changes.removed) == removed);
    REQUIRE(ToModel(changes.added) == added);
    REQUIRE(ToModel(changes.changed) == changed);
  }
}

}  // namespace
}  // namespace daftar::testing
