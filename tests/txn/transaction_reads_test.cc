#include "txn/transaction.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using txn::Transaction;

const CommitOptions kBuffered = {.durability = Durability::kBuffered};

// A database that remembers only a few commits, with firms A and B.
std::unique_ptr<txn::Core> ForgetfulDatabase() {
  txn::CoreOptions options = TestOptions();
  options.recent_bytes_max = 2000;
  auto core = txn::Core::Create(storage::NewMemoryStore(), FirmCatalog(), kTestId, options).value();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A"})"), Put(*core, R"({"code": "B"})")));
  return core;
}

void CommitMany(txn::Core* core) {
  for (int i = 0; i < 50; ++i) {
    const std::string json = R"({"code": "many", "size": )" + std::to_string(i + 1) + "}";
    REQUIRE_OK(Commit(core, Put(*core, json)));
  }
}

void ReadKey(const txn::Core& core, Transaction* transaction, std::string_view code) {
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, transaction->View());
  REQUIRE_OK(txn::ReadRecord(*view.reader, FirmTable(core), Delete(core, code).key));
}

TEST_CASE("transaction: is Aborted when the commits since it was begun are forgotten",
          "[txn][unit]") {
  const auto core = ForgetfulDatabase();
  Transaction transaction(core.get(), {});
  ReadKey(*core, &transaction, "A");
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "size": 7})")));
  CommitMany(core.get());
  CHECK_THAT(transaction.Commit(kBuffered),
             StatusIs(absl::StatusCode::kAborted,
                      "too much was committed since the transaction was begun; begin again; "
                      "begun at=1"));
  CHECK(CheckedFirms(core->store()).at("B") == R"({"code":"B","size":0})");
}

TEST_CASE("transaction: need not know of others' commits when it has read nothing", "[txn][unit]") {
  const auto core = ForgetfulDatabase();
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "size": 7})")));
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "many", "size": 777})")));
  CommitMany(core.get());
  REQUIRE_OK_AND_ASSIGN(const CommitVersion version, transaction.Commit(kBuffered));
  CHECK(version == CommitVersion(52));
  const Firms firms = CheckedFirms(core->store());
  CHECK(firms.at("B") == R"({"code":"B","size":7})");
  CHECK(firms.at("many") == R"({"code":"many","size":777})");
}

TEST_CASE("transaction: a failed read does not count as one of nothing", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A"})")));
  Transaction transaction(core.get(), {.read_bytes_max = 60});
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, transaction.View());
  const codec::EncodedKey absent = Delete(*core, "absent, with a long key").key;
  CHECK_THAT(view.reader->Get(absent.view()),
             StatusIs(absl::StatusCode::kResourceExhausted,
                      "the transaction has read too much; read from a view, or ask narrower "
                      "questions"));
  // Still, nobody who caught the error may conclude that nothing was there.
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B"})")));
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "absent, with a long key"})")));
  CHECK_THAT(transaction.Commit(kBuffered), StatusIs(absl::StatusCode::kAborted, "begin again"));
}

TEST_CASE("transaction: what is read again and again is remembered once", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  Transaction transaction(core.get(), {.read_bytes_max = 100});
  for (int i = 0; i < 100; ++i) ReadKey(*core, &transaction, "A");
  CHECK(transaction.Commit(kBuffered).ok());
}

TEST_CASE("transaction: writes before a savepoint are made anew from the state it was begun in",
          "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x"]})")));
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "A", "seal": "t", "tags": ["y"]})")));
  const Transaction::Savepoint first = transaction.savepoint();
  REQUIRE_OK(transaction.Write(Delete(*core, "A")));
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "seal": "t", "tags": ["x", "y"]})")));
  REQUIRE_OK(transaction.RollbackTo(first));
  // Somebody else changes A, so that the write of A is applied once more at the commit.
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "C", "seal": "u", "tags": ["z"]})")));
  CHECK_THAT(transaction.Commit(kBuffered), StatusIs(absl::StatusCode::kOk, ""));
  CHECK(CheckedFirms(core->store()) ==
        Firms{{"A", R"({"code":"A","seal":"t","tags":["y"],"size":0})"},
              {"C", R"({"code":"C","seal":"u","tags":["z"],"size":0})"}});
}

TEST_CASE("transaction: an upsert replaces what others have made of the record meanwhile",
          "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x"]})")));
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "A", "seal": "s", "tags": ["y"]})")));
  SECTION("other entries") {
    REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "tags": ["p", "q"], "size": 9})")));
    REQUIRE_OK(transaction.Commit(kBuffered));
    CHECK(CheckedFirms(core->store()).at("A") ==
          R"({"code":"A","seal":"s","tags":["y"],"size":0})");
  }
  SECTION("nothing at all") {
    REQUIRE_OK(Commit(core.get(), Delete(*core, "A")));
    REQUIRE_OK(transaction.Commit(kBuffered));
    CHECK(CheckedFirms(core->store()).size() == 1);
  }
  SECTION("the same") {
    REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["y"]})")));
    REQUIRE_OK_AND_ASSIGN(const CommitVersion version, transaction.Commit(kBuffered));
    CHECK(version == CommitVersion(2));
  }
  SECTION("its unique value went to another one") {
    REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A"})"),
                      Put(*core, R"({"code": "B", "seal": "s"})")));
    CHECK_THAT(transaction.Commit(kBuffered),
               StatusIs(absl::StatusCode::kAlreadyExists,
                        "index=bySeal; values=seal 's'; key=A; other key=B"));
  }
  CheckedFirms(core->store());
}

}  // namespace
}  // namespace daftar::testing
