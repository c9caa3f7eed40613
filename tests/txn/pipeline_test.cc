// Groups of commits that follow each other without a pause.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
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
    return ForwardingStore::Get(key,
                                {Inner(options.snapshot), options.fill_cache, options.keep_values});
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys,
      const storage::ReadOptions& options) const override {
    return ForwardingStore::MultiGet(
        keys, {Inner(options.snapshot), options.fill_cache, options.keep_values});
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::KeyRange& range, const storage::IterateOptions& options) const override {
    return ForwardingStore::NewIterator(
        range, {Inner(options.snapshot), options.reverse, options.fill_cache});
  }
  absl::Status Write(const storage::Batch& batch, storage::Durability durability) override {
    if (gated_) {
      begun_.release();
      let_.acquire();
    }
    return ForwardingStore::Write(batch, durability);
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
