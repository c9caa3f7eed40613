#include "storage/value_cache.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace daftar::storage {

ValueCache::Hashed ValueCache::HashOf(std::string_view key) { return {key, absl::HashOf(key)}; }

// The table's and the ring's places are counted as well.
size_t ValueCache::BytesOf(const Entry& entry) {
  return sizeof(Entry) + entry.key_bytes + entry.value_bytes + sizeof(Hashed) + 4 * sizeof(void*);
}

ValueCache::OwnedEntry ValueCache::NewEntry(std::string_view key, std::string_view value,
                                            uint64_t since, size_t place) {
  void* const memory = ::operator new(sizeof(Entry) + key.size() + value.size());
  auto* const entry =
      new (memory) Entry{static_cast<uint32_t>(key.size()), static_cast<uint32_t>(value.size()),
                         since, false, static_cast<uint32_t>(place)};
  char* const bytes = static_cast<char*>(memory) + sizeof(Entry);
  std::copy(key.begin(), key.end(), bytes);
  std::copy(value.begin(), value.end(), bytes + key.size());
  return OwnedEntry(entry);
}

std::optional<std::string> ValueCache::Find(std::string_view key, uint64_t at) {
  const Hashed hashed = HashOf(key);
  Shard& shard = shards_[ShardOf(hashed)];
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.entries.find(hashed);
  if (found == shard.entries.end() || found->second->since > at) return std::nullopt;
  found->second->is_used = true;
  return std::string(found->second->value());
}

void ValueCache::Insert(std::string_view key, std::string_view value, uint64_t at) {
  const Hashed hashed = HashOf(key);
  Shard& shard = shards_[ShardOf(hashed)];
  absl::MutexLock lock(&shard.mutex);
  if (shard.writers > 0 || shard.written > at) return;
  const auto found = shard.entries.find(hashed);
  if (found != shard.entries.end()) {
    found->second->since = std::min(found->second->since, at);
    return;
  }
  if (key.size() + value.size() > shard_bytes_max_) return;
  OwnedEntry entry = NewEntry(key, value, at, shard.ring.size());
  const size_t bytes = BytesOf(*entry);
  if (bytes > shard_bytes_max_) return;
  shard.bytes += bytes;
  shard.ring.push_back(entry.get());
  const Hashed kept{entry->key(), hashed.hash};
  shard.entries.emplace(kept, std::move(entry));
  MakeRoom(&shard);
}

void ValueCache::MakeRoom(Shard* shard) {
  while (shard->bytes > shard_bytes_max_) {
    if (shard->hand >= shard->ring.size()) shard->hand = 0;
    Entry* const entry = shard->ring[shard->hand];
    if (std::exchange(entry->is_used, false)) {
      ++shard->hand;
    } else {
      Remove(shard, entry);
    }
  }
}

void ValueCache::Remove(Shard* shard, Entry* entry) {
  shard->bytes -= BytesOf(*entry);
  Entry* const last = shard->ring.back();
  shard->ring[entry->place] = last;
  last->place = entry->place;
  shard->ring.pop_back();
  shard->entries.erase(HashOf(entry->key()));
}

ValueCache::Shards ValueCache::BeginWrite(const Batch& batch) {
  Shards written;
  batch.ForEach([&](const Batch::Operation& operation) {
    const Hashed hashed = HashOf(operation.key);
    const size_t number = ShardOf(hashed);
    Shard& shard = shards_[number];
    absl::MutexLock lock(&shard.mutex);
    if (!written[number]) ++shard.writers;
    written.set(number);
    const auto found = shard.entries.find(hashed);
    if (found != shard.entries.end()) Remove(&shard, found->second.get());
  });
  return written;
}

ValueCache::Shards ValueCache::BeginWriteOfAll() {
  for (Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    ++shard.writers;
    shard.entries.clear();
    shard.ring.clear();
    shard.bytes = 0;
  }
  return Shards().set();
}

void ValueCache::EndWrite(const Shards& written, uint64_t newest) {
  for (size_t number = 0; number < kShards; ++number) {
    if (!written[number]) continue;
    Shard& shard = shards_[number];
    absl::MutexLock lock(&shard.mutex);
    --shard.writers;
    shard.written = std::max(shard.written, newest);
  }
}

size_t ValueCache::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace daftar::storage
