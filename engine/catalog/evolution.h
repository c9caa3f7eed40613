// Judges whether a database with one schema may take on another.
//
// Invariants: whatever Cap'n Proto's own loader refuses is forbidden here; a schema compared with
// itself gives no finding. Identity is what stored bytes refer to, never a name: a type is its type
// id, a field its struct's type id and its ordinal, an enumerant its ordinal, a table its struct.
// Rejected: relying on the loader alone. It looks at two schemas as equals, so it also accepts that
// a field or an enumerant disappears, and it knows nothing of annotations and keys.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/schema.h"
#include "record/schema_set.h"

namespace daftar::catalog {

// One side of a comparison. Lifetime: refers to its arguments.
struct SchemaSide {
  const record::SchemaSet& types;
  // What ResolveTables gave for `types`, or the tables of a catalog over it.
  const std::vector<TableDef>& tables;
};

// Compares all types and tables and applies the rules of docs/evolution.md. The findings come
// gravest first. Errors: Internal when a schema node does not read.
absl::StatusOr<SchemaCheck> CheckEvolution(const SchemaSide& from, const SchemaSide& to);

// What becomes of an index of a table when its schema changes. `from` is null for a new index, `to`
// for a dropped one. `same_entries`: the stored entries are those that `to` wants while the table's
// key is unchanged; it may still have become unique, which they must be checked for.
struct IndexMatch {
  const IndexDef* from = nullptr;
  const IndexDef* to = nullptr;
  bool same_entries = false;
};

// Pairs the indexes of two versions of one table: first by name with the same definition, then by
// the same definition under another name, then by name. Each index comes once; those of `to` in
// their order, then the dropped ones. Lifetime: points into the tables.
std::vector<IndexMatch> MatchIndexes(const TableDef& from, const TableDef& to);

// The same of an aggregate. `same_groups`: the stored totals are those that `to` wants.
struct AggregateMatch {
  const AggregateDef* from = nullptr;
  const AggregateDef* to = nullptr;
  bool same_groups = false;
};
std::vector<AggregateMatch> MatchAggregates(const TableDef& from, const TableDef& to);

}  // namespace daftar::catalog
