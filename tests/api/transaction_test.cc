// Transactions: own writes, savepoints, limits, and what becomes of them in the end.

#include "daftar/transaction.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "api/doctors.h"

namespace daftar {
namespace {

using testing::Doctor;
using testing::FiveDoctors;
using testing::Ids;
using testing::Nth;
using testing::Put;
using testing::StatusIs;
using testing::TempDir;
using testing::ToJson;

// Doctor 2 is gone, 3 has moved to shift 5, 9 is new at shift 25.
void WriteThree(Transaction& transaction) {
  REQUIRE_OK(transaction.Delete("doctor", {2}));
  Doctor third = Nth(3);
  third.shift = 5;
  third.name = "moved";
  third.tags = {"all", "t9"};
  REQUIRE_OK(Put(transaction, third, WriteIntent::kUpdate));
  REQUIRE_OK(Put(transaction, {.id = 9, .shift = 25, .name = "new", .tags = {"t9"}},
                 WriteIntent::kInsert));
}

TEST_CASE("transaction: every way of reading shows its own writes", "[api][transaction]") {
  const auto descending = SortDirection::kDescending;
  const auto [name, query, rows] = GENERATE_COPY(table<const char*, Query, const char*>({
      {"scan", Query("doctor"), "1 3 4 5 9"},
      {"scan backwards", Query("doctor").OrderBy("id", descending), "9 5 4 3 1"},
      {"scan of a stretch", Query("doctor").Where("id >= 2").Where("id < 5"), "3 4"},
      {"scan with a limit", Query("doctor").Where("id >= 2").Limit(2), "3 4"},
      {"index", Query("doctor").UseIndex("byShift"), "3 1 9 4 5"},
      {"index backwards", Query("doctor").UseIndex("byShift").OrderBy("shift", descending),
       "5 4 9 1 3"},
      {"index, a stretch backwards",
       Query("doctor").UseIndex("byShift").Where("shift <= 25").OrderBy("shift", descending),
       "9 1 3"},
      {"index, where the moved one was", Query("doctor").Where("shift = 30"), ""},
      {"index, where it is", Query("doctor").Where("shift = 5"), "3"},
      {"covered", Query("doctor").UseIndex("byShift").Select({"shift", "name"}).OrderBy("shift"),
       "5:moved 10:name1 25:new 40:name4 50:name5"},
      {"unique, of the deleted one", Query("doctor").Where("code = c2"), ""},
      {"fan-out", Query("doctor").Where("tags = t9").UseIndex("byTag"), "3 9"},
      {"fan-out, a tag that is gone", Query("doctor").Where("tags = t3").UseIndex("byTag"), ""},
      {"partial", Query("doctor").Where("onCall = true").UseIndex("onCall"), "3 1 5"},
      {"sorted", Query("doctor").OrderBy("name").UseIndex("primary"), "3 1 4 5 9"},
  }));
  CAPTURE(name);
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  WriteThree(transaction);
  CHECK(Ids(transaction, query) == rows);
  REQUIRE_OK(std::move(transaction).Commit());
  // And the same holds for everybody afterwards.
  REQUIRE_OK_AND_ASSIGN(Transaction after, database->Begin());
  CHECK(Ids(after, query) == rows);
}

TEST_CASE("transaction: Get and Find show its own writes, and nobody else does",
          "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  {
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
    CHECK(transaction.begun_at() == CommitVersion(5));
    WriteThree(transaction);
    REQUIRE_OK_AND_ASSIGN(const Record moved, transaction.Get("doctor", {3}));
    REQUIRE_OK_AND_ASSIGN(const Value shift, moved.Get("shift"));
    CHECK(shift == Value(5));
    CHECK_THAT(transaction.Get("doctor", {2}),
               StatusIs(absl::StatusCode::kNotFound, "no record with this key"));
    REQUIRE_OK_AND_ASSIGN(const auto inserted, transaction.Find("doctor", {9}));
    CHECK(inserted.has_value());
    CHECK(database->Get("doctor", {2}).ok());
    CHECK(!database->Get("doctor", {9}).ok());
  }
  // Destroyed unfinished, it is rolled back.
  CHECK(database->Get("doctor", {2}).ok());
  CHECK(!database->Get("doctor", {9}).ok());
  CHECK(database->View().version() == CommitVersion(5));
}

TEST_CASE("transaction: a write is judged by the state that it sees", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  REQUIRE_OK(transaction.Delete("doctor", {2}));
  CHECK_THAT(transaction.Delete("doctor", {2}),
             StatusIs(absl::StatusCode::kNotFound, "no record with this key; table=doctor; key=2"));
  CHECK_THAT(Put(transaction, {.id = 2}, WriteIntent::kUpdate),
             StatusIs(absl::StatusCode::kNotFound, "no record with this key; table=doctor; key=2"));
  REQUIRE_OK(Put(transaction, {.id = 2, .shift = 1}, WriteIntent::kInsert));
  CHECK_THAT(Put(transaction, {.id = 2}, WriteIntent::kInsert),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "a record with this key exists; use upsert to replace it; table=doctor; "
                      "key=2"));
  CHECK_THAT(transaction.Put("doctor", R"({"shift":"x"})"),
             StatusIs(absl::StatusCode::kInvalidArgument, "field=shift"));
  CHECK_THAT(transaction.Put("doctors", "{}"),
             StatusIs(absl::StatusCode::kNotFound, "no such table"));
  // It goes on as if the refused calls had not been made.
  REQUIRE_OK(std::move(transaction).Commit());
  REQUIRE_OK_AND_ASSIGN(const Record second, database->Get("doctor", {2}));
  REQUIRE_OK_AND_ASSIGN(const std::string json, second.ToJson());
  CHECK(json == R"({"id":2,"shift":1,"grade":0,"onCall":false})");
}

TEST_CASE("transaction: a cursor does not meet what is written while it walks",
          "[api][transaction]") {
  const auto direction = GENERATE(SortDirection::kAscending, SortDirection::kDescending);
  const bool covered = GENERATE(false, true);
  CAPTURE(direction == SortDirection::kAscending, covered);
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  // One write before it: the cursor walks over the transaction's own writes, too.
  REQUIRE_OK(Put(transaction, {.id = 6, .shift = 60, .name = "six"}));
  Query query = Query("doctor").UseIndex("byShift").OrderBy("shift", direction);
  if (covered) query.Select({"id", "shift"});
  auto cursor = transaction.Run(query);
  REQUIRE_OK(cursor);
  std::vector<std::string> ids;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    REQUIRE(ids.size() < 6);
    Value id;
    if (covered) {
      id = cursor->values()[0];
    } else {
      REQUIRE_OK_AND_ASSIGN(const Record record, cursor->record());
      REQUIRE_OK_AND_ASSIGN(id, record.Get("id"));
    }
    ids.push_back(id.ToString());
    // Each one is put ahead of the cursor, where it would be met again.
    const int number = std::stoi(ids.back());
    const int ahead = direction == SortDirection::kAscending ? 1000 : -1000;
    REQUIRE_OK(Put(transaction, {.id = number, .shift = ahead + number}));
    REQUIRE_OK(transaction.Put("nurse", absl::StrCat("{\"id\":", number, "}")));
  }
  const bool ascending = direction == SortDirection::kAscending;
  CHECK(absl::StrJoin(ids, " ") == (ascending ? "1 2 3 4 5 6" : "6 5 4 3 2 1"));
  CHECK(Ids(transaction, Query("doctor").Where("shift > 0").Where("shift < 1000")).empty());
  REQUIRE_OK(std::move(transaction).Commit());
}

TEST_CASE("transaction: a cursor keeps its rows when they are rolled back", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  const Transaction::Savepoint start = transaction.MakeSavepoint();
  REQUIRE_OK(Put(transaction, {.id = 6, .shift = 60}));
  auto cursor = transaction.Run(Query("doctor").Where("shift >= 50").UseIndex("byShift"));
  REQUIRE_OK(cursor);
  REQUIRE_OK(transaction.RollbackTo(start));
  REQUIRE_OK_AND_ASSIGN(const bool first, cursor->Next());
  REQUIRE_OK_AND_ASSIGN(const bool second, cursor->Next());
  CHECK((first && second));
  CHECK(Ids(transaction, Query("doctor").Where("shift >= 50")) == "5");
}

TEST_CASE("transaction: savepoints nest", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  const Query added = Query("doctor").Where("id > 5");
  const auto insert = [&](int id) {
    REQUIRE_OK(Put(transaction, {.id = id}, WriteIntent::kInsert));
  };
  const Transaction::Savepoint empty = transaction.MakeSavepoint();
  insert(6);
  const Transaction::Savepoint one = transaction.MakeSavepoint();
  insert(7);
  const Transaction::Savepoint two = transaction.MakeSavepoint();
  insert(8);
  CHECK(Ids(transaction, added) == "6 7 8");
  REQUIRE_OK(transaction.RollbackTo(two));
  CHECK(Ids(transaction, added) == "6 7");
  // The savepoint stays.
  insert(9);
  REQUIRE_OK(transaction.RollbackTo(two));
  CHECK(Ids(transaction, added) == "6 7");
  REQUIRE_OK(transaction.RollbackTo(one));
  CHECK(Ids(transaction, added) == "6");
  CHECK_THAT(transaction.RollbackTo(two), StatusIs(absl::StatusCode::kInvalidArgument,
                                                   "there is no such savepoint; it was rolled "
                                                   "back; savepoint=2; writes=1"));
  SECTION("one that was forgotten does not come back with new writes") {
    insert(10);
    insert(11);
    CHECK_THAT(transaction.RollbackTo(two),
               StatusIs(absl::StatusCode::kInvalidArgument,
                        "there is no such savepoint; it was rolled back; savepoint=2; writes=3"));
    CHECK(Ids(transaction, added) == "6 10 11");
  }
  SECTION("everything is taken back") {
    REQUIRE_OK(transaction.RollbackTo(empty));
    CHECK(Ids(transaction, added).empty());
    REQUIRE_OK_AND_ASSIGN(const CommitVersion version, std::move(transaction).Commit());
    CHECK(version == CommitVersion(5));
    return;
  }
  REQUIRE_OK(std::move(transaction).Commit());
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

TEST_CASE("transaction: going back restores unique values", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  const Transaction::Savepoint start = transaction.MakeSavepoint();
  // c1 moves from doctor 1 to doctor 9.
  REQUIRE_OK(transaction.Delete("doctor", {1}));
  REQUIRE_OK(Put(transaction, {.id = 9, .code = "c1"}));
  CHECK(Ids(transaction, Query("doctor").Where("code = c1")) == "9");
  REQUIRE_OK(transaction.RollbackTo(start));
  CHECK(Ids(transaction, Query("doctor").Where("code = c1")) == "1");
  SECTION("a value that is held again is refused") {
    REQUIRE_OK(Put(transaction, {.id = 8, .code = "c1"}));
    CHECK_THAT(std::move(transaction).Commit(),
               StatusIs(absl::StatusCode::kAlreadyExists, "values=code 'c1'; key=8; other key=1"));
  }
  SECTION("a value that was given up is free") {
    REQUIRE_OK(Put(transaction, {.id = 9, .code = "c9"}));
    const Transaction::Savepoint nine = transaction.MakeSavepoint();
    REQUIRE_OK(Put(transaction, {.id = 8, .code = "c9"}));
    REQUIRE_OK(transaction.RollbackTo(nine));
    REQUIRE_OK(std::move(transaction).Commit());
    REQUIRE_OK_AND_ASSIGN(Transaction after, database->Begin());
    CHECK(Ids(after, Query("doctor").Where("code = c9")) == "9");
  }
}

TEST_CASE("transaction: limits end it with their names", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  SECTION("idle for too long") {
    // Less than no time at all.
    const TransactionLimits limits = {.idle_max = std::chrono::milliseconds(-1)};
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin(limits));
    const auto is_idle = StatusIs(absl::StatusCode::kAborted,
                                  "the transaction was idle too long; begin again; "
                                  "idle ms=0; limit ms=-1");
    CHECK_THAT(transaction.Find("doctor", {1}), is_idle);
    CHECK_THAT(transaction.Put("nurse", R"({"id":1})"), is_idle);
    CHECK_THAT(transaction.Run(Query("doctor")), is_idle);
    CHECK_THAT(transaction.RollbackTo(transaction.MakeSavepoint()), is_idle);
    CHECK_THAT(std::move(transaction).Commit(), is_idle);
  }
  SECTION("reads too many keys") {
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin({.read_bytes_max = 100}));
    CHECK(transaction.Find("doctor", {1}).ok());
    CHECK_THAT(transaction.Find("doctor", {2}),
               StatusIs(absl::StatusCode::kResourceExhausted,
                        "the transaction has read too much; read from a view, or ask narrower "
                        "questions; bytes=108; limit=100"));
    REQUIRE_OK_AND_ASSIGN(const auto found, database->Find(transaction.snapshot(), "doctor", {2}));
    CHECK(found.has_value());
  }
  SECTION("reads too long a stretch of keys") {
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin({.read_bytes_max = 200}));
    auto cursor = transaction.Run(Query("doctor").UseIndex("byTag").Where("tags = all"));
    REQUIRE_OK(cursor);
    absl::Status status;
    int rows = 0;
    while (status.ok()) {
      const auto more = cursor->Next();
      status = more.status();
      if (status.ok()) REQUIRE(*more);
      if (status.ok()) ++rows;
    }
    CHECK(rows == 2);
    CHECK_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted,
                                "the transaction has read too much; read from a view, or ask "
                                "narrower questions; bytes="));
  }
  SECTION("writes too much") {
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin({.write_bytes_max = 1000}));
    REQUIRE_OK(Put(transaction, {.id = 6}));
    CHECK_THAT(Put(transaction, {.id = 7, .note = std::string(1000, 'n')}),
               StatusIs(absl::StatusCode::kResourceExhausted,
                        "the transaction writes too much; split it, or import a file; bytes="));
    // What it wrote before is still there to be committed.
    REQUIRE_OK(std::move(transaction).Commit());
    CHECK(database->Get("doctor", {6}).ok());
    CHECK(!database->Get("doctor", {7}).ok());
  }
}

// A use after the commit is a use after move on purpose here.
TEST_CASE("transaction: refuses everything once it is finished", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  REQUIRE_OK(Put(transaction, {.id = 6}));
  const bool aborted = GENERATE(false, true);
  if (aborted) {
    REQUIRE_OK(transaction.Find("doctor", {1}));
    REQUIRE_OK(database->Delete("doctor", {1}));
  }
  CHECK(std::move(transaction).Commit().ok() == !aborted);
  const auto is_finished = StatusIs(absl::StatusCode::kFailedPrecondition,
                                    "the transaction is finished; begin another one");
  CHECK_THAT(transaction.Get("doctor", {1}), is_finished);
  CHECK_THAT(transaction.Find("doctor", {1}), is_finished);
  CHECK_THAT(transaction.Run(Query("doctor")), is_finished);
  CHECK_THAT(Put(transaction, {.id = 6}), is_finished);
  CHECK_THAT(transaction.Delete("doctor", {6}), is_finished);
  CHECK_THAT(transaction.RollbackTo(transaction.MakeSavepoint()), is_finished);
  CHECK_THAT(std::move(transaction).Commit(), is_finished);
}

TEST_CASE("transaction: is refused by a database that is open for reading only",
          "[api][transaction]") {
  const TempDir directory;
  REQUIRE_OK(MakeDatabase(directory, testing::kDoctors));
  REQUIRE_OK_AND_ASSIGN(auto database, Database::Open(directory / "db", {.read_only = true}));
  CHECK_THAT(database->Begin(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         "the database was opened for reading only"));
}

TEST_CASE("transact: only Aborted is tried again", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  int attempts = 0;
  // Disturbed by somebody else `times` times.
  const auto body = [&](int times) {
    return [&, times](Transaction& transaction) -> absl::Status {
      ++attempts;
      auto found = transaction.Find("doctor", {1});
      if (!found.ok()) return found.status();
      if (attempts <= times) {
        REQUIRE_OK(database->Put("doctor", ToJson({.id = 1, .shift = attempts})));
      }
      return transaction.Put("nurse", absl::StrCat("{\"id\":", attempts, "}"));
    };
  };
  SECTION("until it goes through") {
    REQUIRE_OK_AND_ASSIGN(const CommitVersion version, database->Transact(body(5)));
    CHECK(attempts == 6);
    CHECK(version == CommitVersion(11));
    CHECK(!database->Get("nurse", {5}).ok());
    CHECK(database->Get("nurse", {6}).ok());
  }
  SECTION("until attempts_max is reached") {
    CHECK_THAT(database->Transact(body(100), {.attempts_max = 3}),
               StatusIs(absl::StatusCode::kAborted,
                        "another commit changed what the transaction has read; begin again; begun "
                        "at=7; attempts=3"));
    CHECK(attempts == 3);
  }
  SECTION("an error of the body is given as it is") {
    CHECK_THAT(database->Transact([&](Transaction& transaction) {
      ++attempts;
      return transaction.Delete("doctor", {77});
    }),
               StatusIs(absl::StatusCode::kNotFound, "key=77"));
    CHECK(attempts == 1);
  }
  SECTION("the body's own Aborted is one as well") {
    CHECK_THAT(database->Transact(
                   [&](Transaction&) {
                     ++attempts;
                     return absl::AbortedError("mine");
                   },
                   {.attempts_max = 2}),
               StatusIs(absl::StatusCode::kAborted, "mine; attempts=2"));
    CHECK(attempts == 2);
  }
  SECTION("an error of the commit that is none") {
    CHECK_THAT(database->Transact([&](Transaction& transaction) {
      ++attempts;
      return Put(transaction, {.id = 9, .code = "c1"});
    }),
               StatusIs(absl::StatusCode::kAlreadyExists, "index=byCode"));
    CHECK(attempts == 1);
  }
}

// Adds one to `shift` of doctor 1, which every thread wants to do.
absl::Status Increment(Transaction& transaction) {
  auto record = transaction.Get("doctor", {1});
  if (!record.ok()) return record.status();
  auto shift = record->Get("shift");
  if (!shift.ok()) return shift.status();
  std::this_thread::yield();
  return Put(transaction, {.id = 1, .shift = static_cast<int>(*shift->get_if<int64_t>()) + 1});
}

TEST_CASE("transact: threads that want the same record all get it", "[api][transaction][threads]") {
  constexpr int kThreads = 4;
  constexpr int kTimes = 150;
  const bool in_memory = GENERATE(true, false);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database,
                        MakeDatabase(directory, testing::kDoctors, {.in_memory = in_memory}));
  REQUIRE_OK(database->Put("doctor", ToJson({.id = 1})));
  std::atomic<int> failures = 0;
  const TransactOptions options = {.commit = {.durability = Durability::kBuffered},
                                   .attempts_max = 10000};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kTimes; ++i) {
        if (!database->Transact(Increment, options).ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  REQUIRE_OK_AND_ASSIGN(const Record record, database->Get("doctor", {1}));
  REQUIRE_OK_AND_ASSIGN(const Value shift, record.Get("shift"));
  CHECK(shift == Value(kThreads * kTimes));
}

}  // namespace
}  // namespace daftar
