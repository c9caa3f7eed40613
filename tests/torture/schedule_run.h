// Runs schedules on the engine and on the model side by side.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "torture/book.h"
#include "torture/schedule_model.h"

namespace daftar::torture {

struct ScheduleCounts {
  size_t schedules = 0;
  size_t steps = 0;
  std::map<std::string, size_t> endings;  // of transactions and batches
  // Aborted although it would have read the same: what the engine remembers of reads is coarser
  // than what they gave.
  size_t cautious = 0;
};

class ScheduleRunner {
 public:
  ScheduleRunner(catalog::Catalog catalog, const txn::PlantedFaults& faults)
      : catalog_(std::move(catalog)), faults_(faults) {}

  // Runs the scripts from `items` in one order. Gives what differs from the model, or nothing.
  // Errors: those of the engine that nothing explains.
  absl::StatusOr<std::optional<std::string>> Run(const std::vector<Script>& scripts,
                                                 const ItemTable& items,
                                                 const std::vector<size_t>& order,
                                                 ScheduleCounts* counts);

 private:
  // Makes the book hold `items`.
  absl::Status Reset(const ItemTable& items);

  const catalog::Catalog catalog_;
  const txn::PlantedFaults faults_;
  std::unique_ptr<txn::Core> core_;
  size_t runs_ = 0;  // of this core
};

}  // namespace daftar::torture
