// How a query is answered: which entries are read, in which order, and what is done with them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "daftar/query.h"
#include "record/predicate.h"
#include "storage/store.h"

namespace daftar::query {

// One column of the result: a single value, or any other part of the record as JSON.
struct Column {
  std::string name;
  std::optional<record::FieldPath> path;  // absent: JSON of what `name` walks to
};

struct OrderTerm {
  record::FieldPath path;
  SortDirection direction = SortDirection::kAscending;
};

// A query checked against the schema. Lifetime: `table` belongs to the catalog it was bound to.
struct BoundQuery {
  const catalog::TableDef* table = nullptr;
  std::vector<record::Condition> conditions;
  // At least one of these must be met as well; none: nothing more. Each has those of `conditions`,
  // too, that walk through lists.
  std::vector<std::vector<record::Condition>> alternatives;
  // None of these may be met: they give their rows elsewhere.
  std::vector<std::vector<record::Condition>> excluded;
  // Of conditions without an operand: which of them, and the place of its value.
  struct Parameter {
    std::optional<size_t> alternative;  // which has the condition; nothing: `conditions`
    size_t condition = 0;
    size_t place = 0;
  };
  std::vector<Parameter> parameters;
  // A total order: what was asked for, then the primary key in its own order; of distinct rows,
  // then the other columns. Empty: any order.
  std::vector<OrderTerm> orders;
  size_t asked_orders = 0;      // how many of them were asked for
  bool is_total = true;         // false: only what was asked for, ties as the plan finds them
  std::vector<Column> columns;  // empty: the whole record
  std::optional<std::string> index;
  std::vector<std::string> intersected;  // indexes that are read beside it
  std::optional<uint64_t> limit;
  uint64_t offset = 0;  // rows that are left out at first
  // About how many rows will be asked for: no more records are read ahead of them.
  std::optional<uint64_t> rows_expected;
  // Whether more may be read than the rows asked for need: not by a transaction, which depends on
  // all that it has read.
  bool reads_ahead = true;
  bool distinct = false;                     // rows differ in their columns
  Calendar calendar = Calendar::kGregorian;  // of dates inside of JSON
  // Columns only say what will be asked for: values are read where they lie, by Executor::Get.
  bool in_place = false;
  bool timed = false;
  QueryLimits limits;
  PageState pages = PageState::kNewest;
  // Rows come after this place in the order, as SortKey has it.
  std::optional<std::string> after;
};

// Errors: NotFound for the table or index; InvalidArgument for a path, operator or value, or when
// the query has parameters.
absl::StatusOr<BoundQuery> Bind(const catalog::Catalog& catalog, const Query& query);
// The same with parameters, which are to be filled in before it is planned. Errors: also
// InvalidArgument when they are not numbered 0, 1, 2 and so on.
absl::StatusOr<BoundQuery> BindWithParameters(const catalog::Catalog& catalog, const Query& query);

// Where the value of a needed path stands in an entry, so that no record must be read for it.
struct EntrySlot {
  record::FieldPath path;
  enum class Part : uint8_t { kTuple, kPrimaryKey, kCovered } part = Part::kTuple;
  size_t position = 0;  // within its part
};

// Whether one of them asks the same.
bool Contains(const std::vector<record::Condition>& conditions, const record::Condition& wanted);

// What is read beside the index of a plan: the entries of another one whose fields are all held to
// single values, so that they come in the order of the primary key.
struct IntersectedScan {
  const catalog::IndexDef* index = nullptr;
  std::string prefix;                      // of its entries; the primary key follows
  std::vector<record::Condition> bounded;  // met by every entry

  storage::KeyRange range() const;
};

struct Plan {
  BoundQuery query;
  const catalog::IndexDef* index = nullptr;  // null: the records themselves, in key order
  std::vector<storage::KeyRange> ranges;     // in key order, disjoint
  std::vector<std::string> prefixes;         // of each range: the terms held to single values
  bool reverse = false;
  bool sort = false;         // rows are sorted after they are found
  size_t scanned_terms = 0;  // leading terms of the order that entries come in; ties are sorted
  // Entries that agree in so many leading terms are walked the other way; 0: all one way.
  size_t turn_at = 0;
  bool merge = false;                      // all ranges are walked side by side, to give one order
  bool reads_records = true;               // false: entries hold all that is needed
  bool may_repeat = false;                 // a record may have several entries in the ranges
  size_t equal_terms = 0;                  // leading terms held to single values
  bool has_range = false;                  // the term after them is bounded
  std::vector<record::Condition> bounded;  // met by every entry of the ranges
  std::vector<EntrySlot> slots;            // conditions and columns that entries answer
  // When not empty, `index` has its fields held, too, in one range, and only those of its entries
  // count whose primary key each of these has as well.
  std::vector<IntersectedScan> intersected;

  // When not empty, a union of these plans, each of one table and order, and what stands above says
  // nothing but `query` and `sort`.
  std::vector<Plan> branches;
  // Whether it is such a branch: its rows are made, with their place in the order.
  bool is_branch = false;

  // What statistics let expect; nothing when there are none.
  std::optional<uint64_t> expected_entries;
  std::optional<uint64_t> expected_rows;

  // Whether every entry that counts meets a condition.
  bool IsBounded(const record::Condition& condition) const;
  // The number of the slot that has the values of a path; nothing when none has.
  std::optional<size_t> FindSlot(const record::FieldPath& path) const;
  // The terms that order the entries: of the index, then of the primary key.
  std::vector<catalog::Term> EntryTerms() const;
  // Whether its entries come in the order of the primary key, as one range of an index.
  bool CanBeIntersected() const;
  // Whether the scan has to ask more of a row than `query.conditions`.
  bool has_alternatives() const { return !query.alternatives.empty() || !query.excluded.empty(); }
  // Whether all entries of the index, or all records, are read.
  bool reads_all() const {
    return equal_terms == 0 && !has_range && (index == nullptr || index->where.empty());
  }
  // What is read and kept of it, one line a step.
  std::string ScanSteps() const;
  // One line a step, as `daftar explain` prints it.
  std::string ToString() const;
};

}  // namespace daftar::query
