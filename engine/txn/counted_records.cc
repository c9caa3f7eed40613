#include "txn/counted_records.h"

#include <utility>

#include "base/status.h"
#include "txn/schema_work.h"

namespace daftar::txn {

absl::StatusOr<bool> CountedRecords::Has(const catalog::AggregateDef& aggregate,
                                         std::string_view key) {
  if (aggregate.readable()) return true;
  auto end = ends_.find(aggregate.id);
  if (end == ends_.end()) {
    DAFTAR_ASSIGN_OR_RETURN(BuildProgress progress, ReadBuildProgress(*state_, aggregate.id));
    end = ends_.emplace(aggregate.id, std::move(progress.next_key)).first;
  }
  return key < end->second;
}

}  // namespace daftar::txn
