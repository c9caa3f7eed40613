// What storage/store.h promises, checked on every backend.
#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>
#include <vector>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Batch;
using storage::Durability;
using storage::IterateOptions;
using storage::KeyRange;
using storage::Store;
using Values = std::vector<std::optional<std::string>>;

BackendKind AnyBackend() {
  return GENERATE(BackendKind::kMemory, BackendKind::kRocks, BackendKind::kFaulty);
}

std::optional<std::string> Get(const Store& store, std::string_view key,
                               const storage::Snapshot* snapshot = nullptr) {
  REQUIRE_OK_AND_ASSIGN(auto value, store.Get(key, {.snapshot = snapshot}));
  return value;
}

// The next `limit` keys, joined by blanks.
std::string Walk(storage::Iterator& iterator, size_t limit = SIZE_MAX) {
  std::string keys;
  for (size_t i = 0; i < limit; ++i) {
    REQUIRE_OK_AND_ASSIGN(const bool more, iterator.Next());
    if (!more) break;
    keys += (keys.empty() ? "" : " ") + std::string(iterator.key());
    REQUIRE(iterator.value() == "value of " + std::string(iterator.key()));
  }
  return keys;
}

void FillKeys(Store& store, const std::vector<std::string>& keys) {
  Batch batch;
  for (const std::string& key : keys) batch.Put(key, "value of " + key);
  REQUIRE_OK(store.Write(batch, Durability::kBuffered));
}

TEST_CASE("store: gives back what was put until it is deleted", "[storage][conformance]") {
  const BackendKind kind = AnyBackend();
  CAPTURE(ToString(kind));
  Backend backend(kind);
  Store& store = backend.store();
  const std::string binary("\0\xff\x80", 3);
  CHECK(Get(store, "a") == std::nullopt);
  for (const std::string& key : {std::string("a"), binary, std::string()}) {
    CAPTURE(key);
    REQUIRE_OK(store.Write(PutBatch(key, binary), Durability::kSynced));
    CHECK(Get(store, key) == binary);
    REQUIRE_OK(store.Write(PutBatch(key, ""), Durability::kBuffered));
    CHECK(Get(store, key) == "");
    Batch deletion;
    deletion.Delete(key);
    REQUIRE_OK(store.Write(deletion, Durability::kBuffered));
    CHECK(Get(store, key) == std::nullopt);
  }
  REQUIRE_OK(store.Write(Batch(), Durability::kSynced));
  REQUIRE_OK(store.Sync());
  CHECK(Contents(store).empty());
}

TEST_CASE("store: applies the later of two operations on a key in a batch",
          "[storage][conformance]") {
  Backend backend(AnyBackend());
  Store& store = backend.store();
  Batch batch;
  batch.Put("put-delete", "x");
  batch.Delete("put-delete");
  batch.Delete("delete-put");
  batch.Put("delete-put", "y");
  batch.Put("put-put", "old");
  batch.Put("put-put", "new");
  CHECK(batch.bytes() == 62);
  REQUIRE_OK(store.Write(batch, Durability::kBuffered));
  CHECK(Contents(store) == Model{{"delete-put", "y"}, {"put-put", "new"}});
}

TEST_CASE("store: shows a snapshot the state it was taken at", "[storage][conformance]") {
  Backend backend(AnyBackend());
  Store& store = backend.store();
  REQUIRE_OK(store.Write(PutBatch("a", "1"), Durability::kBuffered));
  REQUIRE_OK(store.Write(PutBatch("b", "1"), Durability::kBuffered));
  const auto first = store.NewSnapshot();
  Batch batch;
  batch.Put("a", "2");
  batch.Delete("b");
  batch.Put("c", "2");
  REQUIRE_OK(store.Write(batch, Durability::kBuffered));
  const auto second = store.NewSnapshot();
  REQUIRE_OK(store.Write(PutBatch("a", "3"), Durability::kBuffered));

  CHECK(Contents(store, first.get()) == Model{{"a", "1"}, {"b", "1"}});
  CHECK(Contents(store, second.get()) == Model{{"a", "2"}, {"c", "2"}});
  CHECK(Contents(store) == Model{{"a", "3"}, {"c", "2"}});
  CHECK(Get(store, "b", first.get()) == "1");
  CHECK(Get(store, "b", second.get()) == std::nullopt);
  REQUIRE_OK_AND_ASSIGN(const Values values,
                        store.MultiGet({"c", "a", "b"}, {.snapshot = first.get()}));
  CHECK(values == Values{std::nullopt, "1", "1"});
}

TEST_CASE("store: an iterator keeps the state of its making", "[storage][conformance]") {
  Backend backend(AnyBackend());
  Store& store = backend.store();
  FillKeys(store, {"a", "b", "d"});
  const auto iterator = store.NewIterator({}, {});
  CHECK(Walk(*iterator, 1) == "a");
  FillKeys(store, {"c"});
  Batch deletion;
  deletion.Delete("d");
  REQUIRE_OK(store.Write(deletion, Durability::kBuffered));
  CHECK(Walk(*iterator) == "b d");
  CHECK(Walk(*store.NewIterator({}, {})) == "a b c");
}

TEST_CASE("store: gives several values in the order of their keys", "[storage][conformance]") {
  Backend backend(AnyBackend());
  Store& store = backend.store();
  FillKeys(store, {"a", "b", "c"});
  REQUIRE_OK_AND_ASSIGN(const Values values, store.MultiGet({"c", "x", "a", "c"}, {}));
  CHECK(values == Values{"value of c", std::nullopt, "value of a", "value of c"});
  REQUIRE_OK_AND_ASSIGN(const Values none, store.MultiGet({}, {}));
  CHECK(none.empty());
}

TEST_CASE("iterator: walks its range in both directions", "[storage][conformance]") {
  struct Case {
    const char* name;
    KeyRange range;
    const char* forward;
  };
  Backend backend(AnyBackend());
  FillKeys(backend.store(), {"b", "bb", "c", "d", "\xff", "\xff\xff"});
  const std::vector<Case> cases = {
      {"everything", {"", ""}, "b bb c d \xff \xff\xff"},
      {"lower is inside, upper is not", {"b", "d"}, "b bb c"},
      {"bounds that are no keys", {"aa", "cc"}, "b bb c"},
      {"no upper bound", {"c", ""}, "c d \xff \xff\xff"},
      {"no lower bound", {"", "bb"}, "b"},
      {"one key", {"bb", std::string("bb\0", 3)}, "bb"},
      {"below the last byte", {"d", "\xff"}, "d"},
      {"between keys", {"e", "f"}, ""},
      {"empty", {"c", "c"}, ""},
      {"inverted", {"d", "b"}, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(Walk(*backend.store().NewIterator(c.range, {})) == c.forward);
    const auto backwards = backend.store().NewIterator(c.range, {.reverse = true});
    std::string keys;
    for (;;) {
      REQUIRE_OK_AND_ASSIGN(const bool more, backwards->Next());
      if (!more) break;
      keys = std::string(backwards->key()) + (keys.empty() ? "" : " ") + keys;
    }
    CHECK(keys == c.forward);
    REQUIRE_OK_AND_ASSIGN(const bool again, backwards->Next());
    CHECK_FALSE(again);
  }
}

TEST_CASE("iterator: seeks inside its range", "[storage][conformance]") {
  struct Case {
    const char* name;
    const char* target;
    const char* forward;
    const char* backward;
  };
  Backend backend(AnyBackend());
  FillKeys(backend.store(), {"a", "b", "d", "f", "h", "i"});
  const KeyRange range = {"b", "i"};  // b d f h
  const std::vector<Case> cases = {
      {"on a key", "d", "d f h", "d b"},
      {"between keys", "e", "f h", "d b"},
      {"on the lower bound", "b", "b d f h", "b"},
      {"below the range", "a", "b d f h", ""},
      {"on the upper bound", "i", "", "h f d b"},
      {"above the range", "z", "", "h f d b"},
      {"empty", "", "b d f h", ""},
  };
  // Seeking must not depend on where the iterator stands.
  const auto steps = GENERATE(size_t{0}, size_t{2}, size_t{9});
  CAPTURE(steps);
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto forward = backend.store().NewIterator(range, {});
    Walk(*forward, steps);
    forward->Seek("f");
    forward->Seek(c.target);
    CHECK(Walk(*forward) == c.forward);
    const auto backward = backend.store().NewIterator(range, {.reverse = true});
    Walk(*backward, steps);
    backward->Seek(c.target);
    CHECK(Walk(*backward) == c.backward);
  }
}

TEST_CASE("store: keeps what was written when opened again", "[storage][conformance]") {
  Backend backend(GENERATE(BackendKind::kRocks, BackendKind::kFaulty));
  Model model;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "key " + std::to_string(i % 200);
    model[key] = std::to_string(i);
    REQUIRE_OK(backend.store().Write(PutBatch(key, model[key]),
                                     i % 50 == 0 ? Durability::kSynced : Durability::kBuffered));
    if (i % 100 == 99) {
      backend.Reopen();
      CHECK(Contents(backend.store()) == model);
    }
  }
}

TEST_CASE("store: can be used from many threads", "[storage][conformance]") {
  Backend backend(AnyBackend());
  Store& store = backend.store();
  constexpr int kWrites = 300;
  std::atomic<int> failures = 0;
  const auto write = [&](std::string name) {
    for (int i = 0; i < kWrites; ++i) {
      // Both keys change together, so that every reader must see them equal.
      Batch batch;
      batch.Put(name + " a", std::to_string(i));
      batch.Put(name + " b", std::to_string(i));
      if (!store.Write(batch, Durability::kBuffered).ok()) ++failures;
    }
  };
  const auto read = [&](std::string name) {
    for (int i = 0; i < kWrites; ++i) {
      const auto snapshot = store.NewSnapshot();
      const auto values = store.MultiGet({name + " a", name + " b"}, {.snapshot = snapshot.get()});
      if (!values.ok() || (*values)[0] != (*values)[1]) ++failures;
    }
  };
  std::vector<std::thread> threads;
  for (const char* name : {"x", "y"}) {
    threads.emplace_back(write, name);
    threads.emplace_back(read, name);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  const std::string last = std::to_string(kWrites - 1);
  CHECK(Contents(store) == Model{{"x a", last}, {"x b", last}, {"y a", last}, {"y b", last}});
}

TEST_CASE("store: tells how much it uses", "[storage][conformance]") {
  const BackendKind kind = AnyBackend();
  Backend backend(kind);
  REQUIRE_OK_AND_ASSIGN(const storage::StoreStats before, backend.store().Stats());
  REQUIRE_OK(backend.store().Write(PutBatch("a", std::string(1 << 20, 'x')), Durability::kSynced));
  REQUIRE_OK_AND_ASSIGN(const storage::StoreStats after, backend.store().Stats());
  CHECK(after.memory_bytes >= before.memory_bytes + (1 << 20));
  if (backend.persistent()) CHECK(after.disk_bytes >= before.disk_bytes + (1 << 20));
}

}  // namespace
}  // namespace daftar::testing
