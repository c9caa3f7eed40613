// When the housekeeper merges, and how it ends. It looks twice a second, for which these tests
// wait.
#include "txn/housekeeper.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "codec/key.h"
#include "codec/keyspace.h"
#include "storage/backend.h"
#include "storage/forwarding_store.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
// Longer than two looks take, also on a busy machine; and a time after which a test has failed.
constexpr absl::Duration kLooks = absl::Milliseconds(1500);
constexpr absl::Duration kPatience = absl::Seconds(60);

// A store that says how large it is, and takes note of what is asked of it.
class WatchedStore final : public ForwardingStore {
 public:
  // `compact`, when given, is what Compact does.
  explicit WatchedStore(storage::Store* inner, uint64_t live_bytes,
                        std::function<absl::Status(std::atomic<bool>*)> compact = nullptr)
      : ForwardingStore(inner), live_bytes_(live_bytes), compact_(std::move(compact)) {}

  absl::Status Compact(const storage::KeyRange& range, std::atomic<bool>* stop) override {
    {
      absl::MutexLock lock(&mutex_);
      merged_.push_back(range);
    }
    return compact_ ? compact_(stop) : absl::OkStatus();
  }
  absl::StatusOr<uint64_t> ApproximateBytes(const storage::KeyRange& /*range*/) const override {
    absl::MutexLock lock(&mutex_);
    ++asked_;
    return live_bytes_;
  }

  std::vector<storage::KeyRange> merged() const {
    absl::MutexLock lock(&mutex_);
    return merged_;
  }
  // Whether it was merged, or its size asked for, so many times by the end of the timeout.
  bool AwaitMerges(size_t count, absl::Duration timeout) const {
    const auto enough = [this, count] { return merged_.size() >= count; };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), timeout);
  }
  bool AwaitQuestions(int count, absl::Duration timeout) const {
    const auto enough = [this, count] { return asked_ >= count; };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), timeout);
  }

 private:
  const uint64_t live_bytes_;
  const std::function<absl::Status(std::atomic<bool>*)> compact_;
  mutable absl::Mutex mutex_;
  std::vector<storage::KeyRange> merged_;
  mutable int asked_ = 0;
};

TEST_CASE("housekeeper: merges the present once, when writers rest", "[txn]") {
  const auto inner = storage::NewMemoryStore();
  WatchedStore store(inner.get(), 4 * kMiB);
  txn::Housekeeper keeper(&store);
  for (int i = 0; i < 4; ++i) keeper.NoteWrite(kMiB / 4);
  REQUIRE(store.AwaitMerges(1, kPatience));
  const auto merged = store.merged();
  CHECK(merged[0].lower == codec::SpacePrefix(codec::Space::kRecord));
  CHECK(merged[0].upper == codec::PrefixEnd(codec::SpacePrefix(codec::Space::kAggregate)));
  // It is done; the next merge is for what is replaced from then on.
  CHECK(!store.AwaitMerges(2, kLooks));
  keeper.NoteWrite(kMiB);
  CHECK(store.AwaitMerges(2, kPatience));
}

TEST_CASE("housekeeper: does not merge when little was replaced", "[txn]") {
  const auto inner = storage::NewMemoryStore();
  SECTION("less than a merge is worth") {
    WatchedStore store(inner.get(), 0);
    txn::Housekeeper keeper(&store);
    keeper.NoteWrite(kMiB / 4 - 1);
    CHECK(!store.AwaitQuestions(1, kLooks));
    CHECK(store.merged().empty());
    // What is replaced adds up.
    keeper.NoteWrite(1);
    CHECK(store.AwaitMerges(1, kPatience));
  }
  SECTION("a small part of what is there") {
    WatchedStore store(inner.get(), 8 * kMiB);
    txn::Housekeeper keeper(&store);
    keeper.NoteWrite(kMiB - 1);
    CHECK(store.AwaitQuestions(2, kPatience));
    CHECK(store.merged().empty());
    keeper.NoteWrite(1);
    CHECK(store.AwaitMerges(1, kPatience));
  }
}

TEST_CASE("housekeeper: ends at once, idle or in the middle of a merge", "[txn]") {
  const auto inner = storage::NewMemoryStore();
  SECTION("idle") {
    WatchedStore store(inner.get(), 0);
    const txn::Housekeeper keeper(&store);
  }
  SECTION("before its rest is over") {
    WatchedStore store(inner.get(), 0);
    {
      txn::Housekeeper keeper(&store);
      keeper.NoteWrite(kMiB);
    }
    CHECK(store.merged().empty());
  }
  SECTION("merging") {
    std::atomic<bool> stopped = false;
    // Merges until it is told not to.
    WatchedStore store(inner.get(), 0, [&stopped](std::atomic<bool>* stop) {
      while (!*stop) std::this_thread::yield();
      stopped = true;
      return absl::OkStatus();
    });
    {
      txn::Housekeeper keeper(&store);
      keeper.NoteWrite(kMiB);
      REQUIRE(store.AwaitMerges(1, kPatience));
      CHECK(!stopped);
    }
    CHECK(stopped);
  }
}

TEST_CASE("housekeeper: a merge that failed is not repeated", "[txn][fault]") {
  const auto inner = storage::NewMemoryStore();
  WatchedStore store(inner.get(), 0,
                     [](std::atomic<bool>*) { return absl::UnavailableError("injected fault"); });
  txn::Housekeeper keeper(&store);
  keeper.NoteWrite(kMiB);
  REQUIRE(store.AwaitMerges(1, kPatience));
  CHECK(!store.AwaitMerges(2, kLooks));
  // The thread is still there.
  keeper.NoteWrite(kMiB);
  CHECK(store.AwaitMerges(2, kPatience));
}

// A firm whose note is long.
txn::RecordWrite PutLong(const txn::Core& core, const std::string& code, char letter) {
  return Put(core, R"({"code": ")" + code + R"(", "seal": "s)" + code + R"(", "note": ")" +
                       std::string(20'000, letter) + "\"}");
}

TEST_CASE("housekeeper: of a database, leaves present and past as they were", "[txn]") {
  const TempDir directory;
  txn::CoreOptions options = TestOptions();
  options.housekeeping = true;
  REQUIRE_OK_AND_ASSIGN(const auto store,
                        storage::OpenRocksStore(directory.path(), SmallRocksOptions()));
  auto watched = std::make_unique<WatchedStore>(
      store.get(), 0, [&store](std::atomic<bool>* stop) { return store->Compact({}, stop); });
  const WatchedStore& merges = *watched;
  REQUIRE_OK_AND_ASSIGN(auto core,
                        txn::Core::Create(std::move(watched), FirmCatalog(), kTestId, options));
  for (int round = 0; round < 20; ++round) {
    for (const char* code : {"A", "B", "C"}) {
      REQUIRE_OK(Commit(core.get(), PutLong(*core, code, static_cast<char>('a' + round))));
    }
  }
  const Model contents = Contents(*store);
  REQUIRE(merges.AwaitMerges(1, kPatience));
  // Commits go on meanwhile, and closing waits for the end.
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "D"})")));
  core = nullptr;
  for (const auto& [key, value] : contents) {
    if (key != txn::HeaderKey()) CHECK(store->Get(key, {}).value() == value);
  }
  CHECK(CheckedFirms(*store).size() == 4);
}

}  // namespace
}  // namespace daftar::testing
