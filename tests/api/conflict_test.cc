// What a transaction's reads are, and hence which later commits of others abort it.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>

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

using Read = std::function<void(Transaction&)>;
using Write = std::function<absl::Status(Database&)>;

Read Ask(Query query, const char* rows, int rows_max = INT32_MAX) {
  return [=](Transaction& transaction) { CHECK(Ids(transaction, query, rows_max) == rows); };
}
Read Find(int id) {
  return [=](Transaction& transaction) {
    REQUIRE_OK_AND_ASSIGN(const auto found, transaction.Find("doctor", {id}));
    CHECK(found.has_value() == (id <= 5));
  };
}
Write Put(const Doctor& doctor) {
  return [=](Database& database) { return database.Put("doctor", ToJson(doctor)); };
}
Write Delete(int id) {
  return [=](Database& database) { return database.Delete("doctor", {id}); };
}
// Doctor n with something changed.
Write Change(int n, const std::function<void(Doctor*)>& change) {
  Doctor doctor = Nth(n);
  change(&doctor);
  return Put(doctor);
}
Write MoveTo(int n, int shift) {
  return Change(n, [=](Doctor* doctor) { doctor->shift = shift; });
}

// A transaction reads and writes something else; somebody else commits a write in between.
void CheckConflict(const Read& read, const Write& write, bool conflicts) {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  read(transaction);
  REQUIRE_OK(transaction.Put("nurse", R"({"id":1})"));
  REQUIRE_OK(write(*database));
  const auto committed = std::move(transaction).Commit();
  REQUIRE_OK_AND_ASSIGN(const auto nurse, database->Find("nurse", {1}));
  CHECK(nurse.has_value() == !conflicts);
  if (!conflicts) {
    REQUIRE_OK(committed);
  } else {
    CHECK_THAT(committed, StatusIs(absl::StatusCode::kAborted,
                                   "another commit changed what the transaction has read; "
                                   "begin again; begun at=5"));
  }
}

struct Case {
  const char* name;
  Read read;
  Write write;
  bool conflicts;
};

void CheckAll(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    DYNAMIC_SECTION(test.name) { CheckConflict(test.read, test.write, test.conflicts); }
  }
}

Query Shifts(const char* condition) {
  return Query("doctor").Where(std::string_view(condition)).UseIndex("byShift").OrderBy("shift");
}
Query Backwards() {
  return Query("doctor").UseIndex("byShift").OrderBy("shift", SortDirection::kDescending);
}

TEST_CASE("conflict: a key that was read, present or absent", "[api][transaction]") {
  CheckAll({
      {"present, replaced", Find(3), MoveTo(3, 31), true},
      {"present, deleted", Find(3), Delete(3), true},
      {"present, written as it was", Find(3), Put(Nth(3)), false},
      {"present, its neighbour replaced", Find(3), MoveTo(4, 41), false},
      {"absent, inserted", Find(9), Put({.id = 9}), true},
      {"absent, its neighbour inserted", Find(9), Put({.id = 8}), false},
  });
}

TEST_CASE("conflict: a stretch of an index", "[api][transaction]") {
  const auto inside = Ask(Query("doctor")
                              .Where("shift >= 20")
                              .Where("shift <= 40")
                              .UseIndex("byShift")
                              .OrderBy("shift"),
                          "2 3 4");
  CheckAll({
      {"inserted inside", inside, Put({.id = 9, .shift = 25}), true},
      {"inserted at its lower end", inside, Put({.id = 9, .shift = 20}), true},
      {"inserted at its upper end", inside, Put({.id = 9, .shift = 40}), true},
      {"inserted below", inside, Put({.id = 9, .shift = 19}), false},
      {"inserted above", inside, Put({.id = 9, .shift = 41}), false},
      {"deleted inside", inside, Delete(3), true},
      {"deleted outside", inside, Delete(5), false},
      {"moved in", inside, MoveTo(5, 35), true},
      {"moved out", inside, MoveTo(3, 99), true},
      {"moved within", inside, MoveTo(3, 21), true},
      {"moved outside", inside, MoveTo(5, 99), false},
      {"changed inside, not in what the index holds", inside,
       Change(3, [](Doctor* doctor) { doctor->note = "n"; }), true},
  });
}

TEST_CASE("conflict: a stretch that is empty", "[api][transaction]") {
  const Read between = Ask(Shifts("shift = 15"), "");
  const Read contradiction = Ask(Shifts("shift > 30").Where("shift < 20"), "");
  CheckAll({
      {"filled", between, Put({.id = 9, .shift = 15}), true},
      {"its neighbourhood filled", between, Put({.id = 9, .shift = 16}), false},
      {"nothing can meet a contradiction", contradiction, Put({.id = 9, .shift = 25}), false},
  });
}

TEST_CASE("conflict: a limit ends what is read at the last row", "[api][transaction]") {
  const Read two = Ask(Shifts("shift > 0").Limit(2), "1 2");
  const Read none = Ask(Shifts("shift > 0").Limit(0), "");
  const Read stopped = Ask(Shifts("shift > 0"), "1 2", 2);
  const Read sorted =
      Ask(Query("doctor").UseIndex("primary").OrderBy("shift", SortDirection::kDescending).Limit(1),
          "5");
  const Read keys = Ask(Query("doctor").Where("id >= 2").Limit(2), "2 3");
  CheckAll({
      {"before", two, Put({.id = 9, .shift = 15}), true},
      {"beyond", two, Put({.id = 9, .shift = 25}), false},
      {"same values as the last row, a smaller key", two, Put({.id = 0, .shift = 20, .grade = 2}),
       true},
      {"same values as the last row, a greater key", two, Put({.id = 9, .shift = 20, .grade = 2}),
       false},
      {"the last row deleted", two, Delete(2), true},
      {"the next row deleted", two, Delete(3), false},
      {"limit 0 reads nothing", none, Put({.id = 9, .shift = 1}), false},
      {"cursor left early, before", stopped, Put({.id = 9, .shift = 15}), true},
      {"cursor left early, beyond", stopped, Put({.id = 9, .shift = 25}), false},
      {"a sort reads everything", sorted, Put({.id = 9, .shift = 1}), true},
      {"keys: before", keys, Delete(3), true},
      {"keys: beyond", keys, Delete(4), false},
      {"keys: below", keys, Delete(1), false},
  });
}

TEST_CASE("conflict: backwards, a limit ends what is read as well", "[api][transaction]") {
  const Read two = Ask(Backwards().Limit(2), "5 4");
  const Read bounded = Ask(Backwards().Where("shift < 30").Limit(1), "2");
  const Read all = Ask(Backwards().Where("shift < 30"), "2 1");
  CheckAll({
      {"from the end: at the end", two, Put({.id = 9, .shift = 99}), true},
      {"from the end: between", two, Put({.id = 9, .shift = 45}), true},
      {"from the end: beyond", two, Put({.id = 9, .shift = 35}), false},
      {"from a bound: above it", bounded, Put({.id = 9, .shift = 30}), false},
      {"from a bound: first", bounded, Put({.id = 9, .shift = 29}), true},
      {"from a bound: beyond", bounded, Put({.id = 9, .shift = 11}), false},
      {"to the beginning", all, Put({.id = 9, .shift = -5}), true},
  });
}

TEST_CASE("conflict: what an index covers is all that is read", "[api][transaction]") {
  const Read covered =
      Ask(Shifts("shift <= 30").Select({"shift", "name"}), "10:name1 20:name2 30:name3");
  CheckAll({
      {"a covered field", covered, Change(2, [](Doctor* doctor) { doctor->name = "x"; }), true},
      {"a field of the key", covered, MoveTo(2, 21), true},
      {"another field", covered, Change(2, [](Doctor* doctor) { doctor->note = "n"; }), false},
      {"a covered field elsewhere", covered, Change(4, [](Doctor* doctor) { doctor->name = "x"; }),
       false},
  });
}

TEST_CASE("conflict: partial and fanning-out indexes", "[api][transaction]") {
  const Read on_call =
      Ask(Query("doctor").Where("onCall = true").Where("shift < 40").UseIndex("onCall"), "1 3");
  const Read tag = Ask(Query("doctor").Where("tags = t2").UseIndex("byTag"), "2");
  CheckAll({
      {"partial: one comes in", on_call, Change(2, [](Doctor* d) { d->on_call = true; }), true},
      {"partial: one goes out", on_call, Change(3, [](Doctor* d) { d->on_call = false; }), true},
      {"partial: one that is not in it", on_call, Put({.id = 9, .shift = 15}), false},
      {"partial: one outside the stretch", on_call, Change(4, [](Doctor* d) { d->on_call = true; }),
       false},
      {"fan-out: another gets the tag", tag,
       Change(4,
              [](Doctor* d) {
                d->tags = {"t2", "x"};
              }),
       true},
      {"fan-out: it loses the tag", tag, Change(2, [](Doctor* d) { d->tags = {"all"}; }), true},
      {"fan-out: another tag elsewhere", tag, Change(4, [](Doctor* d) { d->tags = {"t22"}; }),
       false},
  });
}

TEST_CASE("conflict: several stretches", "[api][transaction]") {
  const Read read = Ask(Query("doctor").WhereIn("shift", {10, 30}).UseIndex("byShift"), "1 3");
  CheckAll({
      {"in one of them", read, Put({.id = 9, .shift = 30}), true},
      {"between them", read, Put({.id = 9, .shift = 20}), false},
  });
}

TEST_CASE("conflict: unique values that were looked for", "[api][transaction]") {
  const Read absent = Ask(Query("doctor").Where("code = c9"), "");
  CheckAll({
      {"taken meanwhile", absent, Put({.id = 9, .code = "c9"}), true},
      {"a longer one taken", absent, Put({.id = 9, .code = "c99"}), false},
  });
}

TEST_CASE("conflict: on-call doctors, one of whom must stay", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  const auto leave = [&](Transaction& transaction, int n) {
    const Query query = Query("doctor").Where("onCall = true").UseIndex("onCall");
    CHECK(Ids(transaction, query) == "1 3 5");
    Doctor doctor = Nth(n);
    doctor.on_call = false;
    REQUIRE_OK(Put(transaction, doctor));
  };
  REQUIRE_OK_AND_ASSIGN(Transaction first, database->Begin());
  REQUIRE_OK_AND_ASSIGN(Transaction second, database->Begin());
  leave(first, 1);
  leave(second, 3);
  REQUIRE_OK(std::move(first).Commit());
  CHECK_THAT(std::move(second).Commit(), StatusIs(absl::StatusCode::kAborted, "begin again"));
}

TEST_CASE("conflict: of two inserts of a key the second is Aborted", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction first, database->Begin());
  REQUIRE_OK_AND_ASSIGN(Transaction second, database->Begin());
  REQUIRE_OK(Put(first, {.id = 9, .shift = 1}, WriteIntent::kInsert));
  REQUIRE_OK(Put(second, {.id = 9, .shift = 2}, WriteIntent::kInsert));
  REQUIRE_OK(std::move(first).Commit());
  CHECK_THAT(std::move(second).Commit(), StatusIs(absl::StatusCode::kAborted, "begin again"));
  REQUIRE_OK_AND_ASSIGN(Transaction third, database->Begin());
  CHECK_THAT(Put(third, {.id = 9}, WriteIntent::kInsert),
             StatusIs(absl::StatusCode::kAlreadyExists, "key=9"));
}

TEST_CASE("conflict: a failed insert has read that the key is taken", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  CHECK_THAT(Put(transaction, {.id = 5}, WriteIntent::kInsert),
             StatusIs(absl::StatusCode::kAlreadyExists, "key=5"));
  REQUIRE_OK(transaction.Put("nurse", R"({"id":1,"note":"five is taken"})"));
  REQUIRE_OK(database->Delete("doctor", {5}));
  CHECK_THAT(std::move(transaction).Commit(), StatusIs(absl::StatusCode::kAborted, "begin again"));
}

TEST_CASE("conflict: blind upserts never abort one another", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction first, database->Begin());
  REQUIRE_OK_AND_ASSIGN(Transaction second, database->Begin());
  REQUIRE_OK(Put(first, {.id = 3, .shift = 77, .tags = {"first"}}));
  REQUIRE_OK(Put(second, {.id = 3, .shift = 88, .tags = {"second"}}));
  REQUIRE_OK_AND_ASSIGN(const CommitVersion sixth, std::move(first).Commit());
  REQUIRE_OK_AND_ASSIGN(const CommitVersion seventh, std::move(second).Commit());
  CHECK(sixth == CommitVersion(6));
  CHECK(seventh == CommitVersion(7));
  // What the first one had put into the indexes is gone.
  REQUIRE_OK_AND_ASSIGN(Transaction after, database->Begin());
  CHECK(Ids(after, Shifts("shift > 50")) == "3");
  CHECK(Ids(after, Query("doctor").Where("tags = first").UseIndex("byTag")).empty());
  CHECK(Ids(after, Query("doctor").Where("tags = second").UseIndex("byTag")) == "3");
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

TEST_CASE("conflict: a unique value goes to whoever commits first", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction first, database->Begin());
  REQUIRE_OK_AND_ASSIGN(Transaction second, database->Begin());
  REQUIRE_OK(Put(first, {.id = 8, .code = "c8"}));
  REQUIRE_OK(Put(second, {.id = 9, .code = "c8"}));
  SECTION("the other is told that it is taken") {
    REQUIRE_OK(std::move(first).Commit());
    CHECK_THAT(std::move(second).Commit(),
               StatusIs(absl::StatusCode::kAlreadyExists,
                        "another record has these values of a unique index; table=doctor; "
                        "index=byCode; values=code 'c8'; key=9; other key=8"));
  }
  SECTION("the other is Aborted when it had looked") {
    CHECK(Ids(second, Query("doctor").Where("code = c8")) == "9");
    REQUIRE_OK(std::move(first).Commit());
    CHECK_THAT(std::move(second).Commit(), StatusIs(absl::StatusCode::kAborted, "begin again"));
  }
  SECTION("nobody is in the way when the first gives it up again") {
    REQUIRE_OK(std::move(first).Commit());
    REQUIRE_OK(database->Delete("doctor", {8}));
    REQUIRE_OK(std::move(second).Commit());
  }
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

TEST_CASE("conflict: a transaction that only reads never aborts", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  CHECK(Ids(transaction, Query("doctor")) == "1 2 3 4 5");
  for (int n = 1; n <= 5; ++n) REQUIRE_OK(database->Delete("doctor", {n}));
  CHECK(Ids(transaction, Query("doctor")) == "1 2 3 4 5");
  REQUIRE_OK_AND_ASSIGN(const CommitVersion version, std::move(transaction).Commit());
  CHECK(version == CommitVersion(5));
}

TEST_CASE("conflict: neither does one whose writes change nothing", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  CHECK(Ids(transaction, Query("doctor")) == "1 2 3 4 5");
  REQUIRE_OK(Put(transaction, Nth(2), WriteIntent::kUpdate));
  REQUIRE_OK(Put(transaction, {.id = 9}, WriteIntent::kInsert));
  REQUIRE_OK(transaction.Delete("doctor", {9}));
  REQUIRE_OK(database->Delete("doctor", {2}));
  REQUIRE_OK_AND_ASSIGN(const CommitVersion version, std::move(transaction).Commit());
  CHECK(version == CommitVersion(5));
}

TEST_CASE("conflict: what is read from the snapshot does not count", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  REQUIRE_OK(Put(transaction, {.id = 9, .shift = 90}));
  REQUIRE_OK(database->Delete("doctor", {5}));
  const ReadView snapshot = transaction.snapshot();
  CHECK(snapshot.version() == CommitVersion(5));
  REQUIRE_OK_AND_ASSIGN(const auto deleted, database->Find(snapshot, "doctor", {5}));
  CHECK(deleted.has_value());
  // Nor are the transaction's own writes there.
  REQUIRE_OK_AND_ASSIGN(const auto written, database->Find(snapshot, "doctor", {9}));
  CHECK(!written.has_value());
  auto cursor = database->Run(snapshot, Query("doctor").OrderBy("shift"));
  REQUIRE_OK(cursor);
  int rows = 0;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    ++rows;
  }
  CHECK(rows == 5);
  REQUIRE_OK(std::move(transaction).Commit());
}

TEST_CASE("conflict: what was read counts although the write that asked is taken back",
          "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  const Transaction::Savepoint start = transaction.MakeSavepoint();
  REQUIRE_OK(transaction.Delete("doctor", {5}));
  REQUIRE_OK(transaction.RollbackTo(start));
  REQUIRE_OK(transaction.Put("nurse", R"({"id":1})"));
  REQUIRE_OK(database->Delete("doctor", {5}));
  CHECK_THAT(std::move(transaction).Commit(), StatusIs(absl::StatusCode::kAborted, "begin again"));
}

TEST_CASE("conflict: an import writes all of its table", "[api][transaction]") {
  const TempDir directory;
  const auto database = FiveDoctors(directory);
  testing::WriteFile(directory / "new.jsonl", R"({"id":9,"shift":90})");
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  const auto import = [&] { REQUIRE_OK(database->Import("doctor", directory / "new.jsonl", {})); };
  SECTION("a key of it was read") {
    REQUIRE_OK(transaction.Find("doctor", {2}));
    import();
    REQUIRE_OK(transaction.Put("nurse", R"({"id":1})"));
    CHECK_THAT(std::move(transaction).Commit(),
               StatusIs(absl::StatusCode::kAborted, "begin again"));
  }
  SECTION("a stretch of an index of it was read") {
    CHECK(Ids(transaction, Shifts("shift < 20").Select({"shift"})) == "10");
    import();
    REQUIRE_OK(transaction.Put("nurse", R"({"id":1})"));
    CHECK_THAT(std::move(transaction).Commit(),
               StatusIs(absl::StatusCode::kAborted, "begin again"));
  }
  SECTION("another table was read") {
    REQUIRE_OK(transaction.Find("nurse", {1}));
    import();
    REQUIRE_OK(Put(transaction, {.id = 9, .shift = 91}));
    REQUIRE_OK(std::move(transaction).Commit());
    REQUIRE_OK_AND_ASSIGN(Transaction after, database->Begin());
    CHECK(Ids(after, Shifts("shift >= 90")) == "9");
  }
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

}  // namespace
}  // namespace daftar
