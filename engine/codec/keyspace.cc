#include "codec/keyspace.h"

#include "codec/key.h"

namespace daftar::codec {

std::string SpacePrefix(Space space) { return std::string(1, static_cast<char>(space)); }

std::string RecordPrefix(TableId table) {
  std::string prefix = SpacePrefix(Space::kRecord);
  AppendOrderedVarint(table.value(), &prefix);
  return prefix;
}

std::string IndexPrefix(IndexId index) {
  std::string prefix = SpacePrefix(Space::kIndex);
  AppendOrderedVarint(index.value(), &prefix);
  return prefix;
}

std::string AggregatePrefix(AggregateId aggregate) {
  std::string prefix = SpacePrefix(Space::kAggregate);
  AppendOrderedVarint(aggregate.value(), &prefix);
  return prefix;
}

}  // namespace daftar::codec
