// What one thread hands to another, in order.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace daftar::io {

// How much it holds is up to those who use it. Thread safety: full.
template <typename T>
class HandOver {
 public:
  // The item is dropped when nobody takes any more.
  void Give(T item) {
    absl::MutexLock lock(&mutex_);
    if (!closed_) items_.push_back(std::move(item));
  }
  // Waits for an item; nothing when it is closed and empty.
  std::optional<T> Take() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &HandOver::HasNews));
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }
  // Nothing is given any more. What was given before can still be taken.
  void Close() {
    absl::MutexLock lock(&mutex_);
    closed_ = true;
  }

 private:
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return closed_ || !items_.empty(); }

  absl::Mutex mutex_;
  std::deque<T> items_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace daftar::io
