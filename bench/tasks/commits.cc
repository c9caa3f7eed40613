#include <map>

#include "absl/strings/str_cat.h"
#include "bench/tasks/commit_rate.h"
#include "bench/tasks/tasks.h"
#include "bench/workspace.h"

namespace daftar::bench {
namespace {

struct Task {
  const char* name;
  Safety safety;
  int writers;
  std::vector<Goal> goals;
};

}  // namespace

void CompareCommits(const RunOptions& options, const Dataset& dataset, const Peers& peers,
                    Report* report) {
  const Task tasks[] = {{"commits, synced, 16 threads", Safety::kSynced, 16, {{"SQLite", 5}}},
                        {"commits, synced, 1 thread", Safety::kSynced, 1, {}},
                        {"commits, buffered, 1 thread", Safety::kBuffered, 1, {{"SQLite", 2}}}};
  std::map<Peer*, uint64_t> next;
  for (const auto& peer : peers) {
    if (peer->NewWriter(Safety::kSynced) != nullptr) next[peer.get()] = dataset.permits;
  }
  for (const Task& task : tasks) {
    Row row{"commits", task.name, "us", task.goals};
    for (int i = 0; i < options.repetitions; ++i) {
      for (const auto& peer : peers) {
        const auto number = next.find(peer.get());
        if (number == next.end()) continue;
        row.Add(peer->name(), 1e6 / CommitsPerSecond(*peer, dataset, task.safety, task.writers,
                                                     options.seconds, &number->second));
      }
    }
    report->rows.push_back(std::move(row));
  }
  for (const auto& [peer, number] : next) {
    const uint64_t count = peer->Count();
    if (count != number) {
      Fail(absl::StrCat(peer->name(), " has ", count, " permits in place of ", number));
    }
  }
}

}  // namespace daftar::bench
