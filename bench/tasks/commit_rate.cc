#include "bench/tasks/commit_rate.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "bench/stopwatch.h"

namespace daftar::bench {

double CommitsPerSecond(Peer& peer, const Dataset& dataset, Safety safety, int writers,
                        double seconds, uint64_t* next) {
  std::vector<std::unique_ptr<Writer>> hands;
  for (int i = 0; i < writers; ++i) hands.push_back(peer.NewWriter(safety));
  std::atomic<uint64_t> number = *next;
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  const double took = SecondsOf([&] {
    for (const auto& hand : hands) {
      threads.emplace_back([&, writer = hand.get()] {
        while (!stop) writer->Insert(NewPermit(dataset, number++));
      });
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    stop = true;
    for (std::thread& thread : threads) thread.join();
  });
  const uint64_t before = std::exchange(*next, number);
  return static_cast<double>(*next - before) / took;
}

}  // namespace daftar::bench
