// How migrations are stored: what is read back, and that damage is found.
#include "txn/migration.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <utility>
#include <vector>

#include "journal/entry_frame.h"
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
  for (const auto& [finished, abandoned_by] :
       std::vector<std::pair<bool, uint64_t>>{{false, 0}, {true, 0}, {false, 1'000'010}}) {
    CAPTURE(finished, abandoned_by);
    migration.info.finished = finished;
    migration.info.abandoned_by = CommitVersion(abandoned_by);
    const auto store = StoreOf(key, txn::EncodeMigration(key, migration));
    const auto reader = storage::NewLiveReader(*store);
    REQUIRE_OK_AND_ASSIGN(const auto found, txn::ReadMigration(*reader, "zones"));
    REQUIRE(found.has_value());
    CHECK(found->info.definition == migration.info.definition);
    CHECK(found->info.finished == finished);
    CHECK(found->info.abandoned_by == CommitVersion(abandoned_by));
    CHECK(found->info.is_abandoned() == (abandoned_by > 0));
    CHECK(txn::CheckNotAbandoned(*reader, "zones").ok() == (abandoned_by == 0));
    CHECK(txn::CheckNotAbandoned(*reader, "zone").ok());
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
  const bool is_abandoned = GENERATE(false, true);
  CAPTURE(is_abandoned);
  txn::Migration migration = Zones();
  if (is_abandoned) migration.info.abandoned_by = CommitVersion(1'000'010);
  const std::string key = txn::MigrationKey("zones");
  const std::string value = txn::EncodeMigration(key, migration);
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

TEST_CASE("migration: the format says which states there are", "[txn][format]") {
  const auto [name, format, begins, code, said] =
      GENERATE(table<const char*, uint8_t, std::string, absl::StatusCode, const char*>(
          {{"abandoned, before that was known", uint8_t{1}, "\x02", absl::StatusCode::kDataLoss,
            "cause=a migration has an unknown state; state=2"},
           {"finished, and abandoned", uint8_t{2}, "\x01", absl::StatusCode::kDataLoss,
            "cause=a migration has an unknown state; state=1"},
           {"abandoned by no commit", uint8_t{2}, std::string("\x02\x00", 2),
            absl::StatusCode::kDataLoss, "cause=a migration was abandoned by no commit"},
           {"later", uint8_t{3}, "\x01", absl::StatusCode::kFailedPrecondition,
            "of a newer format; open it with a newer Daftar; format=3"},
           {"none", uint8_t{0}, "\x01", absl::StatusCode::kFailedPrecondition, "format=0"}}));
  CAPTURE(name);
  const std::string key = txn::MigrationKey("zones");
  std::string value = txn::EncodeMigration(key, Zones());
  // What follows a state of one byte.
  value = std::string(journal::kFrameBytes, '\0') + begins + value.substr(journal::kFrameBytes + 1);
  journal::SealFrame(key, &value, format);
  CHECK_THAT(txn::DecodeMigration(key, value), StatusIs(code, said));
}

TEST_CASE("migration: what was abandoned is newer than what libraries before know",
          "[txn][format]") {
  txn::Migration migration = Zones();
  migration.info.abandoned_by = CommitVersion(1'000'010);
  const std::string key = txn::MigrationKey("zones");
  // As they open it.
  CHECK_THAT(journal::OpenFrame(key, txn::EncodeMigration(key, migration)),
             StatusIs(absl::StatusCode::kFailedPrecondition, "newer format"));
  migration.info.abandoned_by = CommitVersion();
  REQUIRE_OK(journal::OpenFrame(key, txn::EncodeMigration(key, migration)));
}

TEST_CASE("migration: names", "[txn]") {
  const auto [name, is_one] =
      GENERATE(table<std::string, bool>({{"zones", true},
                                         {"\u0645\u0646\u0637\u0642\u0647", true},
                                         {std::string(200, 'z'), true},
                                         {std::string(201, 'z'), false},
                                         {"", false},
                                         {"a\nb", false},
                                         {"\xff", false}}));
  CAPTURE(name);
  CHECK(txn::IsMigrationName(name) == is_one);
}

}  // namespace
}  // namespace daftar::testing
