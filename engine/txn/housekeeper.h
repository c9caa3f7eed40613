// Tidies up behind writers when they rest.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/store.h"

namespace daftar::txn {

// What commits replace stays in the store's files until it merges them, and scans step over it: a
// table that was rewritten many times is scanned several times slower than one written once. So
// when nobody has committed for a moment, and what was replaced since the last time is a good part
// of what is there, the present's part of the key space is merged. The work is then in proportion
// to what was written, and the past, which only grows, is left alone.
class Housekeeper {
 public:
  // Starts a thread. Lifetime: `store` outlives the keeper.
  explicit Housekeeper(storage::Store* store);
  // Stops what is going on and waits for it.
  ~Housekeeper();
  Housekeeper(const Housekeeper&) = delete;
  Housekeeper& operator=(const Housekeeper&) = delete;

  // Takes note of a write that replaced so many bytes. Thread safety: any thread.
  void NoteWrite(uint64_t replaced_bytes);

 private:
  void Run();
  bool IsDue(uint64_t replaced_bytes) const;

  storage::Store* const store_;
  std::atomic<bool> stop_ = false;
  absl::Mutex mutex_;
  uint64_t replaced_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // since the last merge
  uint64_t writes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace daftar::txn
