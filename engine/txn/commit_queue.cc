#include "txn/commit_queue.h"

namespace daftar::txn {
namespace {

// A group is one write of the store: these bound its memory and how long its first member waits.
constexpr size_t kGroupCommitsMax = 256;
constexpr size_t kGroupBytesMax = size_t{4} << 20;

}  // namespace

std::vector<CommitRequest*> CommitQueue::TakeWaiting(Group* group) {
  std::vector<CommitRequest*> taken;
  while (!queue_.empty() && group->members.size() < kGroupCommitsMax) {
    Waiting* const next = queue_.front();
    const size_t bytes = group->bytes + next->request->prepared->bytes();
    // A commit that is larger than a group goes alone.
    if (!group->members.empty() && bytes > kGroupBytesMax) break;
    group->members.push_back(next);
    group->bytes = bytes;
    taken.push_back(next->request);
    queue_.pop_front();
  }
  return taken;
}

std::unique_ptr<CommitStage> CommitQueue::Gather(Group* group) {
  std::unique_ptr<CommitStage> stage = begin_();
  while (true) {
    std::vector<CommitRequest*> taken;
    {
      absl::MutexLock lock(&mutex_);
      taken = TakeWaiting(group);
      while (taken.empty() && writing_) {
        gatherer_.Wait(&mutex_);
        taken = TakeWaiting(group);
      }
      if (taken.empty()) {
        writing_ = true;
        return stage;
      }
    }
    stage->Add(taken);
  }
}

void CommitQueue::Pass() {
  Waiting* next = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    gathering_ = !queue_.empty();
    if (gathering_) next = queue_.front();
  }
  if (next != nullptr) next->wake.Notify();
}

void CommitQueue::Release(const Group& group) {
  {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    gatherer_.Signal();
  }
  for (Waiting* waiting : group.members) {
    waiting->request->decided = true;
    waiting->wake.Notify();
  }
}

void CommitQueue::Submit(CommitRequest* request) {
  Waiting self{request, {}};
  bool leads = false;
  {
    absl::MutexLock lock(&mutex_);
    queue_.push_back(&self);
    leads = !gathering_;
    gathering_ = true;
    if (!leads) gatherer_.Signal();
  }
  if (!leads) self.wake.WaitForNotification();
  if (request->decided) return;
  Group group;
  const std::unique_ptr<CommitStage> stage = Gather(&group);
  stage->Seal();
  Pass();
  stage->Write();
  Release(group);
}

}  // namespace daftar::txn
