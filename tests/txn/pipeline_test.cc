// Groups of commits that follow each other without a pause.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <memory>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "storage/forwarding_store.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

// Which snapshots of a store are alive, by the order in which they were taken.
class Living {
 public:
  int Enter() {
    absl::MutexLock lock(&mutex_);
    alive_.insert(++newest_);
    return newest_;
  }
  void Leave(int number) {
    absl::MutexLock lock(&mutex_);
    alive_.erase(number);
  }
  // How many were taken since the oldest of them.
  int Age() const {
    absl::MutexLock lock(&mutex_);
    return alive_.empty() ? 0 : newest_ - *alive_.begin();
  }

 private:
  mutable absl::Mutex mutex_;
  std::set<int> alive_;
  int newest_ = 0;
};

class CountedSnapshot final : public storage::Snapshot {
 public:
  CountedSnapshot(std::unique_ptr<storage::Snapshot> inner, Living* living)
      : inner_(std::move(inner)), living_(living), number_(living->Enter()) {}
  ~CountedSnapshot() override { living_->Leave(number_); }
  const storage::Snapshot* inner() const { return inner_.get(); }

 private:
  const std::unique_ptr<storage::Snapshot> inner_;
  Living* const living_;
  const int number_;
};

// Lets each write wait, once it is asked to.
class GatedStore final : public ForwardingStore {
 public:
  explicit GatedStore(storage::Store* inner) : ForwardingStore(inner) {}

  void Gate() { gated_ = true; }
  // Returns when a write has begun and waits.
  void AwaitWrite() { begun_.acquire(); }
  void LetWrite() { let_.release(); }
  const Living& living() const { return living_; }

  std::unique_ptr<storage::Snapshot> NewSnapshot() const override {
    return std::make_unique<CountedSnapshot>(ForwardingStore::NewSnapshot(), &living_);
  }
  absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key, const storage::ReadOptions& options) const override {
    return ForwardingStore::Get(key, {Inner(options.snapshot), options.fill_cache});
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys,
      const storage::ReadOptions& options) const override {
    return ForwardingStore::MultiGet(keys, {Inner(options.snapshot), options.fill_cache});
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::KeyRange& range, const storage::IterateOptions& options) const override {
    return ForwardingStore::NewIterator(
        range, {Inner(options.snapshot), options.reverse, options.fill_cache});
  }
  using storage::Store::Write;
  absl::Status Write(const storage::Batch& batch, storage::Durability durability,
                     absl::FunctionRef<void()> logged) override {
    if (gated_) {
      begun_.release();
      let_.acquire();
    }
    return ForwardingStore::Write(batch, durability, logged);
  }

 private:
  static const storage::Snapshot* Inner(const storage::Snapshot* snapshot) {
    return snapshot == nullptr ? nullptr : static_cast<const CountedSnapshot*>(snapshot)->inner();
  }

  mutable Living living_;
  std::atomic<bool> gated_ = false;
  std::counting_semaphore<> begun_{0};
  std::counting_semaphore<> let_{0};
};

// Holds the first write back after it is logged, until it is let go.
class HoldingStore final : public ForwardingStore {
 public:
  explicit HoldingStore(storage::Store* inner) : ForwardingStore(inner) {}

  // From here on; the first write then ends with `status`.
  void HoldFirst(absl::Status status) {
    first_status_ = std::move(status);
    writes_ = 0;
    holds_ = true;
  }
  // The next read of the store fails.
  void FailRead() { fails_read_ = true; }
  absl::Notification& first_logged() { return first_logged_; }
  absl::Notification& second_logged() { return second_logged_; }
  absl::Notification& release() { return release_; }

  using storage::Store::Write;
  absl::Status Write(const storage::Batch& batch, storage::Durability durability,
                     absl::FunctionRef<void()> logged) override {
    const absl::Status status = ForwardingStore::Write(batch, durability, logged);
    if (!holds_) return status;
    const int number = ++writes_;
    if (number == 2) second_logged_.Notify();
    if (number != 1) return status;
    first_logged_.Notify();
    release_.WaitForNotification();
    return first_status_;
  }
  absl::StatusOr<std::optional<std::string>> Get(
      std::string_view key, const storage::ReadOptions& options) const override {
    if (fails_read_.exchange(false)) return absl::UnavailableError("planted");
    return ForwardingStore::Get(key, options);
  }

 private:
  std::atomic<bool> holds_ = false;
  mutable std::atomic<bool> fails_read_ = false;
  std::atomic<int> writes_ = 0;
  absl::Status first_status_;
  absl::Notification first_logged_;
  absl::Notification second_logged_;
  absl::Notification release_;
};

struct TwoGroups {
  absl::StatusOr<CommitVersion> first;
  absl::StatusOr<CommitVersion> second;
  CommitVersion shown;                  // when both are logged and the first is held back
  absl::StatusOr<CommitVersion> third;  // begun after both
  CommitVersion last;
};

enum class ReadBack { kWorks, kFails };

// Two commits, of which the second is logged while the first one, logged too, has not ended.
TwoGroups RunTwoGroups(absl::Status first_ends_with, ReadBack read_back = ReadBack::kWorks) {
  const auto inner = storage::NewMemoryStore();
  auto made = std::make_unique<HoldingStore>(inner.get());
  HoldingStore& store = *made;
  const auto core =
      txn::Core::Create(std::move(made), FirmCatalog(), kTestId, TestOptions()).value();
  store.HoldFirst(std::move(first_ends_with));
  TwoGroups result{absl::UnknownError(""), absl::UnknownError(""), {}, absl::UnknownError(""), {}};
  std::thread first([&] { result.first = Commit(core.get(), Put(*core, R"({"code": "A"})")); });
  store.first_logged().WaitForNotification();
  std::thread second([&] { result.second = Commit(core.get(), Put(*core, R"({"code": "B"})")); });
  store.second_logged().WaitForNotification();
  result.shown = core->View().version;
  if (read_back == ReadBack::kFails) store.FailRead();
  store.release().Notify();
  first.join();
  second.join();
  result.third = Commit(core.get(), Put(*core, R"({"code": "C"})"));
  result.last = core->View().version;
  return result;
}

TEST_CASE("pipeline: a group is logged while the one before it still goes into memory",
          "[txn][threads]") {
  const TwoGroups groups = RunTwoGroups(absl::OkStatus());
  REQUIRE_OK(groups.first.status());
  REQUIRE_OK(groups.second.status());
  CHECK(*groups.first == CommitVersion(1));
  CHECK(*groups.second == CommitVersion(2));
  CHECK(groups.shown == CommitVersion(0));
  CHECK(*groups.third == CommitVersion(3));
  CHECK(groups.last == CommitVersion(3));
}

TEST_CASE("pipeline: a group is not acknowledged when the one before it fails after the log",
          "[txn][threads]") {
  const bool fails_late = GENERATE(false, true);
  CAPTURE(fails_late);
  // The second time, what was written cannot be read back to be shown.
  const TwoGroups groups = fails_late ? RunTwoGroups(absl::OkStatus(), ReadBack::kFails)
                                      : RunTwoGroups(absl::UnavailableError("planted"));
  CHECK(absl::IsUnavailable(groups.first.status()));
  CHECK(absl::IsUnavailable(groups.second.status()));
  // Versions that the log holds are not given again.
  CHECK_THAT(groups.third, StatusIs(absl::StatusCode::kFailedPrecondition, "open the database"));
  CHECK(groups.last == CommitVersion(0));
}

// A group is worked out on what the one before is about to write. Were that worked out on the one
// before it in turn, and so on, all would be kept until nobody commits for a moment.
TEST_CASE("pipeline: groups without a pause let go of the states before them", "[txn][threads]") {
  constexpr int kCommits = 30;
  // Those of the newest view, of a commit that was prepared on the one before, and of its group.
  constexpr int kAgeMax = 3;
  // Long enough for a commit to be worked out; were it not, a pause would hide the defect.
  constexpr std::chrono::milliseconds kToWorkOut(5);
  const auto inner = storage::NewMemoryStore();
  auto made = std::make_unique<GatedStore>(inner.get());
  GatedStore& store = *made;
  REQUIRE_OK_AND_ASSIGN(const auto core,
                        txn::Core::Create(std::move(made), FirmCatalog(), kTestId, TestOptions()));
  store.Gate();
  std::vector<absl::Status> statuses(kCommits);
  std::vector<std::thread> threads;
  for (int i = 0; i < kCommits; ++i) {
    threads.emplace_back([&, i] {
      const std::string json = absl::StrCat("{\"code\": \"", i, "\"}");
      statuses[static_cast<size_t>(i)] = Commit(core.get(), Put(*core, json)).status();
    });
    if (i > 0) {
      // The commit before waits in its write, while this one becomes the next group.
      std::this_thread::sleep_for(kToWorkOut);
      store.LetWrite();
    }
    store.AwaitWrite();
  }
  const int age = store.living().Age();
  store.LetWrite();
  for (std::thread& thread : threads) thread.join();
  CHECK(age <= kAgeMax);
  for (const absl::Status& status : statuses) REQUIRE_OK(status);
  CHECK(core->View().version == CommitVersion(kCommits));
}

}  // namespace
}  // namespace daftar::testing
