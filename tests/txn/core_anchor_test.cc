// What opening a database says when its anchor is not the one it should have.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "codec/keyspace.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/journal_book.h"

namespace daftar::testing {
namespace {

using txn::Anchor;

// The contents of a database of three commits, and what its anchor says at the end.
struct Book {
  Model contents;
  Anchor anchor;
};

std::string Json(uint64_t version) {
  return R"({"code": "A", "size": )" + std::to_string(version) + "}";
}

Book MakeBook(uint64_t commits) {
  const auto core = NewFirmDatabase();
  for (uint64_t version = 1; version <= commits; ++version) {
    REQUIRE_OK(core->Commit(*core->catalog(), Writes(Put(*core, Json(version))), {}));
  }
  REQUIRE_OK_AND_ASSIGN(const Anchor anchor, core->ReadAnchor());
  return {Contents(core->store()), anchor};
}

std::unique_ptr<storage::Store> StoreOf(const Model& contents, const std::string& anchor) {
  auto store = storage::NewMemoryStore();
  storage::Batch batch;
  for (const auto& [key, value] : contents) batch.Put(key, value);
  REQUIRE_OK(store->Write(batch, storage::Durability::kBuffered));
  REQUIRE_OK(store->WriteAnchor(anchor, storage::Durability::kSynced));
  return store;
}

absl::StatusOr<std::unique_ptr<txn::Core>> OpenWith(const Book& book) {
  return txn::Core::Open(StoreOf(book.contents, txn::EncodeAnchor(book.anchor)), TestOptions());
}

TEST_CASE("core: the anchor of a synced commit is that commit", "[txn]") {
  const Book book = MakeBook(3);
  CHECK(book.anchor.version == CommitVersion(3));
  CHECK(book.anchor.id == kTestId);
  CHECK(book.anchor.time == kTestTime);
  REQUIRE_OK(OpenWith(book));
}

TEST_CASE("core: an older anchor fits, every one of them", "[txn]") {
  for (uint64_t version = 0; version <= 3; ++version) {
    CAPTURE(version);
    REQUIRE_OK(OpenWith({MakeBook(3).contents, MakeBook(version).anchor}));
  }
}

TEST_CASE("core: without acknowledged commits a database does not open", "[txn][fault]") {
  CHECK_THAT(OpenWith({MakeBook(2).contents, MakeBook(3).anchor}),
             StatusIs(absl::StatusCode::kDataLoss,
                      "commits that were acknowledged are missing; run `daftar recover --dry-run`; "
                      "newest commit found=2; newest commit acknowledged=3"));
}

TEST_CASE("core: does not open with another anchor than its own", "[txn][fault]") {
  Book book = MakeBook(3);
  SECTION("another database's") {
    book.anchor.id[15] ^= 1;
    CHECK_THAT(OpenWith(book),
               StatusIs(absl::StatusCode::kDataLoss,
                        "the anchor is another database's; run `daftar recover --dry-run`"));
  }
  SECTION("of another history") {
    book.anchor.entry[0] ^= 1;
    CHECK_THAT(OpenWith(book),
               StatusIs(absl::StatusCode::kDataLoss,
                        "the journal is not the one that the anchor knows; commit=3"));
  }
  SECTION("of another history, an older one") {
    book.anchor = MakeBook(2).anchor;
    book.anchor.entry[0] ^= 1;
    CHECK_THAT(OpenWith(book), StatusIs(absl::StatusCode::kDataLoss, "commit=2"));
  }
  SECTION("none") {
    auto store = storage::NewMemoryStore();
    storage::Batch batch;
    for (const auto& [key, value] : book.contents) batch.Put(key, value);
    REQUIRE_OK(store->Write(batch, storage::Durability::kBuffered));
    CHECK_THAT(txn::Core::Open(std::move(store)),
               StatusIs(absl::StatusCode::kDataLoss,
                        "database has lost its anchor; run `daftar recover --dry-run`"));
  }
  SECTION("a damaged one") {
    CHECK_THAT(txn::Core::Open(StoreOf(book.contents, "x")),
               StatusIs(absl::StatusCode::kFailedPrecondition, "anchor is of a newer format"));
    CHECK_THAT(txn::Core::Open(StoreOf(book.contents, std::string("\x01", 1))),
               StatusIs(absl::StatusCode::kDataLoss, "anchor is damaged; bytes=1"));
  }
  SECTION("its own, but the entry is gone") {
    book.contents.erase(PartKey(3));
    CHECK_THAT(OpenWith(book),
               StatusIs(absl::StatusCode::kDataLoss, "journal lacks the entry of a commit"));
  }
}

TEST_CASE("core: closing brings the anchor up to commits without a sync", "[txn]") {
  const TempDir directory;
  const auto open = [&] {
    return storage::OpenRocksStore(directory.path(), SmallRocksOptions()).value();
  };
  {
    const auto core = NewFirmDatabase(open());
    REQUIRE_OK(Commit(core.get(), Put(*core, Json(1))));
    REQUIRE_OK_AND_ASSIGN(const Anchor anchor, core->ReadAnchor());
    CHECK(anchor.version == CommitVersion(0));
  }
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(open()));
  REQUIRE_OK_AND_ASSIGN(const Anchor anchor, core->ReadAnchor());
  CHECK(anchor.version == CommitVersion(1));
}

}  // namespace
}  // namespace daftar::testing
