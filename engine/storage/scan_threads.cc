#include "storage/scan_threads.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "storage/range_division.h"

namespace daftar::storage {
namespace {

// The scans that may have all their threads at one time.
constexpr size_t kScansAtOnce = 2;
// To ask for the sizes of more ranges would take long, and none of them is large.
constexpr size_t kRangesMax = 64;

}  // namespace

std::vector<KeyRange> ScanThreads::Divide(const std::vector<KeyRange>& ranges, bool reverse) const {
  if (limits_.threads < 2 || ranges.size() > kRangesMax) return {};
  uint64_t bytes = 0;
  for (const KeyRange& range : ranges) {
    const auto taken = store_.ApproximateBytes(range);
    if (!taken.ok()) return {};
    bytes += *taken;
  }
  if (bytes < limits_.range_bytes_min) return {};
  std::vector<KeyRange> all;
  for (const KeyRange& range : ranges) {
    std::vector<KeyRange> pieces = DivideRange(store_, range, limits_.piece_bytes);
    if (reverse) std::reverse(pieces.begin(), pieces.end());
    std::move(pieces.begin(), pieces.end(), std::back_inserter(all));
  }
  if (all.size() < 2) all.clear();
  return all;
}

bool ScanThreads::AddThread() {
  const size_t most = kScansAtOnce * limits_.threads;
  size_t running = running_;
  while (running < most) {
    if (running_.compare_exchange_weak(running, running + 1)) return true;
  }
  return false;
}

ScanTeam::ScanTeam(ScanThreads* threads, size_t wanted, std::function<void()> work)
    : threads_(*threads), work_(std::move(work)) {
  members_.reserve(wanted);
  while (members_.size() < wanted && AddMember()) continue;
}

bool ScanTeam::AddMember() {
  if (!threads_.AddThread()) return false;
  try {
    members_.emplace_back([this] { work_(); });
  } catch (const std::system_error&) {
    // The system has no thread to give: the scan does with those that it has, or alone.
    --threads_.running_;
    return false;
  }
  ++threads_.started_;
  return true;
}

ScanTeam::~ScanTeam() {
  for (std::thread& member : members_) member.join();
  threads_.running_ -= members_.size();
}

}  // namespace daftar::storage
