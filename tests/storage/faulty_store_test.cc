#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "storage/backend.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::Durability;
using storage::Fault;
using storage::FaultPoint;
using storage::FaultyStore;

const auto kRefused = StatusIs(absl::StatusCode::kFailedPrecondition,
                               "writes are refused after a failed write; open the database again; "
                               "cause=injected fault");
const auto kInjected = StatusIs(absl::StatusCode::kUnavailable, "injected fault");

TEST_CASE("faulty store: fails the n-th read only, or from it on", "[storage][fault]") {
  FaultyStore store(storage::NewMemoryStore());
  REQUIRE_OK(store.Write(PutBatch("a", "1"), Durability::kBuffered));
  const bool persistent = GENERATE(false, true);
  store.Arm({.point = FaultPoint::kGet, .nth = 2, .persistent = persistent});
  CHECK(store.Get("a", {}).ok());
  CHECK_THAT(store.MultiGet({"a"}, {}), kInjected);
  CHECK(store.Get("a", {}).ok() == !persistent);
  CHECK(store.count(FaultPoint::kGet) == 3);
  store.Disarm();
  CHECK(store.Get("a", {}).ok());
  REQUIRE_OK(store.Write(PutBatch("a", "2"), Durability::kBuffered));
}

TEST_CASE("faulty store: a failed iterator stays failed", "[storage][fault]") {
  FaultyStore store(storage::NewMemoryStore());
  REQUIRE_OK(store.Write(PutBatch("a", "1"), Durability::kBuffered));
  store.Arm({.point = FaultPoint::kIterate, .nth = 1, .status = absl::DataLossError("bad block")});
  const auto iterator = store.NewIterator({}, {});
  CHECK_THAT(iterator->Next(), StatusIs(absl::StatusCode::kDataLoss, "bad block"));
  iterator->Seek("a");
  CHECK_THAT(iterator->Next(), StatusIs(absl::StatusCode::kDataLoss, "bad block"));
  CHECK(Contents(store) == Model{{"a", "1"}});
}

TEST_CASE("faulty store: refuses writes after a failed one, however it failed",
          "[storage][fault]") {
  const FaultPoint point = GENERATE(FaultPoint::kWrite, FaultPoint::kSync, FaultPoint::kBulk);
  FaultyStore store(storage::NewMemoryStore());
  REQUIRE_OK_AND_ASSIGN(const auto writer, store.NewBulkWriter());
  store.Arm({.point = point});
  if (point == FaultPoint::kWrite) {
    CHECK_THAT(store.Write(PutBatch("a", "1"), Durability::kSynced), kInjected);
  } else if (point == FaultPoint::kSync) {
    CHECK_THAT(store.Sync(), kInjected);
  } else {
    CHECK_THAT(writer->Finish(), kInjected);
  }
  store.Disarm();
  CHECK_THAT(store.Write(PutBatch("a", "1"), Durability::kBuffered), kRefused);
  CHECK_THAT(store.Sync(), kRefused);
  CHECK_THAT(store.NewBulkWriter(), kRefused);
  CHECK_THAT(writer->Finish(), kRefused);
  CHECK(Contents(store).empty());
  FaultyStore reopened(store.TakeInner());
  REQUIRE_OK(reopened.Write(PutBatch("a", "1"), Durability::kBuffered));
}

TEST_CASE("faulty store: InvalidArgument attempts nothing and stops no writes",
          "[storage][fault]") {
  FaultyStore store(storage::NewMemoryStore());
  store.Arm({.status = absl::InvalidArgumentError("too large")});
  CHECK_THAT(store.Write(PutBatch("a", "1"), Durability::kBuffered),
             StatusIs(absl::StatusCode::kInvalidArgument, "too large"));
  REQUIRE_OK(store.Write(PutBatch("a", "1"), Durability::kBuffered));
}

TEST_CASE("faulty store: a bulk entry that failed is never left out silently", "[storage][fault]") {
  FaultyStore store(storage::NewMemoryStore());
  REQUIRE_OK_AND_ASSIGN(const auto writer, store.NewBulkWriter());
  store.Arm({.point = FaultPoint::kBulk, .nth = 2});
  REQUIRE_OK(writer->Put("a", "1"));
  CHECK_THAT(writer->Put("b", "2"), kInjected);
  REQUIRE_OK(writer->Delete("c"));
  CHECK_THAT(writer->Finish(), kInjected);
  CHECK(Contents(store).empty());
  REQUIRE_OK(store.Write(PutBatch("a", "1"), Durability::kBuffered));
}

TEST_CASE("faulty store: for every n, failing the n-th write leaves the model when opened again",
          "[storage][fault]") {
  constexpr uint64_t kWrites = 8;
  const bool takes_effect = GENERATE(false, true);
  for (uint64_t nth = 1; nth <= kWrites; ++nth) {
    CAPTURE(nth, takes_effect);
    TempDir directory;
    REQUIRE_OK_AND_ASSIGN(auto inner,
                          storage::OpenRocksStore(directory.path(), SmallRocksOptions()));
    auto store = std::make_unique<FaultyStore>(std::move(inner));
    store->Arm({.nth = nth, .takes_effect = takes_effect});
    Model model;
    for (uint64_t i = 1; i <= kWrites; ++i) {
      storage::Batch batch = PutBatch("last", std::to_string(i));
      batch.Put("key " + std::to_string(i), "x");
      const absl::Status status = store->Write(batch, Durability::kSynced);
      if (i < nth) REQUIRE_OK(status);
      if (i == nth) REQUIRE_THAT(status, kInjected);
      if (i > nth) REQUIRE_THAT(status, kRefused);
      if (i < nth || (i == nth && takes_effect)) {
        batch.ForEach([&](const storage::Batch::Operation& operation) {
          model[std::string(operation.key)] = *operation.value;
        });
      }
    }
    REQUIRE(Contents(*store) == model);
    store.reset();
    REQUIRE_OK_AND_ASSIGN(const auto reopened,
                          storage::OpenRocksStore(directory.path(), SmallRocksOptions()));
    REQUIRE(Contents(*reopened) == model);
    REQUIRE_OK(reopened->Write(PutBatch("last", "again"), Durability::kSynced));
  }
}

}  // namespace
}  // namespace daftar::testing
