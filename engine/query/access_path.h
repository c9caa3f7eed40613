// One way to reach the records of a table: an index or the primary key, with what a query's
// conditions bound of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/plan.h"

namespace daftar::query {

// The terms that order an access path's entries: the index's, then those of the primary key that it
// lacks, which follow in every entry.
struct AccessPath {
  const catalog::TableDef* table = nullptr;
  const catalog::IndexDef* index = nullptr;  // null: the primary key

  // The terms that bounds apply to.
  const std::vector<catalog::Term>& terms() const { return index ? index->on : table->key; }
  std::string prefix() const;
};

// Whether every value that meets `given` meets `wanted`, which is on the same path.
bool Implies(const record::Condition& given, const record::Condition& wanted);

// Whether the access path has an entry for every record that meets the query's conditions.
bool Answers(const AccessPath& path, const BoundQuery& query);

// Fills the plan's ranges, prefixes, equal_terms, has_range, bounded and may_repeat.
void BoundRanges(const AccessPath& path, Plan* plan);

// Fills the plan's slots and reads_records.
void FindSlots(const AccessPath& path, Plan* plan);

}  // namespace daftar::query
