#include "txn/transaction.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>

#include "codec/keyspace.h"
#include "record/sample.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using txn::Transaction;

const CommitOptions kBuffered{.durability = Durability::kBuffered};

// A database with a firm A of size 1.
std::unique_ptr<txn::Core> Begun() {
  auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 1})")));
  return core;
}

// What the transaction reads under a code, as JSON; "" when nothing.
std::string Read(const txn::Core& core, Transaction* transaction, std::string_view code) {
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, transaction->View());
  REQUIRE_OK_AND_ASSIGN(const auto record,
                        txn::ReadRecord(*view.reader, FirmTable(core), Delete(core, code).key));
  return record.has_value() ? ToJson(*record) : "";
}

// Walks over all entries of an index of the firms.
size_t CountEntries(const txn::Core& core, Transaction* transaction, size_t index) {
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, transaction->View());
  const std::string prefix = codec::IndexPrefix(FirmTable(core).indexes[index].id);
  const auto entries = view.reader->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  size_t count = 0;
  while (entries->Next().value()) ++count;
  return count;
}

TEST_CASE("transaction: sees its own writes, and nobody else does before the commit", "[txn]") {
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  CHECK(transaction.begun_at() == CommitVersion(1));
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "A", "size": 2})")));
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "size": 3})")));
  CHECK(Read(*core, &transaction, "A") == R"({"code":"A","size":2})");
  CHECK(CountEntries(*core, &transaction, 2) == 2);
  REQUIRE_OK(transaction.Write(Delete(*core, "A")));
  CHECK(Read(*core, &transaction, "A").empty());
  CHECK(CheckedFirms(core->store()) == Firms{{"A", R"({"code":"A","size":1})"}});
  REQUIRE_OK_AND_ASSIGN(const CommitVersion version, transaction.Commit(kBuffered));
  CHECK(version == CommitVersion(2));
  CHECK(CheckedFirms(core->store()) == Firms{{"B", R"({"code":"B","size":3})"}});
}

TEST_CASE("transaction: does not see what is committed meanwhile", "[txn]") {
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 7})")));
  CHECK(Read(*core, &transaction, "A") == R"({"code":"A","size":1})");
  // One that only reads ran when it was begun.
  REQUIRE_OK_AND_ASSIGN(const CommitVersion version, transaction.Commit(kBuffered));
  CHECK(version == CommitVersion(1));
}

TEST_CASE("transaction: goes through unless something that it read was written", "[txn]") {
  const auto aborted = StatusIs(absl::StatusCode::kAborted,
                                "another commit changed what the transaction has read; begin "
                                "again; begun at=1");
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  const auto commit_other = [&](std::string_view json) {
    REQUIRE_OK(Commit(core.get(), Put(*core, json)));
    REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "Z"})")));
    return transaction.Commit(kBuffered);
  };
  SECTION("a record") {
    Read(*core, &transaction, "A");
    CHECK_THAT(commit_other(R"({"code": "A", "size": 2})"), aborted);
  }
  SECTION("a record that was not there") {
    Read(*core, &transaction, "B");
    CHECK_THAT(commit_other(R"({"code": "B"})"), aborted);
  }
  SECTION("a range into which an entry came") {
    CountEntries(*core, &transaction, 2);
    CHECK_THAT(commit_other(R"({"code": "B", "size": 5})"), aborted);
  }
  SECTION("another record") {
    Read(*core, &transaction, "A");
    REQUIRE_OK(commit_other(R"({"code": "B", "size": 5})"));
  }
  SECTION("a range that stayed as it was") {
    CountEntries(*core, &transaction, 2);
    REQUIRE_OK(commit_other(R"({"code": "B"})"));  // without a size: not in that index
  }
  SECTION("the snapshot, which does not count") {
    REQUIRE_OK(
        txn::ReadRecord(*transaction.snapshot().reader, FirmTable(*core), Delete(*core, "A").key));
    REQUIRE_OK(commit_other(R"({"code": "A", "size": 2})"));
  }
  CheckedFirms(core->store());
}

TEST_CASE("transaction: whether a key is taken is read by all writes but upserts", "[txn]") {
  const auto [name, intent, aborts] =
      GENERATE(table<const char*, WriteIntent, bool>({{"insert", WriteIntent::kInsert, true},
                                                      {"update", WriteIntent::kUpdate, true},
                                                      {"upsert", WriteIntent::kUpsert, false}}));
  CAPTURE(name);
  const auto core = Begun();
  const char* const code = intent == WriteIntent::kInsert ? "B" : "A";
  const std::string json = std::string(R"({"code": ")") + code + "\"";
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, json + R"(, "size": 5})", intent)));
  REQUIRE_OK(Commit(core.get(), Put(*core, json + R"(, "size": 6})")));
  const auto version = transaction.Commit(kBuffered);
  if (aborts) {
    CHECK_THAT(version, StatusIs(absl::StatusCode::kAborted, "begin again"));
  } else {
    REQUIRE_OK(version);
  }
  const Firms firms = CheckedFirms(core->store());
  CHECK(firms.at(code).find(aborts ? "\"size\":6" : "\"size\":5") != std::string::npos);
}

TEST_CASE("transaction: a unique value taken meanwhile is refused, not written twice", "[txn]") {
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "seal": "s"})")));
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "C", "seal": "s"})")));
  CHECK_THAT(transaction.Commit(kBuffered),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "another record has these values of a unique index"));
  CheckedFirms(core->store());
}

TEST_CASE("transaction: a refused write leaves it as if nothing had been said", "[txn]") {
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "size": 2})")));
  CHECK_THAT(transaction.Write(Put(*core, R"({"code": "A"})", WriteIntent::kInsert)),
             StatusIs(absl::StatusCode::kAlreadyExists, "a record with this key exists"));
  CHECK_THAT(transaction.Write(Delete(*core, "X")),
             StatusIs(absl::StatusCode::kNotFound, "no record with this key"));
  REQUIRE_OK(transaction.Commit(kBuffered));
  CHECK(CheckedFirms(core->store()).size() == 2);
}

TEST_CASE("transaction: rolls back to a savepoint", "[txn]") {
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "seal": "s"})")));
  const txn::Transaction::Savepoint savepoint = transaction.savepoint();
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B", "seal": "t"})")));
  REQUIRE_OK(transaction.Write(Delete(*core, "A")));
  REQUIRE_OK(transaction.RollbackTo(savepoint));
  CHECK(Read(*core, &transaction, "B") == R"({"code":"B","seal":"s","size":0})");
  CHECK_THAT(transaction.RollbackTo({savepoint.writes + 1, 99}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "there is no such savepoint; it was rolled back; savepoint=2; writes=1"));
  REQUIRE_OK(transaction.Commit(kBuffered));
  CHECK(CheckedFirms(core->store()) ==
        Firms{{"A", R"({"code":"A","size":1})"}, {"B", R"({"code":"B","seal":"s","size":0})"}});
}

TEST_CASE("transaction: is over once it is committed, also in vain", "[txn]") {
  const auto finished = StatusIs(absl::StatusCode::kFailedPrecondition,
                                 "the transaction is finished; begin another one");
  const auto core = Begun();
  Transaction transaction(core.get(), {});
  Read(*core, &transaction, "A");
  REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B"})")));
  const bool in_vain = GENERATE(false, true);
  CAPTURE(in_vain);
  if (in_vain) REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "size": 9})")));
  CHECK(transaction.Commit(kBuffered).ok() == !in_vain);
  CHECK_THAT(transaction.Commit(kBuffered), finished);
  CHECK_THAT(transaction.Write(Delete(*core, "A")), finished);
  CHECK_THAT(transaction.RollbackTo({}), finished);
  CHECK_THAT(transaction.View(), finished);
}

TEST_CASE("transaction: its limits are errors that name them", "[txn]") {
  const auto core = Begun();
  SECTION("bytes written") {
    Transaction transaction(core.get(), {.write_bytes_max = 1000});
    const std::string note(900, 'n');
    CHECK_THAT(transaction.Write(Put(*core, R"({"code": "B", "note": ")" + note + note + "\"}")),
               StatusIs(absl::StatusCode::kResourceExhausted,
                        "the transaction writes too much; split it, or import a file; bytes="));
    REQUIRE_OK(transaction.Write(Put(*core, R"({"code": "B"})")));
    REQUIRE_OK(transaction.Commit(kBuffered));
  }
  SECTION("bytes read") {
    Transaction transaction(core.get(), {.read_bytes_max = 100});
    REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, transaction.View());
    REQUIRE_OK(view.reader->Get("k"));
    CHECK_THAT(view.reader->Get(std::string(100, 'k')),
               StatusIs(absl::StatusCode::kResourceExhausted, "the transaction has read too much"));
  }
  SECTION("idle time") {
    Transaction transaction(core.get(), {.idle_max = std::chrono::milliseconds(-1)});
    CHECK_THAT(transaction.View(),
               StatusIs(absl::StatusCode::kAborted,
                        "the transaction was idle too long; begin again; idle ms=0; limit ms=-1"));
  }
}

TEST_CASE("transaction: what a table requires is asked for at the commit", "[txn]") {
  catalog::Catalog catalog = FirmCatalog();
  catalog.tables[0].requires_actor = true;
  REQUIRE_OK_AND_ASSIGN(
      const auto core,
      txn::Core::Create(storage::NewMemoryStore(), std::move(catalog), kTestId, TestOptions()));
  Transaction refused(core.get(), {});
  REQUIRE_OK(refused.Write(Put(*core, R"({"code": "A"})")));
  CHECK_THAT(refused.Commit(kBuffered),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=firm; missing=actor"));
  Transaction stated(core.get(), {});
  REQUIRE_OK(stated.Write(Put(*core, R"({"code": "A"})")));
  REQUIRE_OK(stated.Commit({.durability = Durability::kBuffered, .actor = "registrar"}));
  // Reading changes nothing, so that nothing is required.
  Transaction reading(core.get(), {});
  REQUIRE_OK(reading.Commit(kBuffered));
}

}  // namespace
}  // namespace daftar::testing
