#include <catch2/catch_test_macros.hpp>
#include <string>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;

uint64_t MemoryBytes(const storage::Store& store) {
  REQUIRE_OK_AND_ASSIGN(const storage::StoreStats stats, store.Stats());
  return stats.memory_bytes;
}

TEST_CASE("memory store: drops versions that no snapshot can see", "[storage][unit]") {
  const auto store = storage::NewMemoryStore();
  const std::string large(10'000, 'x');
  for (int i = 0; i < 10; ++i) {
    REQUIRE_OK(store->Write(PutBatch("a", large), Durability::kBuffered));
  }
  CHECK(MemoryBytes(*store) < 2 * large.size());

  auto first = store->NewSnapshot();
  storage::Batch deletion;
  deletion.Delete("a");
  REQUIRE_OK(store->Write(deletion, Durability::kBuffered));
  auto second = store->NewSnapshot();
  CHECK(Contents(*store, first.get()) == Model{{"a", large}});
  CHECK(Contents(*store, second.get()).empty());
  CHECK(MemoryBytes(*store) > large.size());
  first.reset();
  CHECK(MemoryBytes(*store) < large.size());
  second.reset();
  CHECK(MemoryBytes(*store) == 0);
}

}  // namespace
}  // namespace daftar::testing
