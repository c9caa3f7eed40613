// Time that passes while it runs.
#pragma once

#include <chrono>

namespace daftar::bench {

class Stopwatch {
 public:
  void Start() { started_ = std::chrono::steady_clock::now(); }
  void Stop() { total_ += std::chrono::steady_clock::now() - started_; }
  double seconds() const { return total_.count(); }

 private:
  std::chrono::steady_clock::time_point started_;
  std::chrono::duration<double> total_{};
};

// Seconds that `run` takes.
template <typename F>
double SecondsOf(F&& run) {
  Stopwatch watch;
  watch.Start();
  run();
  watch.Stop();
  return watch.seconds();
}

}  // namespace daftar::bench
