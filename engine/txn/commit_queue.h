// Lets commits that wait at the same time be written together, so that they share one sync.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "txn/commit_request.h"

namespace daftar::txn {

// The first commit to come works out a group of all that have come by then, and writes it; those
// that come meanwhile wait and make up the next group, which is worked out while this one is being
// written. Nobody waits for a timer, and nobody writes alone while others wait.
// Thread safety: full.
class CommitQueue {
 public:
  // Decides every request of a group. Calls `worked_out` once, when the next group may be begun;
  // from then until it returns it runs beside the call for that one.
  using Process = std::function<void(const std::vector<CommitRequest*>& group,
                                     absl::FunctionRef<void()> worked_out)>;

  explicit CommitQueue(Process process) : process_(std::move(process)) {}

  // Returns when `request` is decided, on the way perhaps having decided others.
  void Submit(CommitRequest* request);

 private:
  struct Waiting {
    CommitRequest* request;
    absl::CondVar wake;
  };
  // Lets the next group be begun.
  void Pass();
  // Takes the next group off the queue.
  std::vector<Waiting*> TakeGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Process process_;
  absl::Mutex mutex_;
  std::deque<Waiting*> queue_ ABSL_GUARDED_BY(mutex_);
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;  // somebody is working a group out
};

}  // namespace daftar::txn
