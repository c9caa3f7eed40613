// Reading as of a commit against a model that keeps every version of every key.
#include "history/as_of_reader.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "history/versions.h"
#include "storage/faulty_store.h"
#include "storage/reader_check.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Reader;

// Records and index entries.
storage::KeyRange LiveKeys() {
  return {codec::SpacePrefix(codec::Space::kRecord), codec::SpacePrefix(codec::Space::kHistory)};
}

std::shared_ptr<const Reader> AsOf(const storage::Store& store, uint64_t version) {
  return history::NewAsOfReader(storage::NewLiveReader(store), CommitVersion(version));
}

Model Walk(const Reader& reader, const storage::KeyRange& range, bool reverse) {
  Model found;
  const auto iterator = reader.NewIterator(range, {.reverse = reverse});
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, iterator->Next());
    if (!more) return found;
    REQUIRE(found.emplace(iterator->key(), iterator->value()).second);
  }
}

TEST_CASE("as of: a key that comes, changes, goes and comes back", "[history]") {
  Backend backend(BackendKind::kMemory);
  Versions versions(&backend.store());
  const std::string key = NumberKey(1);
  versions.Commit(1, {{NumberKey(0), "stays"}});
  versions.Commit(2, {{key, "first"}});
  versions.Commit(4, {{key, "second"}});
  versions.Commit(5, {{key, std::nullopt}});
  versions.Commit(7, {{key, "third"}});
  for (uint64_t version = 0; version <= 9; ++version) {
    CAPTURE(version);
    const auto reader = AsOf(backend.store(), version);
    const Model model = versions.At(version);
    CHECK(model.contains(key) == (version >= 7 || (version >= 2 && version < 5)));
    CHECK(Walk(*reader, LiveKeys(), false) == model);
    CHECK(Walk(*reader, LiveKeys(), true) == model);
    REQUIRE_OK_AND_ASSIGN(const auto value, reader->Get(key));
    CHECK(value.has_value() == model.contains(key));
  }
}

TEST_CASE("as of: a seek between keys finds no key that it has passed", "[history]") {
  Backend backend(BackendKind::kMemory);
  Versions versions(&backend.store());
  const std::string key = TextKey("b");
  versions.Commit(1, {{TextKey("a"), "1"}, {key, "1"}, {TextKey("c"), "1"}});
  versions.Commit(2, {{TextKey("a"), "2"}, {key, "2"}, {TextKey("c"), "2"}});
  const auto reader = AsOf(backend.store(), 1);
  const auto forwards = reader->NewIterator(LiveKeys(), {});
  forwards->Seek(key + '\0');
  REQUIRE(forwards->Next().value());
  CHECK(forwards->key() == TextKey("c"));
  const auto backwards = reader->NewIterator(LiveKeys(), {.reverse = true});
  // What `key` begins with comes before it.
  backwards->Seek(key.substr(0, key.size() - 1));
  REQUIRE(backwards->Next().value());
  CHECK(backwards->key() == TextKey("a"));
}

TEST_CASE("as of: many old versions of one key are skipped, not walked", "[history]") {
  const bool reverse = GENERATE(false, true);
  CAPTURE(reverse);
  storage::FaultyStore store(storage::NewMemoryStore());
  Versions versions(&store);
  constexpr uint64_t kVersions = 5000;
  versions.Commit(1, {{NumberKey(1), "first"}, {NumberKey(3), "first"}});
  for (uint64_t version = 2; version <= kVersions; ++version) {
    versions.Commit(version, {{NumberKey(2), std::to_string(version)}});
  }
  versions.Commit(kVersions + 1, {{NumberKey(1), "last"}, {NumberKey(3), std::nullopt}});
  for (const uint64_t version : {uint64_t{1}, uint64_t{2}, kVersions / 2, kVersions}) {
    CAPTURE(version);
    store.Disarm();
    CHECK(Walk(*AsOf(store, version), LiveKeys(), reverse) == versions.At(version));
    CHECK(store.count(storage::FaultPoint::kIterate) < 50);
    // Neither when a seek or a bound lies right after them, or at what they begin with.
    for (const std::string& bound :
         {NumberKey(2) + '\0', NumberKey(2), NumberKey(2).substr(0, NumberKey(2).size() - 1)}) {
      CAPTURE(bound);
      store.Disarm();
      const auto iterator = AsOf(store, version)->NewIterator(LiveKeys(), {.reverse = reverse});
      iterator->Seek(bound);
      REQUIRE_OK(iterator->Next());
      const storage::KeyRange range = {reverse ? LiveKeys().lower : bound,
                                       reverse ? bound : LiveKeys().upper};
      REQUIRE_OK(AsOf(store, version)->NewIterator(range, {.reverse = reverse})->Next());
      CHECK(store.count(storage::FaultPoint::kIterate) < 100);
    }
  }
}

TEST_CASE("as of: a malformed history key or value is damage", "[history][fault]") {
  Backend backend(BackendKind::kMemory);
  Versions versions(&backend.store());
  versions.Commit(1, {{EntryKey("a", 1), "1"}});
  versions.Commit(2, {{EntryKey("a", 1), "2"}});
  storage::Batch batch;
  const auto [name, key, value] = GENERATE(table<const char*, std::string, std::string>(
      {{"key", std::string("\x05\x03\x01k", 4), "v"},
       {"value", history::HistoryKey(EntryKey("a", 2), CommitVersion(2)), ""}}));
  CAPTURE(name);
  batch.Put(key, value);
  REQUIRE_OK(backend.store().Write(batch, storage::Durability::kBuffered));
  for (const bool reverse : {false, true}) {
    CAPTURE(reverse);
    const auto iterator = AsOf(backend.store(), 1)->NewIterator(LiveKeys(), {.reverse = reverse});
    absl::StatusOr<bool> found = true;
    while (found.ok() && *found) found = iterator->Next();
    CHECK_THAT(found, StatusIs(absl::StatusCode::kDataLoss, ""));
  }
}

TEST_CASE("as of: is frozen while its base goes on", "[history]") {
  Backend backend(BackendKind::kMemory);
  Versions versions(&backend.store());
  versions.Commit(1, {{NumberKey(1), "a"}, {NumberKey(2), "b"}});
  const auto reader = AsOf(backend.store(), 1);
  const Model before = Walk(*reader, LiveKeys(), false);
  versions.Commit(2, {{NumberKey(1), "c"}, {NumberKey(2), std::nullopt}, {NumberKey(3), "d"}});
  versions.Commit(3, {{NumberKey(2), "e"}, {NumberKey(3), std::nullopt}});
  CHECK(Walk(*reader, LiveKeys(), false) == before);
  CHECK(Walk(*reader, LiveKeys(), true) == before);
}

class Simulation {
 public:
  Simulation(BackendKind kind, unsigned seed)
      : backend_(kind), random_(seed), versions_(&backend_.store()) {}

  void Run(int commits) {
    ReaderCheck check(
        &random_, [this] { return AnyBound(); }, LiveKeys());
    for (int commit = 0; commit < commits; ++commit) {
      CAPTURE(commit);
      // Commits follow one another, but for a few gaps.
      const uint64_t step = Below(20) == 0 ? 1 + random_() % 100'000 : 1;
      versions_.Commit(versions_.last() + step, RandomChanges());
      seen_.push_back(versions_.last());
      const uint64_t version = seen_[Below(seen_.size())] - Below(2);
      CAPTURE(version);
      const auto reader = AsOf(backend_.store(), version);
      const Model model = versions_.At(version);
      REQUIRE(Walk(*reader, LiveKeys(), false) == model);
      REQUIRE(Walk(*reader, LiveKeys(), true) == model);
      for (int reads = 0; reads < 20; ++reads) {
        CAPTURE(reads);
        check.Read(*reader, model);
      }
    }
  }

 private:
  size_t Below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

  // Few, so that keys gather versions; texts begin with other texts.
  std::string Key() {
    std::string text(Below(3), '\0');
    for (char& c : text) c = "\0\1a\xff"[Below(4)];
    const uint64_t number = std::vector<uint64_t>{0, 1, 255, 256, 1 << 16, UINT64_MAX}[Below(6)];
    return std::vector{TextKey(text), NumberKey(number), EntryKey(text, number)}[Below(3)];
  }

  // A key, what is right after it, what it begins with, or what is after all that begin so; never
  // outside of records and entries.
  std::string AnyBound() {
    std::string key = Key();
    switch (Below(5)) {
      case 0:
        return key + '\0';
      case 1:
        return key.substr(0, 1 + Below(key.size()));
      case 2:
        return codec::PrefixEnd(key.substr(0, 2 + Below(key.size() - 1)));
      default:
        return key;
    }
  }

  Versions::Changes RandomChanges() {
    Versions::Changes changes;
    for (size_t count = 1 + Below(6); count > 0; --count) {
      const bool put = Below(3) != 0;
      changes[Key()] = put ? std::optional(std::to_string(Below(1000))) : std::nullopt;
    }
    return changes;
  }

  Backend backend_;
  std::mt19937 random_;
  Versions versions_;
  std::vector<uint64_t> seen_;
};

TEST_CASE("as of: agrees with a model of all versions", "[history][property]") {
  const BackendKind kind = GENERATE(BackendKind::kMemory, BackendKind::kRocks);
  const unsigned seed = Catch::getSeed();
  CAPTURE(ToString(kind), seed);
  Simulation(kind, seed).Run(1500);
}

}  // namespace
}  // namespace daftar::testing
