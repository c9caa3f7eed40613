#include "txn/retry.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace daftar::txn {
namespace {

constexpr int kAttemptsWithoutPause = 3;
constexpr std::chrono::microseconds kPauseStep(100);
constexpr std::chrono::microseconds kPauseMax(5000);

}  // namespace

void PauseAfter(int failed_attempts) {
  if (failed_attempts <= kAttemptsWithoutPause) return;
  std::this_thread::sleep_for(std::min(kPauseMax, kPauseStep * failed_attempts));
}

}  // namespace daftar::txn
