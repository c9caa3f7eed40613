// The first bytes of every key: which space it is in, and of which table or index.
// docs/format.md section 2 lists all numbers, also those kept for later.
#pragma once

#include <cstdint>
#include <string>

#include "daftar/ids.h"

namespace daftar::codec {

enum class Space : uint8_t {
  kHeader = 0,
  kCatalog = 1,
  kRecord = 2,
  kIndex = 3,
  kAggregate = 4,
  kHistory = 5,
  kJournal = 6,
  kHelper = 8,
};

// Prefix of all records of a table, of all entries of an index, and of all groups of an aggregate.
std::string RecordPrefix(TableId table);
std::string IndexPrefix(IndexId index);
std::string AggregatePrefix(AggregateId aggregate);

// Prefix of everything in a space.
std::string SpacePrefix(Space space);

}  // namespace daftar::codec
