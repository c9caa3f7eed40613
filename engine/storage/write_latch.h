// The rule every backend shares: after a failed write, no more writes until the store is opened
// again. What reached the disk is then unknown, and an operating system may drop the very pages
// whose sync failed, so that a repeated sync reports success for data that is gone.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace daftar::storage {

// Open at first; closes for good at the first failure it is shown. Thread safety: full.
class WriteLatch {
 public:
  // Errors: FailedPrecondition, with the first failure as its cause, once the latch has closed.
  absl::Status Check() const;
  // Returns `result`; closes the latch when it is an error other than InvalidArgument and
  // FailedPrecondition, which say that nothing was attempted.
  absl::Status Record(absl::Status result);

 private:
  mutable absl::Mutex mutex_;
  absl::Status first_failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace daftar::storage
