#include "txn/commit_queue.h"

#include <utility>

namespace daftar::txn {
namespace {

// A group is one write of the store: these bound its memory and how long its first member waits.
constexpr size_t kGroupCommitsMax = 256;
constexpr size_t kGroupBytesMax = size_t{4} << 20;

}  // namespace

bool CommitQueue::HasRoom(size_t bytes) const {
  // Those who pause wait for one group at most to gather.
  if (gathering_ == nullptr) return !paused_ && pausing_ == 0;
  // A commit that is larger than a group goes alone.
  return gathering_->commits < kGroupCommitsMax && gathering_->bytes + bytes <= kGroupBytesMax;
}

void CommitQueue::Submit(CommitRequest* request) {
  const size_t bytes = request->prepared->bytes();
  absl::Notification decided;
  std::unique_ptr<Group> own;  // to be written by this thread
  {
    absl::MutexLock lock(&mutex_);
    const auto has_room = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return HasRoom(bytes); };
    mutex_.Await(absl::Condition(&has_room));
    const bool begins = gathering_ == nullptr;
    if (begins) {
      gathering_ = std::make_unique<Group>();
      gathering_->stage = begin_();
    }
    gathering_->stage->Add(request);
    ++gathering_->commits;
    gathering_->bytes += bytes;
    if (begins) {
      const auto disk_free = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !writing_; };
      mutex_.Await(absl::Condition(&disk_free));
      own = std::move(gathering_);
      own->stage->Seal();
      writing_ = true;
    } else {
      gathering_->sleepers.emplace_back(request, &decided);
    }
  }
  if (own == nullptr) {
    decided.WaitForNotification();
    return;
  }
  own->stage->Write();
  {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
  }
  request->decided = true;
  for (const auto& [sleeper, wake] : own->sleepers) {
    sleeper->decided = true;
    wake->Notify();
  }
}

void CommitQueue::Pause() {
  absl::MutexLock lock(&mutex_);
  ++pausing_;
  const auto idle = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return gathering_ == nullptr && !writing_ && !paused_;
  };
  mutex_.Await(absl::Condition(&idle));
  --pausing_;
  paused_ = true;
}

void CommitQueue::Resume() {
  absl::MutexLock lock(&mutex_);
  paused_ = false;
}

}  // namespace daftar::txn
