#include "txn/core.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "catalog/catalog_codec.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "record/envelope.h"
#include "record/sample.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using txn::Core;

TEST_CASE("core: an intent says what it expects to find", "[txn][unit]") {
  const auto [name, intent, exists, code, message] =
      GENERATE(table<const char*, WriteIntent, bool, absl::StatusCode, const char*>({
          {"insert anew", WriteIntent::kInsert, false, absl::StatusCode::kOk, ""},
          {"insert again", WriteIntent::kInsert, true, absl::StatusCode::kAlreadyExists,
           "a record with this key exists; use upsert to replace it; table=firm; key=A"},
          {"update nothing", WriteIntent::kUpdate, false, absl::StatusCode::kNotFound,
           "no record with this key; table=firm; key=A"},
          {"update", WriteIntent::kUpdate, true, absl::StatusCode::kOk, ""},
          {"upsert anew", WriteIntent::kUpsert, false, absl::StatusCode::kOk, ""},
          {"upsert over", WriteIntent::kUpsert, true, absl::StatusCode::kOk, ""},
      }));
  CAPTURE(name);
  const auto core = NewFirmDatabase();
  if (exists) REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 1})")));
  const Firms before = CheckedFirms(core->store());
  const auto version = Commit(core.get(), Put(*core, R"({"code": "A", "size": 2})", intent));
  if (code == absl::StatusCode::kOk) {
    REQUIRE_OK(version);
    CHECK(CheckedFirms(core->store()) == Firms{{"A", R"({"code":"A","size":2})"}});
    CHECK(*version == CommitVersion(exists ? 2 : 1));
  } else {
    CHECK_THAT(version, StatusIs(code, message));
    CHECK(CheckedFirms(core->store()) == before);
  }
}

TEST_CASE("core: deletes a record with its entries, and refuses an absent one", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x", "y"]})")));
  REQUIRE_OK(Commit(core.get(), Delete(*core, "A")));
  CHECK(CheckedFirms(core->store()).empty());
  CHECK_THAT(Commit(core.get(), Delete(*core, "A")),
             StatusIs(absl::StatusCode::kNotFound, "no record with this key; table=firm; key=A"));
}

TEST_CASE("core: a write sees those before it in its batch", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  const auto insert = [&](const char* json) { return Put(*core, json, WriteIntent::kInsert); };
  SECTION("insert, update, delete, insert") {
    REQUIRE_OK(Commit(core.get(), insert(R"({"code": "A", "tags": ["x"]})"),
                      Put(*core, R"({"code": "A", "tags": ["y"]})", WriteIntent::kUpdate),
                      Delete(*core, "A"), insert(R"({"code": "A", "tags": ["z"]})")));
    CHECK(CheckedFirms(core->store()) == Firms{{"A", R"({"code":"A","tags":["z"],"size":0})"}});
  }
  SECTION("the same key inserted twice") {
    CHECK_THAT(Commit(core.get(), insert(R"({"code": "A"})"), insert(R"({"code": "A"})")),
               StatusIs(absl::StatusCode::kAlreadyExists, "table=firm; key=A"));
  }
  SECTION("the last upsert wins") {
    REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 1})"),
                      Put(*core, R"({"code": "A", "size": 2})")));
    CHECK(CheckedFirms(core->store()) == Firms{{"A", R"({"code":"A","size":2})"}});
  }
  SECTION("deleted twice") {
    REQUIRE_OK(Commit(core.get(), insert(R"({"code": "A"})")));
    CHECK_THAT(Commit(core.get(), Delete(*core, "A"), Delete(*core, "A")),
               StatusIs(absl::StatusCode::kNotFound, "key=A"));
    CHECK(CheckedFirms(core->store()).size() == 1);
  }
}

TEST_CASE("core: a batch is applied in whole or not at all", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s"})")));
  const Model before = Contents(core->store());
  CHECK_THAT(
      Commit(core.get(), Put(*core, R"({"code": "B"})"), Delete(*core, "A"), Delete(*core, "C")),
      StatusIs(absl::StatusCode::kNotFound, "key=C"));
  CHECK(Contents(core->store()) == before);
}

TEST_CASE("core: a write that changes nothing spends no version", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK_AND_ASSIGN(const CommitVersion first,
                        Commit(core.get(), Put(*core, R"({"code": "A", "size": 1})")));
  CHECK(first == CommitVersion(1));
  const Model before = Contents(core->store());
  REQUIRE_OK_AND_ASSIGN(const CommitVersion same,
                        Commit(core.get(), Put(*core, R"({"code": "A", "size": 1})")));
  CHECK(same == first);
  REQUIRE_OK_AND_ASSIGN(const CommitVersion empty, core->Commit(*core->catalog(), {}, {}));
  CHECK(empty == first);
  CHECK(Contents(core->store()) == before);
}

TEST_CASE("core: only entries that change get a new version", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(),
                    Put(*core, R"({"code": "A", "seal": "s", "tags": ["x", "y"], "size": 1})")));
  REQUIRE_OK(Commit(core.get(),
                    Put(*core, R"({"code": "A", "seal": "s", "tags": ["x", "z"], "size": 2})")));
  std::map<std::string, uint64_t> created;
  for (const auto& [key, value] : Contents(core->store())) {
    if (key.front() != static_cast<char>(codec::Space::kIndex)) continue;
    REQUIRE_OK_AND_ASSIGN(const index::EntryValue entry, index::DecodeEntryValue(value));
    std::string_view tuple = std::string_view(key).substr(2);
    const catalog::IndexDef& index = FirmTable(*core).indexes[static_cast<size_t>(key[1]) - 1];
    REQUIRE_OK_AND_ASSIGN(const OwnedScalar part, codec::TakePart(index.on[0].part, &tuple));
    created[index.on[0].path.type().ToValue(ToView(part)).ToString()] = entry.created.value();
  }
  // The seal's entry covers the size, so it changed although its key did not.
  CHECK(created == std::map<std::string, uint64_t>{{"s", 2}, {"x", 1}, {"z", 2}, {"2", 2}});
}

TEST_CASE("core: a batch made with another schema is Aborted", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  catalog::Catalog other = FirmCatalog();
  other.version = SchemaVersion(2);
  CHECK_THAT(core->Commit(other, {}, {}),
             StatusIs(absl::StatusCode::kAborted,
                      "the schema has changed since the batch was begun; begin again"));
}

TEST_CASE("core: a view stays as it was", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 1})")));
  const txn::ReadView view = core->View();
  CHECK(view.version == CommitVersion(1));
  const Model before = Contents(core->store());
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 2})")));
  CHECK(Contents(*view.reader) == before);
  REQUIRE_OK_AND_ASSIGN(const auto record,
                        txn::ReadRecord(*view.reader, FirmTable(*core), Delete(*core, "A").key));
  REQUIRE(record.has_value());
  CHECK(ToJson(*record) == R"({"code":"A","size":1})");
  CHECK(core->View().version == CommitVersion(2));
}

TEST_CASE("core: opens what it made, with everything in it", "[txn][unit]") {
  const TempDir directory;
  const auto open = [&] {
    REQUIRE_OK_AND_ASSIGN(auto store,
                          storage::OpenRocksStore(directory.path(), SmallRocksOptions()));
    return store;
  };
  Model before;
  {
    const auto core = NewFirmDatabase(open());
    REQUIRE_OK(
        core->Commit(*core->catalog(), Writes(Put(*core, R"({"code": "A", "seal": "s"})")), {}));
    before = Contents(core->store());
  }
  REQUIRE_OK_AND_ASSIGN(const auto core, Core::Open(open()));
  CHECK(Contents(core->store()) == before);
  REQUIRE_OK_AND_ASSIGN(const CommitVersion next,
                        Commit(core.get(), Put(*core, R"({"code": "B", "seal": "t"})")));
  CHECK(next == CommitVersion(2));
  CHECK(CheckedFirms(core->store()).size() == 2);
}

TEST_CASE("core: refuses a store that holds no database, or half of one", "[txn][unit]") {
  auto store = storage::NewMemoryStore();
  SECTION("empty") {
    CHECK_THAT(Core::Open(std::move(store)),
               StatusIs(absl::StatusCode::kNotFound,
                        "directory holds no database; make one with `daftar init`"));
  }
  SECTION("without a header") {
    REQUIRE_OK(store->Write(PutBatch("\x02", "x"), storage::Durability::kBuffered));
    CHECK_THAT(Core::Open(std::move(store)),
               StatusIs(absl::StatusCode::kDataLoss, "database has lost its header"));
  }
  SECTION("without its schema") {
    txn::Header header;
    header.schema = SchemaVersion(1);
    REQUIRE_OK(store->Write(PutBatch(txn::HeaderKey(), txn::EncodeHeader(header)),
                            storage::Durability::kBuffered));
    CHECK_THAT(Core::Open(std::move(store)),
               StatusIs(absl::StatusCode::kDataLoss, "database has lost its schema; version=1"));
  }
  SECTION("not empty when one is to be made") {
    REQUIRE_OK(store->Write(PutBatch("\x02", "x"), storage::Durability::kBuffered));
    CHECK_THAT(Core::Create(std::move(store), FirmCatalog(), kTestId),
               StatusIs(absl::StatusCode::kAlreadyExists, "directory already holds a database"));
  }
}

TEST_CASE("core: a damaged record is DataLoss for whoever would replace it", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A"})")));
  const std::string key(Delete(*core, "A").key.view());
  std::string value = Contents(core->store())[key];
  value.back() = static_cast<char>(value.back() ^ 1);
  REQUIRE_OK(core->store().Write(PutBatch(key, value), storage::Durability::kBuffered));
  {
    const txn::WriteLock lock(core.get());
    core->ShowStore();
  }
  CHECK_THAT(Commit(core.get(), Put(*core, R"({"code": "A", "size": 5})")),
             StatusIs(absl::StatusCode::kDataLoss, "stored record does not verify"));
  CHECK_THAT(Commit(core.get(), Delete(*core, "A")),
             StatusIs(absl::StatusCode::kDataLoss, "table=firm"));
}

TEST_CASE("core: DescribeKey shows a key as people read it", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  const std::string prefix = codec::RecordPrefix(FirmTable(*core).id);
  const codec::EncodedKey key = Delete(*core, "IR 12").key;
  CHECK(txn::DescribeKey(FirmTable(*core), key.view().substr(prefix.size())) == "IR 12");
  CHECK(txn::DescribeKey(FirmTable(*core), "\x61").empty());
}

}  // namespace
}  // namespace daftar::testing
