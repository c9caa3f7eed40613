// Reads the groups of an aggregate as they are kept.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "catalog/catalog.h"
#include "daftar/value.h"
#include "index/groups.h"
#include "txn/read_view.h"

namespace daftar::query {

struct AggregateRow {
  std::vector<OwnedScalar> by;
  index::GroupTotals totals;
  std::vector<OwnedScalar> mins;  // null: the path is null in all records
  std::vector<OwnedScalar> maxs;
};

// Whether the totals of `aggregate` are known as of the view. Errors: FailedPrecondition, with what
// to do, when they are not.
absl::Status CheckCounted(const txn::ReadView& view, const catalog::AggregateDef& aggregate);

// What a scan has read so far.
struct AggregateCounts {
  uint64_t groups = 0;
  uint64_t entries = 0;  // of indexes, for least and greatest values
};

// The groups that begin with given values, in the order of `by`. A group costs one read, and one
// of an index for each least and greatest value. Reads by iterators only, so that a transaction
// remembers what its own groups rest on. Lifetime: must end before the Core of its view; `table`
// and `aggregate` belong to the view's catalog. Thread safety: none.
class AggregateScan {
 public:
  // `group` are values of the first paths of `by`. Errors: InvalidArgument when they do not fit;
  // FailedPrecondition when the table's history does not reach back to the view, and that of
  // CheckCounted.
  static absl::StatusOr<AggregateScan> Start(txn::ReadView view, const catalog::TableDef* table,
                                             const catalog::AggregateDef* aggregate,
                                             const std::vector<Value>& group);

  // Moves to the next group. Errors: DataLoss, Unavailable; those of a transaction's reads.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Lifetime: until the next call. Requires: the last Next() returned true.
  const AggregateRow& row() const { return row_; }
  const AggregateCounts& counts() const { return counts_; }
  const catalog::AggregateDef& aggregate() const { return *aggregate_; }
  // What is read, in a line.
  std::string ToString() const;

 private:
  AggregateScan(txn::ReadView view, const catalog::TableDef* table,
                const catalog::AggregateDef* aggregate, std::vector<OwnedScalar> group);

  absl::StatusOr<OwnedScalar> FindExtreme(const catalog::AggregateDef::Extreme& extreme,
                                          bool least);

  txn::ReadView view_;
  const catalog::TableDef* table_;
  const catalog::AggregateDef* aggregate_;
  std::vector<OwnedScalar> group_;
  std::unique_ptr<storage::Iterator> groups_;
  AggregateRow row_;
  AggregateCounts counts_;
};

}  // namespace daftar::query
