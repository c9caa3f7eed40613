// Lets commits that wait at the same time be written together, so that they share one sync.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "txn/commit_request.h"

namespace daftar::txn {

// What is done with a group of commits. Each step runs on the thread that Submit was called on, one
// at a time, and whatever a step did is seen by the next.
class CommitStage {
 public:
  virtual ~CommitStage() = default;
  // Works out one more commit of the group.
  virtual void Add(CommitRequest* request) = 0;
  // The group is complete and next to be written: another one may be begun after it.
  virtual void Seal() = 0;
  // Writes the group and decides all of its requests.
  virtual void Write() = 0;
};

// The first commit to come begins a group; whoever comes before it can be written works out his own
// commit, joins, and sleeps until it is decided. While one group is being written the next one
// gathers; the one who began it writes it as soon as the disk is free. Nobody waits for a timer,
// nobody writes alone while others wait, and nobody is woken but to write or to go.
// Thread safety: full.
class CommitQueue {
 public:
  // Begins the next group: called once the group before it was sealed.
  using Begin = std::function<std::unique_ptr<CommitStage>()>;

  explicit CommitQueue(Begin begin) : begin_(std::move(begin)) {}

  // Returns when `request` is decided, on the way perhaps having decided others.
  void Submit(CommitRequest* request);

  // Waits until no group gathers or is written, and lets none begin until Resume(). Those who pause
  // take turns.
  void Pause();
  void Resume();

 private:
  struct Group {
    std::unique_ptr<CommitStage> stage;
    size_t commits = 0;
    size_t bytes = 0;  // of what they write
    // Of those who sleep, all but the one who began it.
    std::vector<std::pair<CommitRequest*, absl::Notification*>> sleepers;
  };

  // Whether a commit of so many bytes can join the group that gathers, or begin one.
  bool HasRoom(size_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Begin begin_;
  absl::Mutex mutex_;
  std::unique_ptr<Group> gathering_ ABSL_GUARDED_BY(mutex_);  // null: none
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  int pausing_ ABSL_GUARDED_BY(mutex_) = 0;  // who wait to pause
};

}  // namespace daftar::txn
