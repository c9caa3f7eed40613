// Lets commits that wait at the same time be written together, so that they share one sync.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "txn/commit_request.h"

namespace daftar::txn {

// What is done with a group of commits, by one thread.
class CommitStage {
 public:
  virtual ~CommitStage() = default;
  // Works out further commits of the group, in their order.
  virtual void Add(const std::vector<CommitRequest*>& requests) = 0;
  // The group is complete and next to be written: another one may be begun after it.
  virtual void Seal() = 0;
  // Writes the group and decides all of its requests.
  virtual void Write() = 0;
};

// The first commit to come begins a group and works it out; whoever comes before it can be written
// joins it. While one group is being written the next one gathers, already worked out; it is
// written as soon as the disk is free. Nobody waits for a timer, and nobody writes alone while
// others wait. Thread safety: full.
class CommitQueue {
 public:
  // Begins the next group: called once the group before it was sealed.
  using Begin = std::function<std::unique_ptr<CommitStage>()>;

  explicit CommitQueue(Begin begin) : begin_(std::move(begin)) {}

  // Returns when `request` is decided, on the way perhaps having decided others.
  void Submit(CommitRequest* request);

 private:
  struct Waiting {
    CommitRequest* request;
    absl::Notification wake;  // when it is decided, or to gather the next group
  };
  struct Group {
    std::vector<Waiting*> members;
    size_t bytes = 0;  // of what they write
  };

  // Begins a group and fills it until it can be written.
  std::unique_ptr<CommitStage> Gather(Group* group);
  // Takes those who wait off the queue and appends them to `group`, as many as it may have.
  std::vector<CommitRequest*> TakeWaiting(Group* group) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets the next group be begun.
  void Pass();
  // Lets the next group be written, and those of `group` go.
  void Release(const Group& group);

  const Begin begin_;
  absl::Mutex mutex_;
  std::deque<Waiting*> queue_ ABSL_GUARDED_BY(mutex_);
  bool gathering_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar gatherer_;  // woken when somebody joins the queue and when a write has ended
};

}  // namespace daftar::txn
