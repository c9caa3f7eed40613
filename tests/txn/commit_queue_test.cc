// Commits that wait together are decided together: each once, in groups that are bounded.
#include "txn/commit_queue.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using txn::CommitQueue;
using txn::CommitRequest;
using txn::WriteSet;

constexpr size_t kGroupCommitsMax = 256;
constexpr size_t kGroupBytesMax = size_t{4} << 20;

// Decides every request as the next commit, and keeps what the groups were.
class Decider {
 public:
  CommitQueue::Begin begin() {
    return [this] { return std::make_unique<Stage>(this); };
  }
  // Makes the first group wait, when it is to be written, until `gate` is opened.
  void HoldFirst(absl::Notification* gate) { gate_ = gate; }

  const std::vector<std::vector<CommitRequest*>>& groups() const { return groups_; }
  bool overlapped() const { return overlapped_; }
  // Whether a group gathers or is written.
  bool busy() const { return gathering_ || writing_; }
  // How many requests have joined a group.
  size_t joined() const { return joined_; }
  const absl::Notification& started() const { return started_; }

 private:
  class Stage final : public txn::CommitStage {
   public:
    explicit Stage(Decider* decider) : decider_(*decider) {
      if (decider_.gathering_.exchange(true)) decider_.overlapped_ = true;
    }
    void Add(CommitRequest* request) override {
      group_.push_back(request);
      ++decider_.joined_;
    }
    void Seal() override { decider_.gathering_ = false; }
    void Write() override { decider_.Decide(group_); }

   private:
    Decider& decider_;
    std::vector<CommitRequest*> group_;
  };

  void Decide(const std::vector<CommitRequest*>& group) {
    if (writing_.exchange(true)) overlapped_ = true;
    if (groups_.empty()) {
      started_.Notify();
      if (gate_ != nullptr) gate_->WaitForNotification();
    }
    groups_.push_back(group);
    for (CommitRequest* request : group) request->result = CommitVersion(++version_);
    writing_ = false;
  }

  absl::Notification* gate_ = nullptr;
  absl::Notification started_;
  std::atomic<size_t> joined_ = 0;
  std::atomic<bool> gathering_ = false;
  std::atomic<bool> writing_ = false;
  std::atomic<bool> overlapped_ = false;
  // Not guarded: were writes to overlap, the thread sanitizer would say so, too.
  uint64_t version_ = 0;
  std::vector<std::vector<CommitRequest*>> groups_;
};

TEST_CASE("commit queue: decides each request of many threads exactly once", "[txn][threads]") {
  constexpr size_t kThreads = 16;
  constexpr size_t kEach = 500;
  const auto core = NewFirmDatabase();
  WriteSet nothing(core->View().reader, SchemaVersion(1), CommitVersion(1));
  Decider decider;
  CommitQueue queue(decider.begin());
  std::vector<std::vector<CommitRequest>> requests(kThreads);
  std::vector<std::thread> threads;
  std::atomic<bool> undecided = false;
  for (size_t i = 0; i < kThreads; ++i) {
    requests[i].resize(kEach);
    threads.emplace_back([&, i] {
      for (CommitRequest& request : requests[i]) {
        request.prepared = &nothing;
        queue.Submit(&request);
        if (!request.decided || !request.result.ok()) undecided = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(!undecided);
  CHECK(!decider.overlapped());
  size_t decided = 0;
  for (const auto& group : decider.groups()) {
    CHECK(!group.empty());
    CHECK(group.size() <= kGroupCommitsMax);
    decided += group.size();
  }
  CHECK(decided == kThreads * kEach);
  // Versions are given once, and each thread's requests are decided in its order.
  std::vector<int> given(kThreads * kEach + 1);
  for (const auto& own : requests) {
    uint64_t before = 0;
    for (const CommitRequest& request : own) {
      CHECK(request.result->value() > before);
      before = request.result->value();
      ++given[before];
    }
  }
  CHECK(std::vector<int>(given.begin() + 1, given.end()) == std::vector<int>(kThreads * kEach, 1));
}

TEST_CASE("commit queue: a group is bounded in commits and in bytes", "[txn][threads]") {
  struct Case {
    const char* name;
    size_t threads;
    size_t note_bytes;
  };
  for (const Case& test :
       {Case{"many small", 300, 0}, Case{"a few of a megabyte", 12, size_t{1} << 20},
        Case{"larger than a group", 4, size_t{5} << 20}}) {
    CAPTURE(test.name);
    const auto core = NewFirmDatabase();
    WriteSet writes(core->View().reader, SchemaVersion(1), CommitVersion(1));
    const std::string note(test.note_bytes, 'n');
    REQUIRE_OK(writes.Apply(Put(*core, R"({"code": "A", "note": ")" + note + "\"}")));
    absl::Notification gate;
    Decider decider;
    decider.HoldFirst(&gate);
    CommitQueue queue(decider.begin());
    std::vector<CommitRequest> requests(test.threads);
    std::vector<std::thread> threads;
    for (CommitRequest& request : requests) {
      request.prepared = &writes;
      threads.emplace_back([&queue, &request] { queue.Submit(&request); });
      // The first goes alone, as nobody waits beside it yet; the others gather behind it.
      if (threads.size() == 1) decider.started().WaitForNotification();
    }
    gate.Notify();
    for (std::thread& thread : threads) thread.join();
    REQUIRE(decider.groups().front().size() == 1);
    size_t decided = 0;
    for (const auto& group : decider.groups()) {
      decided += group.size();
      CHECK(group.size() <= kGroupCommitsMax);
      if (group.size() > 1) CHECK(group.size() * writes.bytes() <= kGroupBytesMax);
    }
    CHECK(decided == test.threads);
    CHECK(!decider.overlapped());
  }
}

TEST_CASE("commit queue: whoever comes while a group is written goes together after it",
          "[txn][threads]") {
  const auto core = NewFirmDatabase();
  WriteSet nothing(core->View().reader, SchemaVersion(1), CommitVersion(1));
  absl::Notification gate;
  Decider decider;
  decider.HoldFirst(&gate);
  CommitQueue queue(decider.begin());
  std::vector<CommitRequest> requests(12);
  std::vector<std::thread> threads;
  for (CommitRequest& request : requests) {
    request.prepared = &nothing;
    threads.emplace_back([&] { queue.Submit(&request); });
    if (threads.size() == 1) decider.started().WaitForNotification();
  }
  while (decider.joined() < requests.size()) std::this_thread::yield();
  gate.Notify();
  for (std::thread& thread : threads) thread.join();
  REQUIRE(decider.groups().size() == 2);
  CHECK(decider.groups()[0].size() == 1);
  for (const CommitRequest& request : requests) CHECK(request.decided);
  CHECK(!decider.overlapped());
}

TEST_CASE("commit queue: nothing gathers or is written while it is paused", "[txn][threads]") {
  constexpr size_t kThreads = 6;
  constexpr size_t kEach = 400;
  constexpr int kPauses = 150;
  const auto core = NewFirmDatabase();
  WriteSet nothing(core->View().reader, SchemaVersion(1), CommitVersion(1));
  Decider decider;
  CommitQueue queue(decider.begin());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (size_t j = 0; j < kEach; ++j) {
        CommitRequest request;
        request.prepared = &nothing;
        queue.Submit(&request);
      }
    });
  }
  std::atomic<int> paused = 0;
  std::atomic<bool> disturbed = false;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kPauses; ++j) {
        queue.Pause();
        if (++paused != 1) disturbed = true;
        const size_t before = decider.groups().size();
        std::this_thread::yield();
        if (decider.busy() || decider.groups().size() != before) disturbed = true;
        --paused;
        queue.Resume();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(!disturbed);
  CHECK(!decider.overlapped());
  size_t decided = 0;
  for (const auto& group : decider.groups()) decided += group.size();
  CHECK(decided == kThreads * kEach);
}

}  // namespace
}  // namespace daftar::testing
