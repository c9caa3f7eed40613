// A state that stops answering when its statement is to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "storage/reader.h"

namespace daftar::sql {

// Whether statements of a connection go on. Thread safety: Interrupt() may be called from any
// thread and from a signal handler, Check() from threads that read for a statement; the rest from
// the connection's thread, and Reset() while no statement runs.
class StopSign {
 public:
  void Interrupt() { interrupted_.store(true, std::memory_order_relaxed); }
  // A statement begins, which may run for `time_max`.
  void Reset(std::optional<std::chrono::milliseconds> time_max);
  // Errors: Unavailable after Interrupt(); ResourceExhausted when the time is up.
  absl::Status Check() const;

 private:
  std::atomic<bool> interrupted_ = false;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::chrono::milliseconds time_max_{0};
};

// `base`, asking `sign` once in a while when scanning: a scan that finds nothing is the engine's
// alone, and SQLite cannot stop it. Lifetime: `sign` outlives it.
std::shared_ptr<const storage::Reader> NewGuardedReader(std::shared_ptr<const storage::Reader> base,
                                                        const StopSign* sign);

}  // namespace daftar::sql
