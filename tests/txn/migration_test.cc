// How migrations are stored: what is read back, and that damage is found.
#include "txn/migration.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "storage/backend.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

txn::Migration Zones() {
  txn::Migration migration;
  migration.info.definition = {
      "zones", "park", {{"zone", "lower(zoneText)"}, {"place.city", "''"}}, "zoneText <> ''"};
  migration.info.records = 300;
  migration.info.changed = 7;
  migration.info.begun = CommitVersion(1'000'000);
  migration.info.last_commit = CommitVersion(1'000'009);
  migration.table = TableId(3);
  migration.next_key = std::string("\x02\x03QFZ\x00\x01", 7);
  return migration;
}

std::unique_ptr<storage::Store> StoreOf(std::string_view key, std::string_view value) {
  auto store = storage::NewMemoryStore();
  REQUIRE_OK(store->Write(PutBatch(key, value), storage::Durability::kBuffered));
  return store;
}

TEST_CASE("migration: what is stored is read back", "[txn]") {
  txn::Migration migration = Zones();
  const std::string key = txn::MigrationKey("zones");
  for (const bool finished : {false, true}) {
    migration.info.finished = finished;
    const auto store = StoreOf(key, txn::EncodeMigration(key, migration));
    const auto reader = storage::NewLiveReader(*store);
    REQUIRE_OK_AND_ASSIGN(const auto found, txn::ReadMigration(*reader, "zones"));
    REQUIRE(found.has_value());
    CHECK(found->info.definition == migration.info.definition);
    CHECK(found->info.finished == finished);
    CHECK(found->info.records == 300);
    CHECK(found->info.changed == 7);
    CHECK(found->info.begun == migration.info.begun);
    CHECK(found->info.last_commit == migration.info.last_commit);
    CHECK(found->table == migration.table);
    CHECK(found->next_key == migration.next_key);
    REQUIRE_OK_AND_ASSIGN(const auto other, txn::ReadMigration(*reader, "zone"));
    CHECK(!other.has_value());
    REQUIRE_OK_AND_ASSIGN(const auto all, txn::ReadMigrations(*reader));
    REQUIRE(all.size() == 1);
    CHECK(all[0].info.definition.name == "zones");
  }
}

TEST_CASE("migration: every cut, every flipped byte and another name are damage", "[txn]") {
  const std::string key = txn::MigrationKey("zones");
  const std::string value = txn::EncodeMigration(key, Zones());
  const auto damaged = [&](std::string_view at, std::string_view stored) {
    const auto store = StoreOf(at, stored);
    const auto found = txn::ReadMigrations(*storage::NewLiveReader(*store));
    CHECK(absl::IsDataLoss(found.status()));
  };
  for (size_t i = 0; i < value.size(); ++i) {
    CAPTURE(i);
    damaged(key, value.substr(0, i));
    std::string flipped = value;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    damaged(key, flipped);
  }
  damaged(txn::MigrationKey("zone"), value);
}

}  // namespace
}  // namespace daftar::testing
