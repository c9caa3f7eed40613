// Identities and versions of the engine as types of their own, so that none is taken for another.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace daftar {

// An integer that only compares with its own kind. `Tag` is never defined.
template <typename Tag, typename Rep>
class StrongId {
 public:
  using rep = Rep;
  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;

 private:
  Rep value_ = 0;
};

// A table, an index or an aggregate within one database. Never reused, also after it is dropped.
using TableId = StrongId<struct TableIdTag, uint32_t>;
using IndexId = StrongId<struct IndexIdTag, uint32_t>;
using AggregateId = StrongId<struct AggregateIdTag, uint32_t>;

// Counts the schemas a database has had, from 1.
using SchemaVersion = StrongId<struct SchemaVersionTag, uint32_t>;

// Counts the commits of a database, from 1. Zero means "before the first commit".
using CommitVersion = StrongId<struct CommitVersionTag, uint64_t>;

}  // namespace daftar
