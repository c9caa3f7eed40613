// Databases as each version wrote them, key by key in hexadecimal. The files are never regenerated:
// they are what users have on disk.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "catalog/catalog_codec.h"
#include "codec/hex.h"
#include "codec/keyspace.h"
#include "format/example.h"
#include "index/entries.h"
#include "record/sample.h"
#include "storage/backend.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/core.h"
#include "txn/upgrade.h"

namespace daftar::testing {
namespace {

Model GoldenDatabase(int version) {
  Model model;
  const std::string text =
      ReadFile(absl::StrCat(DAFTAR_SOURCE_DIR "/tests/format/database_v", version, ".hex"));
  for (std::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(line, ' ');
    REQUIRE(model.emplace(Unhex(pair.first), Unhex(pair.second)).second);
  }
  return model;
}

std::unique_ptr<storage::Store> StoreOf(const Model& model) {
  auto store = storage::NewMemoryStore();
  storage::Batch batch;
  for (const auto& [key, value] : model) batch.Put(key, value);
  REQUIRE_OK(store->Write(batch, storage::Durability::kBuffered));
  return store;
}

txn::RecordWrite Put(const txn::Core& core, std::string_view json) {
  const catalog::TableDef& table = core.catalog()->tables[0];
  record::Message message = MakeRecord(table.schema, json);
  codec::EncodedKey key = index::RecordKey(table, message).value();
  return {&table, std::move(key), std::move(message), WriteIntent::kUpsert};
}

CommitVersion Commit(txn::Core* core, std::vector<std::string_view> records,
                     const CommitOptions& options = {}) {
  std::vector<txn::RecordWrite> writes;
  for (std::string_view json : records) writes.push_back(Put(*core, json));
  REQUIRE_OK_AND_ASSIGN(const CommitVersion version,
                        core->Commit(*core->catalog(), writes, options));
  return version;
}

constexpr const char* kOther = R"({"zone": "QFZ", "serial": 13, "state": "draft"})";
constexpr const char* kOtherLater = R"({"zone": "QFZ", "serial": 13, "state": "active"})";
constexpr txn::DatabaseId kId = {0xda, 0xf7, 0xa2};

// What format 2 was written with: a clock that moves by a second at each commit.
txn::CoreOptions GoldenOptions() {
  txn::CoreOptions options;
  options.clock = [time = int64_t{1'700'000'000'000'000}]() mutable { return time += 1'000'000; };
  return options;
}

void CheckExample(const txn::Core& core) {
  const catalog::TableDef& table = core.catalog()->tables[0];
  CHECK(table.name == "permit");
  CHECK(table.indexes.size() == 3);
  const txn::RecordWrite same = Put(core, DocsBlock("json example"));
  REQUIRE_OK_AND_ASSIGN(const auto record, txn::ReadRecord(*core.View().reader, table, same.key));
  REQUIRE(record.has_value());
  CHECK(record->bytes() == same.record->bytes());
}

TEST_CASE("format 1: a stored database is refused until it is upgraded, then goes on",
          "[format][format]") {
  auto store = StoreOf(GoldenDatabase(1));
  CHECK_THAT(txn::Core::Open(StoreOf(GoldenDatabase(1))),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "database is of an older format; run `daftar upgrade`; format=1"));
  const TempDir folder;
  txn::UpgradeOptions options;
  options.id = kId;
  options.spill_folder = folder.path();
  options.clock = GoldenOptions().clock;
  options.commit.actor = "registrar";
  REQUIRE_OK_AND_ASSIGN(const uint32_t found, txn::UpgradeStore(store.get(), options));
  CHECK(found == 1);
  REQUIRE_OK_AND_ASSIGN(const uint32_t again, txn::UpgradeStore(store.get(), options));
  CHECK(again == 2);
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(store), GoldenOptions()));
  CheckExample(*core);
  // The upgrade is commit 2; before it there is no history.
  CHECK(core->View().version == CommitVersion(2));
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView before, core->ViewAsOf(CommitVersion(1)));
  CHECK_THAT(txn::CheckReadable(before, core->catalog()->tables[0]),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "the history of the table does not reach back that far; table=permit; "
                      "as of commit=1; first commit kept=2"));
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView at, core->ViewAsOf(CommitVersion(2)));
  REQUIRE_OK(txn::CheckReadable(at, core->catalog()->tables[0]));
  REQUIRE_OK_AND_ASSIGN(const journal::EntryHead entry,
                        txn::ReadEntry(*at.reader, CommitVersion(2)));
  CHECK(entry.actor == "registrar");
  CHECK(entry.change_count == 2);
  CHECK(Commit(core.get(), {DocsBlock("json example")}) == CommitVersion(2));
  CHECK(Commit(core.get(), {R"({"zone": "QFZ", "serial": 14})"}) == CommitVersion(3));
}

TEST_CASE("format 2: a stored database opens, reads and goes on", "[format][format]") {
  auto store = StoreOf(GoldenDatabase(2));
  // The anchor lies beside the ordered data; any that is not ahead of them fits.
  REQUIRE_OK(store->WriteAnchor(txn::EncodeAnchor({kId, {}, 0, {}}), storage::Durability::kSynced));
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(store), GoldenOptions()));
  CheckExample(*core);
  CHECK(core->View().version == CommitVersion(2));
  CHECK(Commit(core.get(), {DocsBlock("json example")}) == CommitVersion(2));
  CHECK(Commit(core.get(), {R"({"zone": "QFZ", "serial": 14})"}) == CommitVersion(3));
}

TEST_CASE("format 2: the same commits write the same database", "[format][format]") {
  const Model golden = GoldenDatabase(2);
  const std::string key = catalog::CatalogKey(SchemaVersion(1));
  REQUIRE_OK_AND_ASSIGN(catalog::Catalog catalog, catalog::DecodeCatalog(key, golden.at(key)));
  // The catalog's own bytes, too: its nodes are the stored ones, not what today's compiler makes.
  REQUIRE_OK_AND_ASSIGN(
      const auto core,
      txn::Core::Create(storage::NewMemoryStore(), std::move(catalog), kId, GoldenOptions()));
  Commit(core.get(), {DocsBlock("json example"), kOther});
  Commit(core.get(), {kOtherLater}, {.actor = "registrar", .reason = "issued", .decision = "7/12"});
  const Model written = Contents(core->store());
  for (const auto& [stored_key, value] : golden) {
    CAPTURE(Hex(stored_key));
    REQUIRE(written.contains(stored_key));
    CHECK(Hex(written.at(stored_key)) == Hex(value));
  }
  CHECK(written.size() == golden.size());
}

}  // namespace
}  // namespace daftar::testing
