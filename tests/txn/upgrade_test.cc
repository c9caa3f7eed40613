// A database of format 1 becomes one of format 2, or stays what it was.
#include "txn/upgrade.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "codec/keyspace.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/firm_table.h"
#include "txn/format_one.h"
#include "txn/journal_reader.h"

namespace daftar::testing {
namespace {

using storage::FaultPoint;
using storage::FaultyStore;

constexpr uint64_t kLastCommit = 2;

// Three firms as a library of format 1 has left them: no journal, no history, no anchor.
Model FormatOne() {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x", "y"]})"),
                    Put(*core, R"({"code": "B", "seal": "t", "size": 1})")));
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "B", "size": 2})"),
                    Put(*core, R"({"code": "C"})")));
  return ToFormatOne(Contents(core->store()));
}

absl::StatusOr<uint32_t> Upgrade(storage::Store* store) {
  const TempDir folder;
  txn::UpgradeOptions options;
  options.id = kTestId;
  options.spill_folder = folder.path();
  options.clock = TestOptions().clock;
  options.commit.actor = "registrar";
  return txn::UpgradeStore(store, options);
}

// What was there stays as it was; the journal names all records, and history begins.
void CheckUpgraded(std::unique_ptr<storage::Store> store) {
  for (const auto& [key, value] : FormatOne()) {
    if (key == txn::HeaderKey()) continue;
    REQUIRE_OK_AND_ASSIGN(const auto now, store->Get(key, {}));
    REQUIRE(now == value);
  }
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(store), TestOptions()));
  const txn::ReadView view = core->View();
  CHECK(view.version == CommitVersion(kLastCommit + 1));
  CHECK(*view.history_starts == txn::HistoryStarts{{FirmTable(*core).id, view.version}});
  REQUIRE_OK_AND_ASSIGN(const journal::EntryHead head, txn::ReadEntry(*view.reader, view.version));
  CHECK(head.actor == "registrar");
  CHECK(head.time == kTestTime);
  CHECK(head.previous == journal::Hash{});
  txn::EntryChanges changes(view.reader, head);
  for (const char* code : {"A", "B", "C"}) {
    CAPTURE(code);
    REQUIRE(changes.Next().value());
    const codec::EncodedKey key = Delete(*core, code).key;
    CHECK(changes.change().key == key.view());
    REQUIRE_OK_AND_ASSIGN(const auto record, txn::ReadRecord(*view.reader, FirmTable(*core), key));
    CHECK(changes.change().digest == journal::HashOf(record->bytes()));
  }
  CHECK(!changes.Next().value());
  // And it goes on from there.
  REQUIRE_OK_AND_ASSIGN(const CommitVersion next,
                        Commit(core.get(), Put(*core, R"({"code": "D"})")));
  CHECK(next == CommitVersion(kLastCommit + 2));
}

TEST_CASE("upgrade: adds journal, history starts and an id", "[txn]") {
  auto store = StoreOf(FormatOne());
  REQUIRE_OK_AND_ASSIGN(const uint32_t found, Upgrade(store.get()));
  CHECK(found == 1);
  const Model after = Contents(*store);
  REQUIRE_OK_AND_ASSIGN(const uint32_t again, Upgrade(store.get()));
  CHECK(again == 2);
  CHECK(Contents(*store) == after);
  CheckUpgraded(std::move(store));
}

TEST_CASE("upgrade: refuses what it cannot make whole", "[txn]") {
  Model contents = FormatOne();
  SECTION("no database") {
    contents.clear();
    auto store = StoreOf(contents);
    CHECK_THAT(Upgrade(store.get()),
               StatusIs(absl::StatusCode::kNotFound, "directory holds no database"));
  }
  SECTION("a damaged record") {
    for (auto& [key, value] : contents) {
      if (key.front() == static_cast<char>(codec::Space::kRecord)) value.back() ^= 1;
    }
    auto store = StoreOf(contents);
    CHECK_THAT(Upgrade(store.get()),
               StatusIs(absl::StatusCode::kDataLoss, "stored record does not verify"));
    CHECK(Contents(*store) == contents);
  }
  SECTION("no schema") {
    std::erase_if(contents, [](const auto& item) {
      return item.first.front() == static_cast<char>(codec::Space::kCatalog);
    });
    auto store = StoreOf(contents);
    CHECK_THAT(Upgrade(store.get()),
               StatusIs(absl::StatusCode::kDataLoss, "database has lost its schema"));
    CHECK(Contents(*store) == contents);
  }
}

TEST_CASE("upgrade: a fault anywhere leaves format 1, or all of format 2", "[txn][fault]") {
  const FaultPoint point =
      GENERATE(FaultPoint::kGet, FaultPoint::kIterate, FaultPoint::kBulk, FaultPoint::kAnchor);
  const bool takes_effect = GENERATE(false, true);
  CAPTURE(static_cast<int>(point), takes_effect);
  const Model before = FormatOne();
  FaultyStore clean(StoreOf(before));
  REQUIRE_OK(Upgrade(&clean));
  const uint64_t operations = clean.count(point);
  REQUIRE(operations > 0);
  CHECK(clean.count(FaultPoint::kWrite) == 0);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    CAPTURE(nth);
    FaultyStore faults(StoreOf(before));
    faults.Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    CHECK_THAT(Upgrade(&faults), StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
    auto inner = faults.TakeInner();
    // Only the last step can have taken effect.
    const bool done = takes_effect && point == FaultPoint::kBulk && nth == operations;
    if (!done) CHECK(Contents(*inner) == before);
    REQUIRE_OK_AND_ASSIGN(const uint32_t found, Upgrade(inner.get()));
    CHECK(found == (done ? 2 : 1));
    CheckUpgraded(std::move(inner));
  }
}

}  // namespace
}  // namespace daftar::testing
