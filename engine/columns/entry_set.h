// What a projection is of.
#pragma once

#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "codec/keyspace.h"

namespace daftar::columns {

// The records of a table, or the entries of one of its indexes. Lifetime: both belong to `catalog`.
struct EntrySet {
  std::shared_ptr<const catalog::Catalog> catalog;
  const catalog::TableDef* table = nullptr;
  const catalog::IndexDef* index = nullptr;  // null: records

  // What their keys in the store begin with.
  std::string prefix() const {
    return index != nullptr ? codec::IndexPrefix(index->id) : codec::RecordPrefix(table->id);
  }
};

}  // namespace daftar::columns
