// Which index a rule reads. Internal to resolve_*.cc.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"

namespace daftar::catalog {

// What a rule wants of an index. Lifetime: refers to its arguments.
struct IndexWish {
  const std::vector<record::FieldPath>& by;  // its first terms, in any order
  const record::FieldPath* next = nullptr;   // the term behind them; null: any
  std::vector<record::FieldPath> holds;      // in its tuple or covered
  // Which records it has; those in which one of `by` is null may be missing.
  const std::vector<record::Condition>& where;
};

// The number of the first index of the table that is as wished. Errors: InvalidArgument with the
// index that it takes, as a schema declares it.
absl::StatusOr<size_t> FindRuleIndex(const TableDef& table, const IndexWish& wish);

// Where entries hold the value of `path`. Requires: they do.
EntrySlot SlotOf(const IndexDef& index, const record::FieldPath& path);

}  // namespace daftar::catalog
