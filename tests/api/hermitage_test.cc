// The scenarios of Hermitage (github.com/ept/hermitage), each of which shows an anomaly where
// isolation is weaker than serializable. Predicates are asked by primary key and by an index.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kTest = R"(
struct Test $Daftar.table(name = "test", key = ["id"])
    $Daftar.index(name = "byValue", on = ["value"]) {
  id @0 :UInt32;
  value @1 :Int32;
}
)";

std::string Json(int id, int value) {
  return absl::StrCat("{\"id\":", id, ",\"value\":", value, "}");
}

// The table with 1 -> 10 and 2 -> 20, on disk or in memory, asked through one of its orders.
class Hermitage {
 public:
  Hermitage() {
    const bool in_memory = GENERATE(true, false);
    index_ = GENERATE("primary", "byValue");
    CAPTURE(in_memory, index_);
    auto made = MakeDatabase(directory_, kTest, {.in_memory = in_memory});
    REQUIRE_OK(made);
    database_ = *std::move(made);
    REQUIRE_OK(database_->Put("test", Json(1, 10)));
    REQUIRE_OK(database_->Put("test", Json(2, 20)));
  }

  Transaction Begin() {
    auto transaction = database_->Begin();
    REQUIRE_OK(transaction);
    return *std::move(transaction);
  }

  // The value of a record; -1 when there is none.
  int Read(Transaction& transaction, int id) const {
    auto record = transaction.Find("test", {id});
    REQUIRE_OK(record);
    if (!record->has_value()) return -1;
    const auto value = (*record)->Get("value");
    REQUIRE_OK(value);
    return static_cast<int>(*value->get_if<int64_t>());
  }

  // What meets a condition, as "1:10 2:20"; all records without one.
  std::string Select(Transaction& transaction, const std::string& condition = "") const {
    Query query("test");
    if (!condition.empty()) query.Where(std::string_view(condition));
    auto cursor = transaction.Run(query.UseIndex(index_));
    REQUIRE_OK(cursor);
    std::string rows;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) return rows;
      REQUIRE_OK_AND_ASSIGN(const Record record, cursor->record());
      REQUIRE_OK_AND_ASSIGN(const Value id, record.Get("id"));
      REQUIRE_OK_AND_ASSIGN(const Value value, record.Get("value"));
      absl::StrAppend(&rows, rows.empty() ? "" : " ", id.ToString(), ":", value.ToString());
    }
  }

  std::string Final() {
    Transaction transaction = Begin();
    return Select(transaction);
  }

 private:
  const TempDir directory_;
  std::string index_;
  std::unique_ptr<Database> database_;
};

void Update(Transaction& transaction, int id, int value) {
  REQUIRE_OK(transaction.Put("test", Json(id, value), WriteIntent::kUpdate));
}
void Insert(Transaction& transaction, int id, int value) {
  REQUIRE_OK(transaction.Put("test", Json(id, value), WriteIntent::kInsert));
}
void Upsert(Transaction& transaction, int id, int value) {
  REQUIRE_OK(transaction.Put("test", Json(id, value), WriteIntent::kUpsert));
}
void Delete(Transaction& transaction, int id) { REQUIRE_OK(transaction.Delete("test", {id})); }

void CommitOk(Transaction transaction) { REQUIRE_OK(std::move(transaction).Commit()); }
void CommitAborted(Transaction transaction) {
  CHECK_THAT(std::move(transaction).Commit(),
             StatusIs(absl::StatusCode::kAborted,
                      "another commit changed what the transaction has read; begin again"));
}

TEST_CASE("hermitage: G0, writes of two transactions do not mix", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  SECTION("updates, which read whether the record is there: the second is Aborted") {
    Update(t1, 1, 11);
    Update(t2, 1, 12);
    Update(t1, 2, 21);
    CommitOk(std::move(t1));
    CHECK(db.Final() == "1:11 2:21");
    Update(t2, 2, 22);
    CommitAborted(std::move(t2));
    CHECK(db.Final() == "1:11 2:21");
  }
  SECTION("upserts, which read nothing: the second replaces both") {
    Upsert(t1, 1, 11);
    Upsert(t2, 1, 12);
    Upsert(t1, 2, 21);
    CommitOk(std::move(t1));
    CHECK(db.Final() == "1:11 2:21");
    Upsert(t2, 2, 22);
    CommitOk(std::move(t2));
    CHECK(db.Final() == "1:12 2:22");
  }
}

TEST_CASE("hermitage: G1a, what is rolled back is never read", "[api][hermitage]") {
  Hermitage db;
  Transaction t2 = db.Begin();
  {
    Transaction t1 = db.Begin();
    Update(t1, 1, 101);
    CHECK(db.Select(t2) == "1:10 2:20");
  }
  CHECK(db.Select(t2) == "1:10 2:20");
  CommitOk(std::move(t2));
  CHECK(db.Final() == "1:10 2:20");
}

TEST_CASE("hermitage: G1b, what is overwritten before the commit is never read",
          "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  Update(t1, 1, 101);
  CHECK(db.Select(t2) == "1:10 2:20");
  Update(t1, 1, 11);
  CommitOk(std::move(t1));
  CHECK(db.Select(t2) == "1:10 2:20");
  CommitOk(std::move(t2));
  CHECK(db.Final() == "1:11 2:20");
}

TEST_CASE("hermitage: G1c, two transactions do not both see each other", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  Update(t1, 1, 11);
  Update(t2, 2, 22);
  CHECK(db.Read(t1, 2) == 20);
  CHECK(db.Read(t2, 1) == 10);
  CommitOk(std::move(t1));
  // Neither saw the other, so that no order of the two explains both.
  CommitAborted(std::move(t2));
  CHECK(db.Final() == "1:11 2:20");
}

TEST_CASE("hermitage: OTV, what was seen of a transaction does not vanish", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  const bool blind = GENERATE(false, true);
  CAPTURE(blind);
  Update(t1, 1, 11);
  Update(t1, 2, 19);
  blind ? Upsert(t2, 1, 12) : Update(t2, 1, 12);
  CommitOk(std::move(t1));
  Transaction t3 = db.Begin();
  CHECK(db.Read(t3, 1) == 11);
  blind ? Upsert(t2, 2, 18) : Update(t2, 2, 18);
  CHECK(db.Read(t3, 2) == 19);
  if (blind) {
    CommitOk(std::move(t2));
  } else {
    CommitAborted(std::move(t2));
  }
  CHECK(db.Read(t3, 2) == 19);
  CHECK(db.Read(t3, 1) == 11);
  CommitOk(std::move(t3));
  CHECK(db.Final() == (blind ? "1:12 2:18" : "1:11 2:19"));
}

TEST_CASE("hermitage: PMP, a predicate gives the same rows again", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Select(t1, "value = 30").empty());
  Insert(t2, 3, 30);
  CommitOk(std::move(t2));
  CHECK(db.Select(t1, "value >= 30").empty());
  CommitOk(std::move(t1));
  CHECK(db.Final() == "1:10 2:20 3:30");
}

TEST_CASE("hermitage: PMP, also when what it gives is written", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Select(t1) == "1:10 2:20");
  Update(t1, 1, 20);
  Update(t1, 2, 30);
  CHECK(db.Select(t2, "value = 20") == "2:20");
  Delete(t2, 2);
  CommitOk(std::move(t1));
  CommitAborted(std::move(t2));
  CHECK(db.Final() == "1:20 2:30");
}

TEST_CASE("hermitage: P4, no update is lost", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Read(t1, 1) == 10);
  CHECK(db.Read(t2, 1) == 10);
  Upsert(t1, 1, 11);
  Upsert(t2, 1, 11);
  CommitOk(std::move(t1));
  CommitAborted(std::move(t2));
  CHECK(db.Final() == "1:11 2:20");
}

TEST_CASE("hermitage: G-single, a reader sees one state", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Read(t1, 1) == 10);
  CHECK(db.Read(t2, 1) == 10);
  CHECK(db.Read(t2, 2) == 20);
  Update(t2, 1, 12);
  Update(t2, 2, 18);
  CommitOk(std::move(t2));
  CHECK(db.Read(t1, 2) == 20);
  CommitOk(std::move(t1));
  CHECK(db.Final() == "1:12 2:18");
}

TEST_CASE("hermitage: G-single, also through predicates", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Select(t1, "value in (10, 20)") == "1:10 2:20");
  CHECK(db.Select(t2, "value = 10") == "1:10");
  Update(t2, 1, 12);
  CommitOk(std::move(t2));
  CHECK(db.Select(t1, "value = 12").empty());
  CommitOk(std::move(t1));
  CHECK(db.Final() == "1:12 2:20");
}

TEST_CASE("hermitage: G-single, a write by a predicate after the other's commit",
          "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Read(t1, 1) == 10);
  CHECK(db.Select(t2) == "1:10 2:20");
  Update(t2, 1, 12);
  Update(t2, 2, 18);
  CommitOk(std::move(t2));
  CHECK(db.Select(t1, "value = 20") == "2:20");
  Delete(t1, 2);
  CommitAborted(std::move(t1));
  CHECK(db.Final() == "1:12 2:18");
}

TEST_CASE("hermitage: G-single, a write by a predicate before the other's commit",
          "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Read(t1, 1) == 10);
  CHECK(db.Select(t2) == "1:10 2:20");
  Update(t2, 1, 12);
  CHECK(db.Select(t1, "value = 20") == "2:20");
  Delete(t1, 2);
  Update(t2, 2, 18);
  SECTION("the deleting one comes second") {
    CommitOk(std::move(t2));
    CommitAborted(std::move(t1));
    CHECK(db.Final() == "1:12 2:18");
  }
  SECTION("the deleting one comes first") {
    CommitOk(std::move(t1));
    CommitAborted(std::move(t2));
    CHECK(db.Final() == "1:10");
  }
  SECTION("the deleting one is rolled back") {
    { const Transaction gone = std::move(t1); }
    CommitOk(std::move(t2));
    CHECK(db.Final() == "1:12 2:18");
  }
}

TEST_CASE("hermitage: G2-item, no write skew between two records", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK((db.Read(t1, 1) == 10 && db.Read(t1, 2) == 20));
  CHECK((db.Read(t2, 1) == 10 && db.Read(t2, 2) == 20));
  Upsert(t1, 1, 11);
  Upsert(t2, 2, 21);
  CommitOk(std::move(t1));
  CommitAborted(std::move(t2));
  CHECK(db.Final() == "1:11 2:20");
}

TEST_CASE("hermitage: G2, no write skew between a predicate and new records", "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  Transaction t2 = db.Begin();
  CHECK(db.Select(t1, "value >= 30").empty());
  CHECK(db.Select(t2, "value >= 30").empty());
  Upsert(t1, 3, 30);
  Upsert(t2, 4, 42);
  CommitOk(std::move(t1));
  CommitAborted(std::move(t2));
  CHECK(db.Final() == "1:10 2:20 3:30");
}

TEST_CASE("hermitage: G2, a reader between two edges does not close the cycle",
          "[api][hermitage]") {
  Hermitage db;
  Transaction t1 = db.Begin();
  CHECK(db.Select(t1) == "1:10 2:20");
  Transaction t2 = db.Begin();
  Update(t2, 2, 25);
  CommitOk(std::move(t2));
  Transaction t3 = db.Begin();
  CHECK(db.Select(t3) == "1:10 2:25");
  CommitOk(std::move(t3));
  Update(t1, 1, 0);
  CommitAborted(std::move(t1));
  CHECK(db.Final() == "1:10 2:25");
}

}  // namespace
}  // namespace daftar
