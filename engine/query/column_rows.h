// The rows of a scan of a whole table that meet its conditions, by a projection of the table.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "columns/projection.h"
#include "query/meter.h"
#include "query/plan.h"
#include "txn/read_view.h"

namespace daftar::query {

// Whether a plan reads all records of a table, so that a projection may stand for them.
bool ScansTable(const Plan& plan);
// Whether it wants whole records, or parts of them that are no scalars, of every row.
bool WantsRecords(const Plan& plan);

// The same rows in the same order as the records give. Lifetime: must end before its plan. Thread
// safety: none.
class ColumnRows {
 public:
  // Null when there is no projection that helps. Requires: ScansTable(plan). Errors: those of
  // ColumnCache::Find.
  static absl::StatusOr<std::unique_ptr<ColumnRows>> Open(const txn::ReadView& view,
                                                          const Plan& plan);

  // Moves to the next row, or says why there is none.
  std::optional<StopReason> Next(Meter* meter);
  // For these: the last Next() gave a row.
  void AppendKey(std::string* key) const { chunk().AppendKey(selection_[at_], key); }
  // Nothing when the path is not projected. Lifetime: text as long as this.
  std::optional<Scalar> At(const record::FieldPath& path);

 private:
  ColumnRows(const Plan& plan, std::shared_ptr<const columns::Projection> projection,
             std::vector<size_t> condition_fields);

  const columns::Chunk& chunk() const { return *projection_->chunks()[chunk_]; }
  // The rows of a chunk that meet the conditions.
  void Select(const columns::Chunk& chunk, columns::Selection* rows) const;
  // Whether so many rows meet the conditions that reading all records costs less than fetching one
  // after the other.
  bool MeetsMany() const;

  const Plan& plan_;
  const std::shared_ptr<const columns::Projection> projection_;
  const std::vector<size_t> condition_fields_;  // of each condition of the plan
  // What paths were asked for, by address: those who ask keep theirs.
  std::vector<std::pair<const record::FieldPath*, std::optional<size_t>>> asked_;
  size_t chunks_walked_ = 0;
  size_t chunk_ = 0;
  columns::Selection selection_;
  size_t at_ = 0;
};

}  // namespace daftar::query
