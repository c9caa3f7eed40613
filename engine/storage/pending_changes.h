// Changes that are not written yet.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/arena_map.h"

namespace daftar::storage {

// What a key is to hold, and what it held in the state below. Lifetime: the bytes are those that
// PendingChanges keeps.
struct PendingChange {
  std::optional<std::string_view> value;   // absent: nothing, the key is deleted
  std::optional<std::string_view> before;  // absent: nothing
  bool is_before_known = true;             // false: nobody has looked yet
};

// One change a key, in key order. Keys and values lie in the memory of the map: what is changed
// again or erased keeps its place there. Thread safety: const calls may run on many threads.
class PendingChanges {
 public:
  using Map = ArenaMap<PendingChange>::Map;
  using const_iterator = Map::const_iterator;

  PendingChanges() = default;
  PendingChanges(const PendingChanges& other);
  PendingChanges& operator=(const PendingChanges&) = delete;

  // Makes `key` hold `value`, and says nothing of what it held.
  void Set(std::string_view key, std::optional<std::string_view> value);
  // The change of `key`, and whether it is new and empty. What it is given must be kept. Lifetime:
  // until it is erased.
  std::pair<PendingChange*, bool> Add(std::string_view key) { return map_.Add(key); }
  // A copy of `bytes` that lives as long as the changes.
  std::string_view Keep(std::string_view bytes) { return map_.Keep(bytes); }
  std::optional<std::string_view> KeepValue(const std::optional<std::string_view>& bytes);
  void Erase(std::string_view key);
  // Gives the place after it.
  Map::iterator Erase(Map::iterator place);

  // What is put into the changes walked over must be kept.
  Map::iterator begin() { return map_->begin(); }
  Map::iterator end() { return map_->end(); }
  const_iterator begin() const { return map_->begin(); }
  const_iterator end() const { return map_->end(); }
  const_iterator find(std::string_view key) const { return map_->find(key); }
  const_iterator lower_bound(std::string_view key) const { return map_->lower_bound(key); }
  const_iterator upper_bound(std::string_view key) const { return map_->upper_bound(key); }
  bool contains(std::string_view key) const { return map_->contains(key); }
  size_t size() const { return map_->size(); }
  bool empty() const { return map_->empty(); }

 private:
  ArenaMap<PendingChange> map_;
};

// Changes in key order. To walk over them again and again is much faster than over their map, whose
// nodes lie anywhere. Lifetime: that of the changes.
using ChangeList = std::vector<std::pair<std::string_view, const PendingChange*>>;

// Finds the changes of keys that are asked for in ascending order, which mostly lie side by side.
// Lifetime: that of the list.
class InKeyOrder {
 public:
  explicit InKeyOrder(const ChangeList& list) : place_(list.begin()), end_(list.end()) {}

  // Null: there is none.
  const PendingChange* Find(std::string_view key);

 private:
  ChangeList::const_iterator place_;
  const ChangeList::const_iterator end_;
};

}  // namespace daftar::storage
