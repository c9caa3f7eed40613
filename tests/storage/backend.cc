#include "storage/backend.h"

#include <stdexcept>

#include "storage/faulty_store.h"
#include "support/status_matchers.h"

namespace daftar::testing {

Backend::Backend(BackendKind kind) : kind_(kind) { Reopen(); }

void Backend::Reopen() {
  store_.reset();
  if (kind_ == BackendKind::kMemory) {
    store_ = storage::NewMemoryStore();
    return;
  }
  auto opened = storage::OpenRocksStore(directory(), SmallRocksOptions());
  if (!opened.ok()) throw std::runtime_error(opened.status().ToString());
  store_ = kind_ == BackendKind::kFaulty
               ? std::make_unique<storage::FaultyStore>(*std::move(opened))
               : *std::move(opened);
}

std::string ToString(BackendKind kind) {
  switch (kind) {
    case BackendKind::kMemory:
      return "memory";
    case BackendKind::kRocks:
      return "rocks";
    case BackendKind::kFaulty:
      return "faulty";
  }
  throw std::logic_error("unknown backend");
}

storage::RocksOptions SmallRocksOptions() {
  return {.create_if_missing = true, .memory_budget_bytes = size_t{8} << 20};
}

namespace {

Model ReadAll(storage::Iterator* iterator) {
  Model model;
  for (;;) {
    REQUIRE_OK_AND_ASSIGN(const bool more, iterator->Next());
    if (!more) return model;
    REQUIRE(model.emplace(iterator->key(), iterator->value()).second);
  }
}

}  // namespace

Model Contents(const storage::Store& store, const storage::Snapshot* snapshot) {
  return ReadAll(store.NewIterator({}, {.snapshot = snapshot}).get());
}

Model Contents(const storage::Reader& reader) { return ReadAll(reader.NewIterator({}, {}).get()); }

storage::Batch PutBatch(std::string_view key, std::string_view value) {
  storage::Batch batch;
  batch.Put(key, value);
  return batch;
}

}  // namespace daftar::testing
