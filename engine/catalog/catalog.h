// Tables and indexes of a database, resolved against its schema.
#pragma once

#include <capnp/schema.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/rules.h"
#include "codec/key.h"
#include "daftar/ids.h"
#include "record/field_path.h"
#include "record/predicate.h"
#include "record/schema_set.h"

namespace daftar::catalog {

// One element of a primary key, of an index or of what it covers.
struct Term {
  record::FieldPath path;
  codec::KeyPart part;
  friend bool operator==(const Term&, const Term&) = default;
};

// Term as a schema writes it: "validTo desc nulls first".
std::string ToString(const Term& term);

std::vector<codec::KeyPart> PartsOf(const std::vector<Term>& terms);

struct SearchDef;
// IndexDef::on of an index of names.
std::vector<Term> SearchTerms(const SearchDef& search);

// What an index can be used for. Commits keep its entries up to date in every state.
enum class IndexState : uint8_t {
  kReadable = 0,
  kBuilding = 1,       // entries of records from before it was declared are still missing
  kUniquePending = 2,  // all entries are there, but records share values that must be unique
};

// What makes an index one of names, for search.
struct SearchDef {
  std::vector<record::FieldPath> fields;
  // Days beside a name; of the fields that share their lists.
  std::optional<record::FieldPath> from;
  std::optional<record::FieldPath> to;
  // names::kNameKeysVersion when its entries were made.
  uint32_t keys_version = 0;
  friend bool operator==(const SearchDef&, const SearchDef&) = default;
};

// The numbers are part of the format.
enum class IndexKind : uint8_t {
  kOrdered = 0,
  kPoint = 2,  // of places on the Earth, for query/near
};

// What entries of an index of points are ordered by: the number of a cell of geography/cell, which
// follows from the coordinates and is no field.
std::vector<Term> CellTerms();

struct IndexDef {
  IndexId id;
  std::string name;
  IndexKind kind = IndexKind::kOrdered;
  // Of one of names: the parts of its entries' keys, which are a key of the name and the number of
  // the name in its record. Of kPoint: CellTerms(), and latitude and longitude as `covering`.
  std::vector<Term> on;
  std::vector<Term> covering;  // ascending, nulls first where nullable
  std::vector<record::Condition> where;
  bool unique = false;
  bool forever = false;  // what a record once had no other gets; a rule, with unique only
  IndexState state = IndexState::kReadable;
  std::optional<SearchDef> search;

  // Whether it is whole.
  bool readable() const { return state == IndexState::kReadable; }
  // Whether conditions and orders of queries may be answered from it.
  bool answers_queries() const {
    return readable() && kind == IndexKind::kOrdered && !search.has_value();
  }
  // Whether it is of names and its entries were made by another version of this library, so that
  // nobody can read them or keep them up to date.
  bool outdated() const;
  // Whether a record can have more than one entry. The paths that fan out share their lists.
  bool fans_out() const;
  // The most lists that a path of `on` walks through.
  size_t list_count() const;
  // A path of `on` with list_count() lists. Requires: fans_out().
  const record::FieldPath& longest_fan_out() const;
};

// Whether two conditions are met by the same records: the order of `in (…)` does not count.
bool SameCondition(const record::Condition& a, const record::Condition& b);

// Whether the totals of an aggregate can be read.
enum class AggregateState : uint8_t {
  kReadable = 0,
  kBuilding = 1,  // records from before it was declared are still being counted
};

// AggregateDef::since of one that becomes readable with the commit that puts its catalog in force.
inline constexpr CommitVersion kThisCommit(UINT64_MAX);

// Totals by group, kept up to date by every commit.
struct AggregateDef {
  AggregateId id;
  AggregateState state = AggregateState::kReadable;
  // The first commit as of which its totals are known; zero: they are as of all.
  CommitVersion since;
  // The groups of a record, described as its entries in an index would be: `on` is what groups are
  // by, which may be nothing, `covering` what is summed up. Its id means nothing.
  IndexDef groups;
  // Paths whose least or greatest value is looked up in an index of the table.
  struct Extreme {
    record::FieldPath path;
    size_t index = 0;  // into TableDef::indexes; its `on` goes through `by` and then to the path
  };
  std::vector<Extreme> mins;
  std::vector<Extreme> maxs;

  const std::string& name() const { return groups.name; }
  const std::vector<Term>& by() const { return groups.on; }
  const std::vector<Term>& sums() const { return groups.covering; }
  bool readable() const { return state == AggregateState::kReadable; }
};

struct TableDef {
  TableId id;
  std::string name;
  capnp::StructSchema schema;
  std::vector<Term> key;
  std::vector<IndexDef> indexes;
  std::vector<AggregateDef> aggregates;
  // What a commit to the table must state.
  bool requires_actor = false;
  bool requires_reason = false;
  bool requires_decision = false;
  // For how many days old versions are kept at least; 0: for good.
  uint32_t history_days = 0;
  Rules rules;

  // The index called `name`, or null. Lifetime: as long as the table.
  const IndexDef* FindIndex(std::string_view name) const;
  // Errors: NotFound naming the aggregate and those there are.
  absl::StatusOr<const AggregateDef*> GetAggregate(std::string_view name) const;
};

// Finds the index that gives the least and greatest values of `extreme->path` in each group of
// `aggregate`: its first terms are those of `by` in any order, the next one is the path, and it has
// the same records, but perhaps for those where the path is null. Errors: InvalidArgument with the
// index that it takes.
absl::Status FindExtreme(const TableDef& table, const AggregateDef& aggregate,
                         AggregateDef::Extreme* extreme);

// What a commit to the table must state, by the names of the schema: "actor", "reason", "decision".
std::vector<std::string_view> RequiredParts(const TableDef& table);

// Makes the conditions of all $check rules ready. Errors: those of `compiler`, with table and rule.
absl::Status CompileChecks(const ConditionCompiler& compiler, std::vector<TableDef>* tables);

// An immutable version of a database's schema. Thread safety: may be read from many threads.
struct Catalog {
  SchemaVersion version;
  TableId next_table;
  IndexId next_index;
  AggregateId next_aggregate = AggregateId(1);
  std::shared_ptr<const record::SchemaSet> schemas;
  std::vector<TableDef> tables;  // in the order of their declaration

  // The table called `name`, or null. Lifetime: as long as the catalog.
  const TableDef* FindTable(std::string_view name) const;
  const TableDef* FindTable(TableId id) const;
  // The table whose struct has this type id, or null.
  const TableDef* FindType(uint64_t type_id) const;
  // Errors: NotFound naming the table and those there are.
  absl::StatusOr<const TableDef*> GetTable(std::string_view name) const;
  bool has_aggregates() const;
  // Whether some aggregate was declared when its table had been there before.
  bool has_late_aggregates() const;
  // Whether a commit must be checked against more than unique indexes.
  bool has_rules() const;
  // The table that says who may act, or null; and the one that holds decisions.
  const TableDef* powers_table() const;
  const TableDef* decisions_table() const;
  // Whether some index is one of names.
  bool has_search() const;
  // Whether some index is one of points.
  bool has_points() const;
  // Whether every index and aggregate is readable.
  bool all_readable() const;
};

}  // namespace daftar::catalog
