// The rows of a plan that is several: what meets any of a query's alternatives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "query/meter.h"
#include "query/plan.h"
#include "query/row_source.h"
#include "txn/read_view.h"

namespace daftar::query {

// Each row comes once: a branch leaves out what those before it give. Nothing is remembered for
// that. Lifetime: must end before view, plan and meter. Thread safety: none.
class UnionSource {
 public:
  // Requires: the plan has branches.
  UnionSource(const txn::ReadView& view, const Plan& plan, Meter* meter);

  // As RowSource::Next, in the order of the query when each branch scans in it; else one branch
  // after the other.
  absl::StatusOr<std::optional<StopReason>> Next(uint64_t wanted, FoundRow* row);

 private:
  struct Branch {
    std::unique_ptr<RowSource> source;
    std::optional<FoundRow> ahead;
    bool has_ended = false;
  };

  absl::StatusOr<std::optional<StopReason>> NextInTurn(uint64_t wanted, FoundRow* row);
  absl::StatusOr<std::optional<StopReason>> NextInOrder(uint64_t wanted, FoundRow* row);

  const bool in_order_;
  std::vector<Branch> branches_;
  size_t at_ = 0;  // the branch whose turn it is
};

}  // namespace daftar::query
