#include "query/union_source.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace daftar::query {

UnionSource::UnionSource(const txn::ReadView& view, const Plan& plan, Meter* meter)
    : in_order_(!plan.sort && !plan.query.orders.empty()) {
  for (const Plan& branch : plan.branches) {
    branches_.push_back({std::make_unique<RowSource>(view, branch, meter), std::nullopt});
  }
}

absl::StatusOr<std::optional<StopReason>> UnionSource::Next(uint64_t wanted, FoundRow* row) {
  return in_order_ ? NextInOrder(wanted, row) : NextInTurn(wanted, row);
}

absl::StatusOr<std::optional<StopReason>> UnionSource::NextInTurn(uint64_t wanted, FoundRow* row) {
  for (; at_ < branches_.size(); ++at_) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop,
                            branches_[at_].source->Next(wanted, row));
    if (stop == StopReason::kExhausted) continue;
    // What a branch has in order is no part of the union's order.
    row->scanned_bytes = 0;
    return stop;
  }
  return StopReason::kExhausted;
}

absl::StatusOr<std::optional<StopReason>> UnionSource::NextInOrder(uint64_t wanted, FoundRow* row) {
  Branch* first = nullptr;
  for (Branch& branch : branches_) {
    if (!branch.ahead.has_value() && !branch.has_ended) {
      FoundRow found;
      DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop,
                              branch.source->Next(wanted, &found));
      if (stop.has_value() && *stop != StopReason::kExhausted) return stop;
      branch.has_ended = stop.has_value();
      if (!branch.has_ended) branch.ahead = std::move(found);
    }
    if (!branch.ahead.has_value()) continue;
    if (first == nullptr || branch.ahead->sort_key < first->ahead->sort_key) first = &branch;
  }
  if (first == nullptr) return StopReason::kExhausted;
  *row = *std::exchange(first->ahead, std::nullopt);
  return std::nullopt;
}

}  // namespace daftar::query
