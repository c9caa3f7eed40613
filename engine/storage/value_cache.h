// Values of single keys that were read lately, for every state that has them.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "storage/store.h"

namespace daftar::storage {

// States of the store are told apart by a number that grows with each write. What is kept of a key
// was read at some state and has not been written since: it is right for that state and all that
// follow. Whoever writes says so before others can see it, and again when they can.
//
// Memory: at most about `bytes_max`; what was not asked for again is left out first.
// Thread safety: all methods may be called from many threads; keys are spread over kShards locks.
class ValueCache {
 public:
  static constexpr size_t kShards = 256;
  using Shards = std::bitset<kShards>;

  explicit ValueCache(size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

  // The value of `key` in state `at`, when it is kept.
  std::optional<std::string> Find(std::string_view key, uint64_t at);
  // Keeps what was read in state `at`, unless it may have been written since.
  void Insert(std::string_view key, std::string_view value, uint64_t at);

  // Before `batch` is written. Nothing is kept of what is near its keys until EndWrite, which is to
  // be called with the result however the write ended.
  [[nodiscard]] Shards BeginWrite(const Batch& batch);
  // The same when any key may be written.
  [[nodiscard]] Shards BeginWriteOfAll();
  // `newest`: the number of the newest state by now.
  void EndWrite(const Shards& written, uint64_t newest);

  // About how much memory it takes.
  size_t bytes() const;

 private:
  // Followed in the same piece of memory by its key and value, so that a look-up waits for memory
  // once less often.
  struct Entry {
    const uint32_t key_bytes;
    const uint32_t value_bytes;
    uint64_t since;  // the earliest state that it is known for
    bool is_used;    // since the hand came by
    uint32_t place;  // within `ring`

    const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
    std::string_view key() const { return {bytes(), key_bytes}; }
    std::string_view value() const { return {bytes() + key_bytes, value_bytes}; }
  };
  struct Free {
    void operator()(Entry* entry) const { ::operator delete(entry); }
  };
  using OwnedEntry = std::unique_ptr<Entry, Free>;
  struct Hashed {
    std::string_view key;
    size_t hash;
    friend bool operator==(const Hashed& a, const Hashed& b) { return a.key == b.key; }
  };
  struct Hash {
    size_t operator()(const Hashed& hashed) const { return hashed.hash; }
  };
  struct Shard {
    mutable absl::Mutex mutex;
    // The keys are those of the entries.
    absl::flat_hash_map<Hashed, OwnedEntry, Hash> entries ABSL_GUARDED_BY(mutex);
    std::vector<Entry*> ring ABSL_GUARDED_BY(mutex);
    size_t hand ABSL_GUARDED_BY(mutex) = 0;
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    int writers ABSL_GUARDED_BY(mutex) = 0;
    uint64_t written ABSL_GUARDED_BY(mutex) = 0;  // in no later state than this
  };

  static OwnedEntry NewEntry(std::string_view key, std::string_view value, uint64_t since,
                             size_t place);
  static Hashed HashOf(std::string_view key);
  static size_t BytesOf(const Entry& entry);
  static size_t ShardOf(const Hashed& hashed) { return hashed.hash % kShards; }
  static void Remove(Shard* shard, Entry* entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  void MakeRoom(Shard* shard) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);

  const size_t shard_bytes_max_;
  std::vector<Shard> shards_ = std::vector<Shard>(kShards);
};

}  // namespace daftar::storage
