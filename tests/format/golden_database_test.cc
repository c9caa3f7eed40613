// A database as version 1 wrote it, key by key in hexadecimal. The file is never regenerated: it is
// what users have on disk.
#include <catch2/catch_test_macros.hpp>
#include <string>

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

namespace daftar::testing {
namespace {

Model GoldenDatabase() {
  Model model;
  const std::string text = ReadFile(DAFTAR_SOURCE_DIR "/tests/format/database_v1.hex");
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

constexpr const char* kOther = R"({"zone": "QFZ", "serial": 13, "state": "draft"})";

TEST_CASE("format 1: a stored database opens, reads and goes on", "[format][format]") {
  const Model golden = GoldenDatabase();
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(StoreOf(golden)));
  const catalog::TableDef& table = core->catalog()->tables[0];
  CHECK(table.name == "permit");
  CHECK(table.indexes.size() == 3);
  const txn::RecordWrite same = Put(*core, DocsBlock("json example"));
  REQUIRE_OK_AND_ASSIGN(const auto record, txn::ReadRecord(core->store(), table, same.key, {}));
  REQUIRE(record.has_value());
  CHECK(record->bytes() == same.record->bytes());
  std::vector<txn::RecordWrite> writes;
  writes.push_back(Put(*core, DocsBlock("json example")));
  REQUIRE_OK_AND_ASSIGN(const CommitVersion unchanged,
                        core->Commit(*core->catalog(), writes, Durability::kSynced));
  CHECK(unchanged == CommitVersion(1));
  writes.push_back(Put(*core, R"({"zone": "QFZ", "serial": 14})"));
  REQUIRE_OK_AND_ASSIGN(const CommitVersion next,
                        core->Commit(*core->catalog(), writes, Durability::kSynced));
  CHECK(next == CommitVersion(2));
}

TEST_CASE("format 1: the same commits write the same database", "[format][format]") {
  const Model golden = GoldenDatabase();
  const std::string key = catalog::CatalogKey(SchemaVersion(1));
  REQUIRE_OK_AND_ASSIGN(catalog::Catalog catalog, catalog::DecodeCatalog(key, golden.at(key)));
  // The catalog's own bytes, too: its nodes are the stored ones, not what today's compiler makes.
  REQUIRE_OK_AND_ASSIGN(const auto core,
                        txn::Core::Create(storage::NewMemoryStore(), std::move(catalog)));
  std::vector<txn::RecordWrite> writes;
  writes.push_back(Put(*core, DocsBlock("json example")));
  writes.push_back(Put(*core, kOther));
  REQUIRE_OK(core->Commit(*core->catalog(), writes, Durability::kSynced));
  CHECK(Contents(core->store()) == golden);
}

}  // namespace
}  // namespace daftar::testing
