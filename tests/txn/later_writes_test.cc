// Writes that another thread applies against the same writes applied at once.
#include "txn/later_writes.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/entries.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/transaction.h"

namespace daftar::testing {
namespace {

using txn::RecordWrite;
using txn::Transaction;

const CommitOptions kBuffered = {.durability = Durability::kBuffered};
// Some piles, and a part of one.
constexpr int kMany = 3000;

// A database with so many firms in which a transaction may have `threads`.
std::unique_ptr<txn::Core> Database(int firms, size_t threads) {
  txn::CoreOptions options = TestOptions();
  options.scan.threads = threads;
  auto core = txn::Core::Create(storage::NewMemoryStore(), FirmCatalog(), kTestId, options).value();
  std::vector<RecordWrite> writes;
  for (int i = 0; i < firms; ++i) {
    writes.push_back(
        Put(*core, absl::StrCat(R"({"code": "f)", i, R"(", "seal": "s)", i, R"(", "size": 1})")));
  }
  REQUIRE_OK(Commit(core.get(), writes));
  return core;
}

std::string Changed(int firm, int size, std::string_view tag) {
  return absl::StrCat(R"({"code": "f)", firm, R"(", "seal": "s)", firm, R"(", "size": )", size,
                      R"(, "tags": [")", tag, R"("]})");
}

// As an UPDATE does: each record is read, then written.
absl::Status ReadAndWrite(const txn::Core& core, Transaction* transaction, RecordWrite write) {
  const auto before = transaction->Read(FirmTable(core), write.key);
  if (!before.ok()) return before.status();
  REQUIRE(before->has_value());
  return transaction->WriteLater(std::move(write));
}

// A record with more tags than an index takes entries.
RecordWrite Refused(const txn::Core& core, int firm) {
  std::string json = absl::StrCat(R"({"code": "f)", firm, R"(", "tags": [")");
  for (size_t i = 0; i <= index::kEntriesPerRecordMax; ++i) absl::StrAppend(&json, i, R"(",")");
  return Put(core, absl::StrCat(json, R"("]})"));
}

constexpr const char* kRefusal = "record has too many entries in one index";

TEST_CASE("later writes: give the bytes that writes give", "[txn][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  for (const size_t threads : {size_t{1}, size_t{2}}) {
    for (const int count : {1, 255, 256, 257, kMany}) {
      CAPTURE(threads, count);
      std::mt19937 random(seed);
      const auto core = Database(kMany, threads);
      const auto expected = Database(kMany, threads);
      Transaction later(core.get(), {});
      Transaction now(expected.get(), {});
      for (int i = 0; i < count; ++i) {
        const int firm = static_cast<int>(random() % kMany);
        // Sometimes as it was, sometimes a firm that was changed before.
        const std::string json =
            random() % 8 == 0
                ? absl::StrCat(R"({"code": "f)", firm, R"(", "seal": "s)", firm, R"(", "size": 1})")
                : Changed(firm, static_cast<int>(random() % 3), absl::StrCat(firm));
        REQUIRE_OK(ReadAndWrite(*core, &later, Put(*core, json)));
        REQUIRE_OK(now.Write(Put(*expected, json)));
        REQUIRE(later.savepoint().writes == now.savepoint().writes);
        // What was written shows wherever it is asked for.
        if (random() % 1000 == 0) {
          REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, later.View());
          const RecordWrite write = Put(*core, json);
          REQUIRE_OK_AND_ASSIGN(const auto found,
                                txn::ReadRecord(*view.reader, FirmTable(*core), write.key));
          REQUIRE(found.has_value());
          REQUIRE(found->bytes() == write.record->bytes());
        }
      }
      REQUIRE_OK(later.Commit(kBuffered));
      REQUIRE_OK(now.Commit(kBuffered));
      REQUIRE(Contents(core->store()) == Contents(expected->store()));
      CheckedFirms(core->store());
    }
  }
}

TEST_CASE("later writes: a refused one fails the commit, or a call before it", "[txn][unit]") {
  const int place = GENERATE(0, 100, 256, 1500, kMany - 1);
  const auto core = Database(kMany, 2);
  const Model before = Contents(core->store());
  Transaction transaction(core.get(), {});
  absl::Status status;
  for (int i = 0; i < kMany && status.ok(); ++i) {
    status =
        ReadAndWrite(*core, &transaction,
                     i == place ? Refused(*core, i) : Put(*core, Changed(i, 7, absl::StrCat(i))));
  }
  if (status.ok()) status = transaction.Commit(kBuffered).status();
  CHECK_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted, kRefusal));
  CHECK(Contents(core->store()) == before);
}

TEST_CASE("later writes: after a refused one nothing goes on but a rollback", "[txn][unit]") {
  const auto core = Database(kMany, 2);
  Transaction transaction(core.get(), {});
  const Transaction::Savepoint begun = transaction.savepoint();
  REQUIRE_OK(ReadAndWrite(*core, &transaction, Put(*core, Changed(1, 2, "one"))));
  REQUIRE_OK(ReadAndWrite(*core, &transaction, Refused(*core, 2)));
  CHECK_THAT(transaction.View(), StatusIs(absl::StatusCode::kResourceExhausted, kRefusal));
  CHECK_THAT(transaction.Write(Put(*core, Changed(3, 2, "three"))),
             StatusIs(absl::StatusCode::kResourceExhausted, kRefusal));
  CHECK_THAT(transaction.WriteLater(Put(*core, Changed(3, 2, "three"))),
             StatusIs(absl::StatusCode::kResourceExhausted, kRefusal));
  REQUIRE_OK(transaction.RollbackTo(begun));
  REQUIRE_OK(transaction.Write(Put(*core, Changed(3, 2, "three"))));
  REQUIRE_OK(transaction.Commit(kBuffered));
  CHECK(CheckedFirms(core->store()).at("f1") == R"({"code":"f1","seal":"s1","size":1})");
}

TEST_CASE("later writes: a transaction that writes too much is refused", "[txn][unit]") {
  const auto core = Database(kMany, 2);
  Transaction transaction(core.get(), {.write_bytes_max = 50'000});
  absl::Status status;
  for (int i = 0; i < kMany && status.ok(); ++i) {
    status = ReadAndWrite(*core, &transaction, Put(*core, Changed(i, 7, absl::StrCat(i))));
  }
  if (status.ok()) status = transaction.Commit(kBuffered).status();
  CHECK_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted,
                              "the transaction writes too much; split it, or import a file"));
}

TEST_CASE("later writes: are given up with their transaction", "[txn][unit]") {
  const auto core = Database(kMany, 2);
  const Model before = Contents(core->store());
  {
    Transaction transaction(core.get(), {});
    for (int i = 0; i < kMany; ++i) {
      REQUIRE_OK(ReadAndWrite(*core, &transaction, Put(*core, Changed(i, 7, absl::StrCat(i)))));
    }
  }
  CHECK(Contents(core->store()) == before);
  // The thread is there for others.
  CHECK(core->View().scan->running() == 0);
}

}  // namespace
}  // namespace daftar::testing
