#include "torture/writers.h"

#include <atomic>
#include <thread>
#include <vector>

#include "torture/choices.h"

namespace daftar::torture {
namespace {

// Whether the commit was made.
bool CommitNext(txn::Core* core, Workload* workload, OpLog* log, const WritersOptions& options) {
  const Op op = workload->Next();
  if (!log->Begin(op)) return false;
  if (options.plant_lost_acknowledgement && op.id % 16 == 0) {
    log->Acknowledge(op.id, CommitVersion(core->View().version.value() + 1));
    return false;
  }
  const absl::StatusOr<CommitVersion> version = RunOp(core, op, options.spill_folder);
  if (version.ok()) {
    log->Acknowledge(op.id, *version);
  } else if (!options.may_fail || !options.may_fail(version.status())) {
    log->Refuse(op.id, version.status());
  }
  return version.ok();
}

}  // namespace

uint64_t RunWriters(txn::Core* core, const Model& model, OpLog* log,
                    const WritersOptions& options) {
  std::atomic<uint64_t> made = 0;
  const auto write = [&](uint64_t thread) {
    const auto partition = static_cast<uint8_t>(thread);
    Workload workload(partition, model.RowsOf(partition), options.session << 32 | thread << 28 | 1,
                      MixSeed({options.seed, thread}), options.workload);
    for (uint64_t i = 0; i < options.commits; ++i) {
      if (options.stop && options.stop()) return;
      if (!CommitNext(core, &workload, log, options)) return;
      ++made;
    }
  };
  std::vector<std::thread> others;
  for (uint64_t thread = 1; thread < options.threads; ++thread) others.emplace_back(write, thread);
  write(0);
  for (std::thread& thread : others) thread.join();
  return made;
}

}  // namespace daftar::torture
