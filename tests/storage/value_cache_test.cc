#include "storage/value_cache.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <vector>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Batch;
using storage::Durability;
using storage::ValueCache;

constexpr size_t kRoom = size_t{1} << 20;

// Says that `batch` was written, which made state `newest`.
void NoteWrite(ValueCache& cache, const Batch& batch, uint64_t newest) {
  cache.EndWrite(cache.BeginWrite(batch), newest);
}

TEST_CASE("value cache: a value is right for its state and later ones", "[storage]") {
  ValueCache cache(kRoom);
  cache.Insert("a", "one", 10);
  CHECK(cache.Find("a", 9) == std::nullopt);
  CHECK(cache.Find("a", 10) == "one");
  CHECK(cache.Find("a", 99) == "one");
  CHECK(cache.Find("b", 99) == std::nullopt);
  cache.Insert("a", "one", 7);
  CHECK(cache.Find("a", 7) == "one");
}

TEST_CASE("value cache: what is written is forgotten, and not kept from before", "[storage]") {
  ValueCache cache(kRoom);
  cache.Insert("a", "one", 10);
  const auto written = cache.BeginWrite(PutBatch("a", "two"));
  CHECK(cache.Find("a", 10) == std::nullopt);
  cache.Insert("a", "one", 10);
  CHECK(cache.Find("a", 10) == std::nullopt);
  cache.EndWrite(written, 11);
  cache.Insert("a", "one", 10);
  CHECK(cache.Find("a", 11) == std::nullopt);
  cache.Insert("a", "two", 11);
  CHECK(cache.Find("a", 11) == "two");
  CHECK(cache.Find("a", 10) == std::nullopt);
}

TEST_CASE("value cache: writers of one key at the same time are counted", "[storage]") {
  ValueCache cache(kRoom);
  const auto first = cache.BeginWrite(PutBatch("a", "one"));
  const auto second = cache.BeginWrite(PutBatch("a", "two"));
  cache.EndWrite(first, 5);
  cache.Insert("a", "one", 5);
  CHECK(cache.Find("a", 5) == std::nullopt);
  cache.EndWrite(second, 6);
  cache.Insert("a", "two", 6);
  CHECK(cache.Find("a", 6) == "two");
}

TEST_CASE("value cache: a write of all forgets all", "[storage]") {
  ValueCache cache(kRoom);
  for (int i = 0; i < 100; ++i) cache.Insert(std::to_string(i), "x", 1);
  CHECK(cache.bytes() > 0);
  const auto written = cache.BeginWriteOfAll();
  CHECK(cache.bytes() == 0);
  cache.Insert("1", "x", 1);
  cache.EndWrite(written, 2);
  cache.Insert("2", "x", 1);
  CHECK(cache.bytes() == 0);
  cache.Insert("3", "x", 2);
  CHECK(cache.Find("3", 2) == "x");
}

TEST_CASE("value cache: keeps to its room and what is asked for again", "[storage]") {
  ValueCache cache(kRoom);
  const std::string value(200, 'v');
  cache.Insert("often", value, 1);
  for (int i = 0; i < 20'000; ++i) {
    cache.Insert("key " + std::to_string(i), value, 1);
    REQUIRE(cache.Find("often", 1) == value);
  }
  CHECK(cache.bytes() <= kRoom);
  CHECK(cache.bytes() > kRoom / 2);
  // Larger than a shard: not kept, and nothing else is lost for it.
  cache.Insert("large", std::string(kRoom, 'v'), 1);
  CHECK(cache.Find("large", 1) == std::nullopt);
  CHECK(cache.Find("often", 1) == value);
  NoteWrite(cache, PutBatch("often", ""), 2);
  CHECK(cache.Find("often", 2) == std::nullopt);
}

// Every write gives all keys the same value: a snapshot that sees two has read what is not its own.
TEST_CASE("store: values that are read again are those of the snapshot", "[storage][threads]") {
  constexpr int kKeys = 40;
  constexpr int kWrites = 3'000;
  Backend backend(BackendKind::kRocks);
  std::vector<std::string> keys;
  for (int i = 0; i < kKeys; ++i) keys.push_back("key " + std::to_string(i));
  const auto write = [&](int value) {
    Batch batch;
    for (const std::string& key : keys) batch.Put(key, std::to_string(value));
    return backend.store().Write(batch, Durability::kBuffered);
  };
  REQUIRE_OK(write(0));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> looked = 0;
  const auto read = [&] {
    const std::vector<std::string_view> asked(keys.begin(), keys.end());
    while (!done) {
      const auto state = storage::NewSnapshotReader(backend.store());
      const auto first = state->Get(keys[0]);
      const auto values = state->MultiGet(asked);
      if (!first.ok() || !values.ok()) {
        ++wrong;
        return;
      }
      for (const auto& value : *values) wrong += value != *first;
      for (const std::string& key : keys) {
        const auto again = state->Get(key);
        wrong += !again.ok() || *again != *first;
      }
      ++looked;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(read);
  absl::Status status;
  for (int i = 1; i <= kWrites && status.ok(); ++i) status = write(i);
  while (looked < 10 && wrong == 0) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  REQUIRE_OK(status);
  CHECK(wrong == 0);
  const auto newest = storage::NewSnapshotReader(backend.store())->Get(keys[1]);
  REQUIRE_OK(newest);
  CHECK(*newest == std::to_string(kWrites));
}

}  // namespace
}  // namespace daftar::testing
