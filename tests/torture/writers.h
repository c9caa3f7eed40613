// Threads that commit at random and log what they were told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "torture/model.h"
#include "torture/op_log.h"
#include "torture/workload.h"
#include "txn/core.h"

namespace daftar::torture {

struct WritersOptions {
  uint64_t threads = 1;
  uint64_t commits = 100;  // of each thread
  uint64_t session = 0;    // makes the ids of its commits unique
  uint64_t seed = 0;
  std::filesystem::path spill_folder;
  WorkloadOptions workload = {};
  // Asked before each commit.
  std::function<bool()> stop = nullptr;
  // Whether a commit may fail so now; it is then not logged as refused. A thread ends with the
  // first commit that fails.
  std::function<bool(const absl::Status&)> may_fail = nullptr;
  bool plant_lost_acknowledgement = false;
};

// Goes on from the rows of `model`, a partition for each thread, until all threads are done. Gives
// the number of commits that were acknowledged.
uint64_t RunWriters(txn::Core* core, const Model& model, OpLog* log, const WritersOptions& options);

}  // namespace daftar::torture
