// Random operations on every backend against std::map.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Batch;
using storage::Durability;

constexpr int kOperations = 20'000;

class Simulation {
 public:
  Simulation(BackendKind kind, unsigned seed) : backend_(kind), random_(seed) {}

  void Run() {
    for (int i = 0; i < kOperations; ++i) {
      CAPTURE(i);
      Step(i);
    }
    snapshots_.clear();
    REQUIRE(Contents(backend_.store()) == model_);
  }

 private:
  void Step(int i) {
    const int choice = Below(100);
    if (choice < 35) {
      Write();
    } else if (choice < 70) {
      CheckGet();
    } else if (choice < 95) {
      CheckScan();
    } else if (choice < 97) {
      WriteBulkSometimes();
    } else if (choice < 99) {
      SnapshotOrDrop();
    } else if (i % 10 == 0 && backend_.persistent()) {
      snapshots_.clear();
      backend_.Reopen();
    }
  }

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  // Few and short, so that operations meet; any byte.
  std::string Key() {
    static constexpr char kBytes[] = {'\0', 'a', 'b', '\x7f', '\x80', '\xff'};
    std::string key(static_cast<size_t>(Below(4)), '\0');
    for (char& c : key) c = kBytes[Below(6)];
    return key;
  }

  void Write() {
    Batch batch;
    const int count = Below(8);
    for (int i = 0; i < count; ++i) {
      const std::string key = Key();
      if (Below(3) == 0) {
        batch.Delete(key);
        model_.erase(key);
      } else {
        model_[key] = std::string(static_cast<size_t>(Below(100)), static_cast<char>(Below(256)));
        batch.Put(key, model_[key]);
      }
    }
    REQUIRE_OK(backend_.store().Write(
        batch, Below(200) == 0 ? Durability::kSynced : Durability::kBuffered));
  }

  void WriteBulkSometimes() {
    if (Below(10) != 0) return;
    std::vector<std::string> keys;
    const int count = Below(20);
    for (int i = 0; i < count; ++i) keys.push_back(Key());
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    REQUIRE_OK_AND_ASSIGN(const auto writer, backend_.store().NewBulkWriter());
    Model changed = model_;
    for (const std::string& key : keys) {
      if (Below(3) == 0) {
        REQUIRE_OK(writer->Delete(key));
        changed.erase(key);
      } else {
        REQUIRE_OK(writer->Put(key, "bulk " + key));
        changed[key] = "bulk " + key;
      }
    }
    if (Below(4) == 0) return;  // Destroyed unfinished.
    REQUIRE_OK(writer->Finish());
    model_ = std::move(changed);
  }

  // A snapshot with the state it must show, or the present.
  std::pair<const storage::Snapshot*, const Model*> AnyState() {
    if (snapshots_.empty() || Below(2) == 0) return {nullptr, &model_};
    const auto& frozen =
        snapshots_[static_cast<size_t>(Below(static_cast<int>(snapshots_.size())))];
    return {frozen.first.get(), &frozen.second};
  }

  void CheckGet() {
    const auto [snapshot, model] = AnyState();
    std::vector<std::string> keys;
    const int count = 1 + Below(5);
    for (int i = 0; i < count; ++i) keys.push_back(Key());
    REQUIRE_OK_AND_ASSIGN(const auto values, backend_.store().MultiGet({keys.begin(), keys.end()},
                                                                       {.snapshot = snapshot}));
    for (size_t i = 0; i < keys.size(); ++i) {
      CAPTURE(keys[i]);
      const auto expected = model->find(keys[i]);
      REQUIRE(values[i].has_value() == (expected != model->end()));
      if (values[i]) REQUIRE(*values[i] == expected->second);
      REQUIRE_OK_AND_ASSIGN(const auto value,
                            backend_.store().Get(keys[i], {.snapshot = snapshot}));
      REQUIRE(value == values[i]);
    }
  }

  // The entries of [lower, upper) in the order asked for.
  static std::vector<std::pair<std::string, std::string>> Slice(const Model& model,
                                                                const storage::KeyRange& range,
                                                                bool reverse) {
    std::vector<std::pair<std::string, std::string>> slice;
    for (const auto& [key, value] : model) {
      if (key >= range.lower && (range.upper.empty() || key < range.upper)) {
        slice.emplace_back(key, value);
      }
    }
    if (reverse) std::reverse(slice.begin(), slice.end());
    return slice;
  }

  void CheckScan() {
    const auto [snapshot, model] = AnyState();
    const storage::KeyRange range = {Key(), Below(3) == 0 ? "" : Key()};
    const bool reverse = Below(2) == 0;
    const auto expected = Slice(*model, range, reverse);
    const auto iterator =
        backend_.store().NewIterator(range, {.snapshot = snapshot, .reverse = reverse});
    auto next = expected.begin();
    for (int moves = Below(30); moves > 0; --moves) {
      if (Below(6) == 0) {
        const std::string target = Key();
        iterator->Seek(target);
        next = std::find_if(expected.begin(), expected.end(), [&](const auto& entry) {
          return reverse ? entry.first <= target : entry.first >= target;
        });
      }
      REQUIRE_OK_AND_ASSIGN(const bool more, iterator->Next());
      REQUIRE(more == (next != expected.end()));
      if (!more) continue;
      REQUIRE(iterator->key() == next->first);
      REQUIRE(iterator->value() == next->second);
      ++next;
    }
  }

  void SnapshotOrDrop() {
    if (snapshots_.size() < 3) {
      snapshots_.emplace_back(backend_.store().NewSnapshot(), model_);
    } else {
      snapshots_.erase(snapshots_.begin() + Below(3));
    }
  }

  Backend backend_;
  std::mt19937 random_;
  Model model_;
  std::vector<std::pair<std::unique_ptr<storage::Snapshot>, Model>> snapshots_;
};

TEST_CASE("store: agrees with std::map over random operations", "[storage][property]") {
  const BackendKind kind =
      GENERATE(BackendKind::kMemory, BackendKind::kRocks, BackendKind::kFaulty);
  const unsigned seed = Catch::getSeed();
  CAPTURE(ToString(kind), seed);
  Simulation(kind, seed).Run();
}

}  // namespace
}  // namespace daftar::testing
