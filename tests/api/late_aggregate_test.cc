// Aggregates of a table that was there before them: what they give once they are counted, and who
// is told that they are not.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/claims.h"

namespace daftar {
namespace {

using testing::Claim;
using testing::Claims;
using testing::ClaimSchema;
using testing::GroupLines;
using testing::LinesAt;
using testing::LinesOf;
using testing::RandomClaim;
using testing::StatusIs;
using testing::TempDir;
using testing::ToJson;

constexpr int kIds = 900;

// A database without aggregates, and its records as a plain map.
class Book {
 public:
  explicit Book(uint32_t seed) : random_(seed) {
    auto made = testing::MakeDatabase(directory_, ClaimSchema(false));
    REQUIRE_OK(made);
    database_ = *std::move(made);
    testing::WriteFile(directory_ / "late.capnp", testing::SchemaText(ClaimSchema(true)));
    testing::WriteFile(directory_ / "early.capnp", testing::SchemaText(ClaimSchema(false)));
  }

  Database& database() { return *database_; }
  const Claims& claims() const { return claims_; }
  SchemaFile late() const { return {directory_ / "late.capnp", {}}; }
  SchemaFile early() const { return {directory_ / "early.capnp", {}}; }

  void Commit(int count) {
    for (int i = 0; i < count; ++i) {
      const int id = static_cast<int>(random_() % kIds);
      if (claims_.contains(id) && random_() % 4 == 0) {
        REQUIRE_OK(database_->Delete("claim", {id}));
        claims_.erase(id);
      } else {
        claims_[id] = RandomClaim(&random_);
        REQUIRE_OK(database_->Put("claim", ToJson(id, claims_[id])));
      }
    }
  }

  void Import(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      const int id = static_cast<int>(random_() % kIds);
      claims_[id] = RandomClaim(&random_);
      absl::StrAppend(&lines, ToJson(id, claims_[id]), "\n");
    }
    testing::WriteFile(directory_ / "claims.jsonl", lines);
    ImportOptions options;
    options.mode = ImportMode::kUpsert;
    REQUIRE_OK(database_->Import("claim", directory_ / "claims.jsonl", options));
  }

  void Reopen() {
    database_.reset();
    auto opened = Database::Open(directory_ / "db");
    REQUIRE_OK(opened);
    database_ = *std::move(opened);
  }

  // Counts a range, or as many as asked for. Gives whether all was done.
  bool Apply(int ranges) {
    SchemaChangeOptions options;
    options.progress = [&](const IndexProgress& progress) {
      CHECK(progress.table == "claim");
      CHECK(progress.indexes == std::vector<std::string>{"all", "byDesk", "open", "byTag"});
      return ranges-- > 0;
    };
    REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report, database_->ApplySchema(late(), options));
    if (!report.complete) CHECK(report.counted.empty());
    return report.complete;
  }

  void CheckClean() const {
    REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database_->Verify());
    for (const Problem& problem : report.problems) {
      UNSCOPED_INFO(problem.index << " " << problem.key << ": " << problem.message);
    }
    REQUIRE(report.problems_found == 0);
  }

 private:
  const TempDir directory_;
  std::mt19937 random_;
  std::unique_ptr<Database> database_;
  Claims claims_;
};

TEST_CASE("late aggregate: equals a plain map from the commit on that says it is counted",
          "[api][aggregate][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Book book(seed);
  book.Import(800);
  book.Commit(200);
  // Ranges, and between them commits, imports and openings.
  int calls = 0;
  while (!book.Apply(1)) {
    CAPTURE(++calls);
    book.CheckClean();
    book.Commit(10);
    if (calls % 2 == 0) book.Import(50);
    if (calls % 3 == 0) book.Reopen();
    book.CheckClean();
    REQUIRE(calls < 50);
  }
  CHECK(calls > 2);
  const CommitVersion since = book.database().View().version();
  CHECK(LinesOf(book.database()) == LinesOf(book.claims()));
  std::vector<GroupLines> states = {LinesOf(book.claims())};
  for (int i = 0; i < 60; ++i) {
    if (i % 9 == 0) book.Import(20);
    if (i % 9 != 0) book.Commit(1);
    if (i == 30) book.Reopen();
    REQUIRE(LinesOf(book.database()) == LinesOf(book.claims()));
    states.push_back(LinesOf(book.claims()));
  }
  for (size_t i = 0; i < states.size(); ++i) {
    const CommitVersion version(since.value() + i);
    CAPTURE(version.value());
    REQUIRE_OK_AND_ASSIGN(const ReadView view, book.database().View(AsOf::Commit(version)));
    REQUIRE(LinesAt(book.database(), view) == states[i]);
  }
  book.CheckClean();
  CHECK(book.Apply(0));
  CHECK(book.database().View().version().value() == since.value() + states.size() - 1);
}

TEST_CASE("late aggregate: who asks before it is counted, or as of then, is told so",
          "[api][aggregate]") {
  Book book(1);
  book.Import(600);
  const CommitVersion before = book.database().View().version();
  REQUIRE_OK_AND_ASSIGN(const CountResult counted, book.database().Count(Query("claim")));
  const auto count_by_rows = [&](const absl::StatusOr<CountResult>& result) {
    REQUIRE_OK(result);
    CHECK(result->groups_read == 0);
    return result->records;
  };
  CHECK(!book.Apply(1));
  CHECK_THAT(book.database().Aggregate({"claim", "all", {}}),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "the aggregate is still being counted; aggregate=all; remedy=run `daftar "
                      "schema apply` to its end"));
  CHECK(count_by_rows(book.database().Count(Query("claim"))) == counted.records);
  const CommitVersion during = book.database().View().version();
  CHECK(book.Apply(1000));
  const CommitVersion since = book.database().View().version();
  REQUIRE_OK_AND_ASSIGN(const CountResult now, book.database().Count(Query("claim")));
  CHECK(now.groups_read == 1);
  CHECK(now.records == counted.records);
  for (const CommitVersion version : {before, during}) {
    CAPTURE(version.value());
    REQUIRE_OK_AND_ASSIGN(const ReadView view, book.database().View(AsOf::Commit(version)));
    CHECK_THAT(
        book.database().Aggregate(view, {"claim", "all", {}}),
        StatusIs(absl::StatusCode::kFailedPrecondition,
                 absl::StrCat("the aggregate has no totals of that time; ask as of a later "
                              "commit; aggregate=all; as of commit=",
                              version.value(), "; first commit with totals=", since.value())));
    CHECK(count_by_rows(book.database().Count(view, Query("claim"))) == counted.records);
  }
}

TEST_CASE("late aggregate: dropped, it leaves nothing; declared again, it is counted again",
          "[api][aggregate]") {
  Book book(2);
  book.Import(700);
  // One that is half counted, and one that is whole.
  for (const int ranges : {2, 1000}) {
    CAPTURE(ranges);
    book.Apply(ranges);
    book.Commit(20);
    REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                          book.database().ApplySchema(book.early()));
    CHECK(report.complete);
    CHECK(report.removed.size() == 4);
    book.Commit(20);
    book.CheckClean();
    CHECK_THAT(book.database().Aggregate({"claim", "all", {}}),
               StatusIs(absl::StatusCode::kNotFound, "no such aggregate"));
  }
  CHECK(book.Apply(1000));
  CHECK(LinesOf(book.database()) == LinesOf(book.claims()));
  book.CheckClean();
}

}  // namespace
}  // namespace daftar
