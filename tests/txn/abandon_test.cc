// Giving up a migration: a commit that says so, after which none of its batches is committed.
#include "txn/abandon.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/journal_reader.h"
#include "txn/migration.h"
#include "txn/transaction.h"

namespace daftar::testing {
namespace {

using storage::FaultPoint;
using storage::FaultyStore;

const CommitOptions kBuffered = {.durability = Durability::kBuffered};

txn::Migration Sizes(const txn::Core& core) {
  txn::Migration migration;
  migration.info.definition = {"sizes", "firm", {{"size", "1"}}, ""};
  migration.info.begun = core.View().version;
  migration.table = FirmTable(core).id;
  return migration;
}

// Stores it as it is, past all checks.
void Keep(txn::Core* core, const txn::Migration& migration) {
  storage::Batch batch;
  const std::string key = txn::MigrationKey(migration.info.definition.name);
  batch.Put(key, txn::EncodeMigration(key, migration));
  REQUIRE_OK(core->CommitNote(kBuffered, std::move(batch)));
}

txn::Migration Kept(const txn::Core& core) {
  return txn::ReadMigration(*core.View().reader, "sizes").value().value();
}

// A batch of the migration: a firm of this size.
absl::StatusOr<CommitVersion> CommitBatch(txn::Core* core, txn::Migration* migration, int size) {
  txn::Transaction transaction(core, {});
  const absl::Status status =
      transaction.Write(Put(*core, absl::StrCat(R"({"code": "A", "size": )", size, "}")));
  if (!status.ok()) return status;
  ++migration->info.records;
  ++migration->info.changed;
  return transaction.Commit(kBuffered, migration);
}

TEST_CASE("abandon: one commit says so, with what it states", "[txn]") {
  const auto core = NewFirmDatabase();
  txn::Migration migration = Sizes(*core);
  Keep(core.get(), migration);
  REQUIRE_OK(CommitBatch(core.get(), &migration, 1));
  const uint64_t before = core->View().version.value();
  const CommitOptions stated{.actor = "clerk", .reason = "law of 1405", .decision = "7/1"};
  REQUIRE_OK_AND_ASSIGN(const AbandonReport report,
                        txn::AbandonMigration(core.get(), "sizes", stated));
  CHECK(!report.was_abandoned);
  CHECK(report.migration.abandoned_by.value() == before + 1);
  CHECK(report.migration.changed == 1);
  CHECK(core->View().version.value() == before + 1);
  REQUIRE_OK_AND_ASSIGN(const auto entry,
                        txn::ReadEntry(*core->View().reader, core->View().version));
  CHECK(entry.actor == "clerk");
  CHECK(entry.reason == "migration sizes is abandoned; law of 1405");
  CHECK(entry.decision == "7/1");
  const txn::Migration kept = Kept(*core);
  CHECK(kept.info.abandoned_by == report.migration.abandoned_by);
  CHECK(kept.info.definition == migration.info.definition);
  CHECK(kept.info.last_commit.value() == before);
  CHECK(!kept.info.finished);
  // Once more: nothing to do.
  REQUIRE_OK_AND_ASSIGN(const AbandonReport again, txn::AbandonMigration(core.get(), "sizes", {}));
  CHECK(again.was_abandoned);
  CHECK(again.migration.abandoned_by == report.migration.abandoned_by);
  CHECK(core->View().version.value() == before + 1);
}

TEST_CASE("abandon: not what never began, nor what is finished", "[txn]") {
  const auto core = NewFirmDatabase();
  txn::Migration migration = Sizes(*core);
  migration.info.finished = true;
  Keep(core.get(), migration);
  const Model before = Contents(core->store());
  CHECK_THAT(
      txn::AbandonMigration(core.get(), "size", {}),
      StatusIs(absl::StatusCode::kNotFound, "no migration of this name was begun; migration=size"));
  CHECK_THAT(txn::AbandonMigration(core.get(), "sizes", {}),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "the migration is finished; it cannot be abandoned any more; "
                      "migration=sizes; records=0; changed=0"));
  CHECK_THAT(txn::AbandonMigration(core.get(), "sizes", {.actor = "two\nlines"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "field=actor"));
  CHECK(Contents(core->store()) == before);
}

TEST_CASE("abandon: states what the table requires", "[txn]") {
  catalog::Catalog catalog = FirmCatalog();
  catalog.tables[0].requires_decision = true;
  REQUIRE_OK_AND_ASSIGN(
      const auto core,
      txn::Core::Create(storage::NewMemoryStore(), std::move(catalog), kTestId, TestOptions()));
  Keep(core.get(), Sizes(*core));
  CHECK_THAT(txn::AbandonMigration(core.get(), "sizes", {}),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=firm; missing=decision"));
  CHECK(!Kept(*core).info.is_abandoned());
  REQUIRE_OK(txn::AbandonMigration(core.get(), "sizes", {.decision = "1"}));
  CHECK(Kept(*core).info.is_abandoned());
}

TEST_CASE("abandon: a batch that was begun before is not committed after", "[txn]") {
  const auto core = NewFirmDatabase();
  txn::Migration migration = Sizes(*core);
  Keep(core.get(), migration);
  txn::Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "A", "size": 1})")));
  REQUIRE_OK(txn::AbandonMigration(core.get(), "sizes", kBuffered));
  const Model before = Contents(core->store());
  CHECK_THAT(transaction.Commit(kBuffered, &migration),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "the migration was abandoned; for another one, take another name; "
                      "abandoned by commit=2"));
  CHECK(Contents(core->store()) == before);
  // Others write on.
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "B"})")));
}

// After so many, whoever was to end has not.
constexpr int kBatchesMax = 5000;

TEST_CASE("abandon: of no interleaving a batch comes after it", "[txn][threads][property]") {
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    const auto core = NewFirmDatabase();
    txn::Migration migration = Sizes(*core);
    Keep(core.get(), migration);
    std::atomic<int> committed = 0;
    std::atomic<bool> ended = false;
    std::atomic<bool> stop = false;
    absl::Status end;
    uint64_t last = 0;
    std::thread migrator([&] {
      while (end.ok() && committed < kBatchesMax) {
        const auto commit = CommitBatch(core.get(), &migration, committed + 1);
        // Others write another firm; of itself it is the only one.
        end = commit.status();
        if (commit.ok()) last = commit->value();
        ++committed;
      }
      ended = true;
    });
    // Groups of several commits.
    std::thread other([&] {
      for (int i = 0; !stop; ++i) {
        Commit(core.get(), Put(*core, absl::StrCat(R"({"code": "B", "size": )", i, "}")))
            .status()
            .IgnoreError();
      }
    });
    while (committed < 1 + round % 7 && !ended) std::this_thread::yield();
    const auto report = txn::AbandonMigration(core.get(), "sizes", kBuffered);
    migrator.join();
    stop = true;
    other.join();
    REQUIRE_OK(report.status());
    CHECK_THAT(end, StatusIs(absl::StatusCode::kFailedPrecondition, "was abandoned"));
    const MigrationInfo kept = Kept(*core).info;
    CHECK(kept.is_abandoned());
    CHECK(kept.abandoned_by == report->migration.abandoned_by);
    CHECK(kept.last_commit.value() == last);
    CHECK(last < kept.abandoned_by.value());
    // It counts the batches that were committed, and no others.
    CHECK(kept.changed == static_cast<uint64_t>(committed - 1));
  }
}

TEST_CASE("abandon: of a fault anywhere it is done or not", "[txn][fault]") {
  const FaultPoint point =
      GENERATE(FaultPoint::kGet, FaultPoint::kIterate, FaultPoint::kWrite, FaultPoint::kAnchor);
  const bool takes_effect = GENERATE(false, true);
  CAPTURE(static_cast<int>(point), takes_effect);
  FaultyStore* faults = nullptr;
  const auto make = [&] {
    auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
    faults = store.get();
    auto core = NewFirmDatabase(std::move(store));
    txn::Migration migration = Sizes(*core);
    Keep(core.get(), migration);
    REQUIRE_OK(CommitBatch(core.get(), &migration, 1));
    faults->Disarm();
    return core;
  };
  const auto clean = make();
  REQUIRE_OK(txn::AbandonMigration(clean.get(), "sizes", {}));
  const uint64_t operations = faults->count(point);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    CAPTURE(nth);
    auto core = make();
    faults->Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    const auto failed = txn::AbandonMigration(core.get(), "sizes", {});
    auto inner = faults->TakeInner();
    core.reset();
    REQUIRE_OK_AND_ASSIGN(core, txn::Core::Open(std::move(inner), TestOptions()));
    // What was said to be done is; what was not may be.
    const bool is_done = Kept(*core).info.is_abandoned();
    if (failed.ok()) CHECK(is_done);
    if (point == FaultPoint::kWrite) CHECK(is_done == takes_effect);
    CHECK(core->View().version.value() == (is_done ? 3 : 2));
    REQUIRE_OK_AND_ASSIGN(const AbandonReport again,
                          txn::AbandonMigration(core.get(), "sizes", {}));
    CHECK(again.was_abandoned == is_done);
    CHECK(again.migration.abandoned_by == CommitVersion(3));
    CHECK(Kept(*core).info.changed == 1);
  }
}

}  // namespace
}  // namespace daftar::testing
