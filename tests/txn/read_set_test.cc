// What was read against a naive list of keys and stretches.
#include "txn/read_set.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::KeyRange;
using txn::ReadSet;

// Without an upper bound: to the end.
struct Stretch {
  std::string lower;
  std::optional<std::string> upper;
};

class NaiveReads {
 public:
  void AddKey(const std::string& key) { keys_.insert(key); }
  void AddStretch(Stretch stretch) { stretches_.push_back(std::move(stretch)); }

  bool Contains(const std::string& key) const {
    return keys_.contains(key) ||
           std::any_of(stretches_.begin(), stretches_.end(), [&](const Stretch& each) {
             return key >= each.lower && (!each.upper.has_value() || key < *each.upper);
           });
  }

  // Requires: `range` is not empty.
  bool Overlaps(const KeyRange& range) const {
    for (const std::string& key : keys_) {
      if (key >= range.lower && (range.upper.empty() || key < range.upper)) return true;
    }
    return std::any_of(stretches_.begin(), stretches_.end(), [&](const Stretch& each) {
      const std::string lower = std::max(each.lower, range.lower);
      return (!each.upper.has_value() || lower < *each.upper) &&
             (range.upper.empty() || lower < range.upper);
    });
  }

 private:
  std::set<std::string> keys_;
  std::vector<Stretch> stretches_;
};

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  std::string Key() {
    static constexpr char kBytes[] = {'\0', 'a', 'b', '\xff'};
    std::string key(static_cast<size_t>(Below(4)), '\0');
    for (char& c : key) c = kBytes[Below(4)];
    return key;
  }

 private:
  std::mt19937 random_;
};

// Every key that Random makes, and what lies right after each.
std::vector<std::string> Probes() {
  std::vector<std::string> all = {""};
  for (size_t from = 0; all.size() < 85; ++from) {
    for (const char c : {'\0', 'a', 'b', '\xff'}) all.push_back(all[from] + c);
  }
  for (size_t i = all.size(); i-- > 0;) all.push_back(all[i] + '\0');
  return all;
}

TEST_CASE("read set: contains and overlaps what was added", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const std::vector<std::string> probes = Probes();
  for (int round = 0; round < 500; ++round) {
    CAPTURE(round);
    ReadSet reads;
    NaiveReads naive;
    CHECK(reads.empty());
    for (int count = random.Below(8); count > 0; --count) {
      const std::string key = random.Key();
      if (random.Below(2) == 0) {
        reads.AddKey(key);
        naive.AddKey(key);
        continue;
      }
      const std::string upper = random.Key();  // empty: to the end; below `key`: nothing
      reads.AddRange({key, upper});
      naive.AddStretch({key, upper.empty() ? std::nullopt : std::optional(upper)});
    }
    reads.Seal();
    for (const std::string& probe : probes) {
      CAPTURE(probe);
      REQUIRE(reads.Contains(probe) == naive.Contains(probe));
    }
    for (int count = 0; count < 100; ++count) {
      const KeyRange range = {random.Key(), random.Key()};
      if (!range.upper.empty() && range.upper <= range.lower) continue;
      CAPTURE(range.lower, range.upper);
      REQUIRE(reads.Overlaps(range) == naive.Overlaps(range));
    }
  }
}

TEST_CASE("read set: forgets keys and ranges for planted faults", "[txn]") {
  ReadSet reads;
  reads.AddKey("k");
  reads.AddRange({"a", "c"});
  reads.ClearKeys();
  reads.Seal();
  CHECK(!reads.Contains("k"));
  CHECK(reads.Contains("b"));
  reads.ClearRanges();
  reads.Seal();
  CHECK(!reads.Contains("b"));
  CHECK(reads.empty());
}

TEST_CASE("read set: says when a transaction has read too much", "[txn]") {
  Backend backend(BackendKind::kMemory);
  for (int i = 0; i < 100; ++i) {
    REQUIRE_OK(
        backend.store().Write(PutBatch(std::to_string(i), "v"), storage::Durability::kBuffered));
  }
  const auto too_much =
      StatusIs(absl::StatusCode::kResourceExhausted,
               "the transaction has read too much; read from a view, or ask narrower questions");
  const auto reads = std::make_shared<ReadSet>(1000);
  const auto reader = txn::NewTrackingReader(storage::NewSnapshotReader(backend.store()), reads);
  // A scan costs its ends, however long it is.
  const auto iterator = reader->NewIterator({}, {});
  int found = 0;
  while (iterator->Next().value()) ++found;
  CHECK(found == 100);
  REQUIRE_OK(reads->CheckSize());
  absl::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) status = reader->Get(std::to_string(i)).status();
  CHECK_THAT(status, too_much);
  CHECK_THAT(reader->MultiGet({"1"}), too_much);
  CHECK_THAT(reader->NewIterator({}, {})->Next(), too_much);
}

// Walks over a random state, with seeks and early stops, and keeps beside it what was looked at.
class TrackedWalk {
 public:
  TrackedWalk(Random* random, const Model& model, const KeyRange& range, bool reverse)
      : random_(random), range_(range), reverse_(reverse) {
    for (const auto& [key, value] : model) {
      if (key >= range.lower && (range.upper.empty() || key < range.upper)) keys_.push_back(key);
    }
    if (reverse_) std::reverse(keys_.begin(), keys_.end());
    Start(reverse_ ? range.upper : range.lower, reverse_ && range.upper.empty());
  }

  void Run(storage::Iterator* iterator, NaiveReads* naive) {
    for (int moves = random_->Below(8); moves > 0; --moves) {
      if (random_->Below(4) == 0) {
        Finish(naive);
        const std::string target = random_->Key();
        iterator->Seek(target);
        Seek(target);
      }
      REQUIRE_OK_AND_ASSIGN(const bool found, iterator->Next());
      REQUIRE(found == (next_ < keys_.size()));
      stretch_ = found ? Until(keys_[next_++]) : ToRangeEnd();
    }
    Finish(naive);
  }

 private:
  void Start(const std::string& from, bool from_end) {
    from_ = from;
    from_end_ = from_end;
    stretch_.reset();
  }
  void Seek(const std::string& target) {
    next_ = 0;
    while (next_ < keys_.size() && (reverse_ ? keys_[next_] > target : keys_[next_] < target)) {
      ++next_;
    }
    if (!reverse_) return Start(std::max(target, range_.lower), false);
    const std::string after = target + '\0';
    Start(range_.upper.empty() ? after : std::min(after, range_.upper), false);
  }
  // From where the walk began to `key`, which was found.
  Stretch Until(const std::string& key) const {
    if (!reverse_) return {from_, key + '\0'};
    return {key, from_end_ ? std::nullopt : std::optional(from_)};
  }
  Stretch ToRangeEnd() const {
    if (reverse_) return {range_.lower, from_end_ ? std::nullopt : std::optional(from_)};
    return {from_, range_.upper.empty() ? std::nullopt : std::optional(range_.upper)};
  }
  void Finish(NaiveReads* naive) {
    if (stretch_.has_value()) naive->AddStretch(*std::exchange(stretch_, std::nullopt));
  }

  Random* const random_;
  const KeyRange range_;
  const bool reverse_;
  std::vector<std::string> keys_;  // inside the range, in the order of the walk
  size_t next_ = 0;
  std::string from_;
  bool from_end_ = false;
  std::optional<Stretch> stretch_;  // what was seen since `from_`
};

TEST_CASE("tracking: what is read is covered, and nothing else", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const std::vector<std::string> probes = Probes();
  for (int round = 0; round < 500; ++round) {
    CAPTURE(round);
    Backend backend(BackendKind::kMemory);
    Model model;
    for (int count = random.Below(12); count > 0; --count) {
      const std::string key = random.Key();
      model[key] = "v";
      REQUIRE_OK(backend.store().Write(PutBatch(key, "v"), storage::Durability::kBuffered));
    }
    const auto reads = std::make_shared<ReadSet>();
    const auto reader = txn::NewTrackingReader(storage::NewSnapshotReader(backend.store()), reads);
    NaiveReads naive;
    for (int count = random.Below(4); count > 0; --count) {
      const KeyRange range = {random.Key(), random.Key()};
      const bool reverse = random.Below(2) == 0;
      const auto iterator = reader->NewIterator(range, {.reverse = reverse});
      TrackedWalk(&random, model, range, reverse).Run(iterator.get(), &naive);
    }
    for (int count = random.Below(3); count > 0; --count) {
      const std::string key = random.Key();
      REQUIRE_OK(count == 2 ? reader->Get(key).status() : reader->MultiGet({key}).status());
      naive.AddKey(key);
    }
    reads->Seal();
    for (const std::string& probe : probes) {
      CAPTURE(probe);
      REQUIRE(reads->Contains(probe) == naive.Contains(probe));
    }
  }
}

}  // namespace
}  // namespace daftar::testing
