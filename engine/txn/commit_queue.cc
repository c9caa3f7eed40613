#include "txn/commit_queue.h"

namespace daftar::txn {
namespace {

// A group is one write of the store: these bound its memory and how long its first member waits.
constexpr size_t kGroupCommitsMax = 256;
constexpr size_t kGroupBytesMax = size_t{4} << 20;

}  // namespace

std::vector<CommitQueue::Waiting*> CommitQueue::TakeGroup() {
  std::vector<Waiting*> group;
  size_t bytes = 0;
  while (!queue_.empty() && group.size() < kGroupCommitsMax) {
    bytes += queue_.front()->request->prepared->bytes();
    // A commit that is larger than a group goes alone.
    if (!group.empty() && bytes > kGroupBytesMax) break;
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  return group;
}

void CommitQueue::Pass() {
  absl::MutexLock lock(&mutex_);
  busy_ = false;
  if (!queue_.empty()) queue_.front()->wake.Signal();
}

void CommitQueue::Submit(CommitRequest* request) {
  Waiting self{request, {}};
  std::vector<Waiting*> group;
  {
    absl::MutexLock lock(&mutex_);
    queue_.push_back(&self);
    while (!request->decided && (busy_ || queue_.front() != &self)) self.wake.Wait(&mutex_);
    if (request->decided) return;
    busy_ = true;
    group = TakeGroup();
  }
  std::vector<CommitRequest*> requests;
  for (const Waiting* waiting : group) requests.push_back(waiting->request);
  process_(requests, [this] { Pass(); });
  absl::MutexLock lock(&mutex_);
  for (Waiting* waiting : group) {
    waiting->request->decided = true;
    if (waiting != &self) waiting->wake.Signal();
  }
}

}  // namespace daftar::txn
