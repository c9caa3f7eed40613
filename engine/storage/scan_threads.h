// Threads that read big ranges, and the pieces that they read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "storage/store.h"

namespace daftar::storage {

struct ScanLimits {
  // Of one scan; 1: it has none beside the caller's.
  size_t threads = 1;
  // What takes less is not divided; else into pieces of about so many bytes.
  uint64_t range_bytes_min = uint64_t{4} << 20;
  uint64_t piece_bytes = uint64_t{512} << 10;
  // So many entries a scan reads alone: most that are read end before them.
  uint64_t entries_before = 4096;
  // What the threads of one scan may have read that was not taken yet, about.
  size_t held_bytes_max = size_t{16} << 20;
};

// The threads that scans of one database may start: a scan its own, all together twice as many, so
// that one whose rows are taken slowly leaves some to others. Thread safety: all methods but
// SetLimits may be called from many threads.
class ScanThreads {
 public:
  // Lifetime: `store` outlives it.
  ScanThreads(const Store* store, const ScanLimits& limits) : store_(*store), limits_(limits) {}
  ScanThreads(const ScanThreads&) = delete;
  ScanThreads& operator=(const ScanThreads&) = delete;

  const ScanLimits& limits() const { return limits_; }
  // Changes how scans are divided, for tests. Requires: no scan is under way.
  void SetLimits(const ScanLimits& limits) { limits_ = limits; }
  // Pieces of `ranges`, in this order, those of one range in key order or, `reverse`, against it.
  // Empty: together they are too small to be divided, or the store cannot tell.
  std::vector<KeyRange> Divide(const std::vector<KeyRange>& ranges, bool reverse) const;
  // How many threads run now, and have been started in all.
  size_t running() const { return running_; }
  uint64_t started() const { return started_; }

 private:
  friend class ScanTeam;

  // Whether there may be one more thread, which is then counted.
  bool AddThread();

  const Store& store_;
  ScanLimits limits_;
  std::atomic<size_t> running_ = 0;
  std::atomic<uint64_t> started_ = 0;
};

// Some threads that all run one function, until it ends on each of them. Thread safety: none.
class ScanTeam {
 public:
  // Starts up to `wanted` threads: fewer when other scans have theirs, or the system gives none.
  // Lifetime: `threads` and what `work` uses outlive it.
  ScanTeam(ScanThreads* threads, size_t wanted, std::function<void()> work);
  // Waits for all of them.
  ~ScanTeam();
  ScanTeam(const ScanTeam&) = delete;
  ScanTeam& operator=(const ScanTeam&) = delete;

  size_t size() const { return members_.size(); }

 private:
  bool AddMember();

  ScanThreads& threads_;
  const std::function<void()> work_;
  std::vector<std::thread> members_;
};

}  // namespace daftar::storage
