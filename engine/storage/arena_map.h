// A map from keys to values that need no destruction, in few pieces of memory.
#pragma once

#include <cstddef>
#include <cstring>
#include <map>
#include <memory_resource>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "storage/large_memory.h"

namespace daftar::storage {

// Keys and nodes lie one after the other, and go all at once: very many of them are neither asked
// for nor freed one by one. What is erased keeps its place until then. Thread safety: const calls
// may run on many threads.
template <typename Value>
class ArenaMap {
  static_assert(std::is_trivially_destructible_v<Value>);

 public:
  using Map = std::pmr::map<std::string_view, Value>;

  ArenaMap()
      : memory_(kFirstBytes, LargeMemory()),
        map_(new (memory_.allocate(sizeof(Map), alignof(Map))) Map(&memory_)) {}
  ArenaMap(const ArenaMap&) = delete;
  ArenaMap& operator=(const ArenaMap&) = delete;

  Map& operator*() { return *map_; }
  const Map& operator*() const { return *map_; }
  Map* operator->() { return map_; }
  const Map* operator->() const { return map_; }

  // The value of `key`, of which a copy is kept, and whether it is new. Lifetime: until it is
  // erased.
  std::pair<Value*, bool> Add(std::string_view key) {
    const auto place = map_->lower_bound(key);
    if (place != map_->end() && place->first == key) return {&place->second, false};
    return {&map_->emplace_hint(place, Keep(key), Value())->second, true};
  }
  // Adds one whose key comes after all others.
  void AddLast(std::string_view key, const Value& value) {
    map_->emplace_hint(map_->end(), Keep(key), value);
  }
  // A copy of `bytes` that lives as long as the map.
  std::string_view Keep(std::string_view bytes) {
    if (bytes.empty()) return {};
    void* const copy = memory_.allocate(bytes.size(), 1);
    std::memcpy(copy, bytes.data(), bytes.size());
    return {static_cast<const char*>(copy), bytes.size()};
  }

 private:
  // Enough for a commit of one record.
  static constexpr size_t kFirstBytes = 2048;

  std::pmr::monotonic_buffer_resource memory_;
  // Lies in memory_ itself and goes with it: its destructor would only walk all nodes.
  Map* const map_;
};

}  // namespace daftar::storage
