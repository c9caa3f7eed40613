// Aggregates: what they give, and whom they disturb.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "api/claims.h"

namespace daftar {
namespace {

using testing::Claim;
using testing::Claims;
using testing::LinesAt;
using testing::LinesOf;
using testing::NewClaims;
using testing::StatusIs;
using testing::TempDir;
using testing::ToJson;

const Claims kClaims = {
    {1, {.desk = "a", .amount = 10, .fee_cents = 150, .day = 20000, .open = true, .tags = {"x"}}},
    {2, {.desk = "a", .amount = -4, .fee_cents = 5, .tags = {"x", "y"}}},
    {3, {.desk = "a", .currency = "PKR", .amount = 7, .open = true}},
    {4, {.desk = "b", .amount = 1, .day = 20010, .open = true, .tags = {"y"}}},
    {5, {.amount = 2, .day = 20001, .open = true}},
};

absl::Status Put(Database& database, int id, const Claim& claim) {
  return database.Put("claim", ToJson(id, claim));
}

std::unique_ptr<Database> FiveClaims(const TempDir& directory) {
  auto database = NewClaims(directory);
  for (const auto& [id, claim] : kClaims) REQUIRE_OK(Put(*database, id, claim));
  return database;
}

// The groups in the order in which they come, each as "a|IRR 2".
std::string Counts(const Database& database, const AggregateQuery& query) {
  auto cursor = database.Aggregate(query);
  REQUIRE_OK(cursor);
  std::vector<std::string> groups;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) return absl::StrJoin(groups, ", ");
    const auto shown = [](std::string* out, const Value& value) {
      *out += value.is_null() ? "null" : value.ToString();
    };
    groups.push_back(
        absl::StrCat(absl::StrJoin(cursor->group().by, "|", shown), " ", cursor->group().count));
  }
}

TEST_CASE("aggregate: the groups that begin with given values, in their order",
          "[api][aggregate]") {
  const TempDir directory;
  const auto database = FiveClaims(directory);
  const auto [name, aggregate, group, groups] =
      GENERATE(table<const char*, const char*, std::vector<Value>, const char*>({
          {"all of them", "byDesk", {}, "null|IRR 1, a|IRR 2, a|PKR 1, b|IRR 1"},
          {"with a prefix", "byDesk", {"a"}, "a|IRR 2, a|PKR 1"},
          {"one", "byDesk", {"a", "PKR"}, "a|PKR 1"},
          {"without a value", "byDesk", {Value()}, "null|IRR 1"},
          {"none", "byDesk", {"c"}, ""},
          {"descending", "open", {}, "b 1, a 2, null 1"},
          {"of all records", "all", {}, " 5"},
          {"by elements of a list", "byTag", {}, "x 2, y 2"},
      }));
  CAPTURE(name);
  CHECK(Counts(*database, {"claim", aggregate, group}) == groups);
}

TEST_CASE("aggregate: sums, least and greatest values", "[api][aggregate]") {
  const TempDir directory;
  const auto database = FiveClaims(directory);
  CHECK(LinesOf(*database) ==
        testing::GroupLines{
            "all  5 sums 1.55 mins maxs", "byDesk -|IRR 1 sums 2 - mins 2 maxs 2",
            "byDesk a|IRR 2 sums 6 1.55 mins -4 maxs 10", "byDesk a|PKR 1 sums 7 - mins 7 maxs 7",
            "byDesk b|IRR 1 sums 1 - mins 1 maxs 1",
            "open - 1 sums mins 2024-10-05 maxs 2024-10-05",
            "open a 2 sums mins 2024-10-04 maxs 2024-10-04",
            "open b 1 sums mins 2024-10-14 maxs 2024-10-14",
            "byTag x 2 sums 1.55 mins 0.05 maxs 1.50", "byTag y 2 sums 0.05 mins 0.05 maxs 0.05"});
  CHECK(LinesOf(*database) == LinesOf(kClaims));
}

TEST_CASE("aggregate: a question that does not fit is refused", "[api][aggregate]") {
  const TempDir directory;
  const auto database = FiveClaims(directory);
  const auto [name, query, code, message] =
      GENERATE(table<const char*, AggregateQuery, absl::StatusCode, const char*>({
          {"table", {"calim", "all", {}}, absl::StatusCode::kNotFound, "no such table"},
          {"aggregate",
           {"claim", "byDay", {}},
           absl::StatusCode::kNotFound,
           "no such aggregate; aggregate=byDay; table=claim; aggregates=all, byDesk, open, byTag"},
          {"table without any",
           {"note", "all", {}},
           absl::StatusCode::kNotFound,
           "no such aggregate; aggregate=all; table=note; aggregates=(none)"},
          {"too many values",
           {"claim", "all", {"a"}},
           absl::StatusCode::kInvalidArgument,
           "more values than the aggregate has paths; values=1; paths=0; aggregate=all"},
          {"null where there is none",
           {"claim", "byTag", {Value()}},
           absl::StatusCode::kInvalidArgument,
           "no group has null there: the field is never null; path=tags; aggregate=byTag"},
      }));
  CAPTURE(name);
  CHECK_THAT(database->Aggregate(query), StatusIs(code, message));
}

TEST_CASE("aggregate: what was so earlier is answered as of then", "[api][aggregate]") {
  const TempDir directory;
  const auto database = FiveClaims(directory);
  Claims claims;
  std::vector<testing::GroupLines> expected = {LinesOf(claims)};
  for (const auto& [id, claim] : kClaims) {
    claims[id] = claim;
    expected.push_back(LinesOf(claims));
  }
  REQUIRE_OK(database->Delete("claim", {1}));
  for (uint64_t version = 0; version < expected.size(); ++version) {
    CAPTURE(version);
    REQUIRE_OK_AND_ASSIGN(const ReadView view,
                          database->View(AsOf::Commit(CommitVersion(version))));
    CHECK(LinesAt(*database, view) == expected[version]);
  }
}

using Step = std::function<void(Transaction&)>;

Step Write(int id, const Claim& claim) {
  return [=](Transaction& transaction) { REQUIRE_OK(transaction.Put("claim", ToJson(id, claim))); };
}
Step Remove(int id) {
  return [=](Transaction& transaction) { REQUIRE_OK(transaction.Delete("claim", {id})); };
}
// Reads all groups that begin with `group`.
Step Read(const char* aggregate, std::vector<Value> group) {
  return [=](Transaction& transaction) {
    auto cursor = transaction.Aggregate({"claim", aggregate, group});
    REQUIRE_OK(cursor);
    LinesOf(&*cursor, aggregate);
    REQUIRE_OK(transaction.Put("note", R"({"id":1})"));
  };
}
Step Both(Step first, Step second) {
  return [=](Transaction& transaction) {
    first(transaction);
    second(transaction);
  };
}

TEST_CASE("aggregate: only who reads a group is disturbed by who writes in it",
          "[api][aggregate][conflict]") {
  const Claim in_a = {.desk = "a", .amount = 100};
  const Claim in_b = {.desk = "b", .amount = 100};
  const auto [name, mine, others, conflicts] = GENERATE_COPY(table<const char*, Step, Step, bool>({
      {"both add to a group", Write(7, in_a), Write(8, in_a), false},
      {"one adds, one takes away", Write(7, in_a), Remove(1), false},
      {"one makes a group that the other ends", Write(7, in_b), Remove(4), false},
      {"both make a group", Write(7, {.desk = "n"}), Write(8, {.desk = "n"}), false},
      {"a group read, another one written", Read("byDesk", {"a"}), Write(8, in_b), false},
      {"a group read and written", Read("byDesk", {"a"}), Write(8, in_a), true},
      {"a group read that is no more", Read("byDesk", {"b"}), Remove(4), true},
      {"a group read that comes to be", Read("byDesk", {"n"}), Write(8, {.desk = "n"}), true},
      {"all groups read", Read("byDesk", {}), Write(8, in_b), true},
      {"the count of all read", Read("all", {}), Write(8, in_b), true},
      {"a group read whose least value changes", Read("open", {"a"}),
       Write(8, {.desk = "a", .day = 1, .open = true}), true},
      {"a group read that one has changed oneself",
       Both(Write(7, in_a), Read("byDesk", {"a", "IRR"})), Write(8, in_a), true},
      {"a group read that one has made oneself",
       Both(Write(7, {.desk = "n"}), Read("byDesk", {"n", "IRR"})), Write(8, {.desk = "n"}), true},
      {"a group read that one has ended oneself", Both(Remove(4), Read("byDesk", {"b", "IRR"})),
       Write(8, in_b), true},
  }));
  CAPTURE(name);
  const TempDir directory;
  const auto database = FiveClaims(directory);
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  mine(transaction);
  REQUIRE_OK(database->Transact([&write = others](Transaction& other) {
    write(other);
    return absl::OkStatus();
  }));
  const auto committed = std::move(transaction).Commit();
  if (conflicts) {
    CHECK_THAT(committed, StatusIs(absl::StatusCode::kAborted, "another commit changed"));
  } else {
    REQUIRE_OK(committed);
  }
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

TEST_CASE("aggregate: a transaction sees its own writes, and takes them back",
          "[api][aggregate][transaction]") {
  const TempDir directory;
  const auto database = FiveClaims(directory);
  Claims claims = kClaims;
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  CHECK(LinesOf(transaction) == LinesOf(claims));
  claims[9] = {.desk = "n", .amount = 5, .fee_cents = 1, .tags = {"x", "z"}};
  Write(9, claims[9])(transaction);
  CHECK(LinesOf(transaction) == LinesOf(claims));
  const Transaction::Savepoint savepoint = transaction.MakeSavepoint();
  const Claims before = claims;
  claims[1].desk = "n";
  Write(1, claims[1])(transaction);
  claims.erase(9);
  Remove(9)(transaction);
  CHECK(LinesOf(transaction) == LinesOf(claims));
  CHECK(LinesOf(*database) == LinesOf(kClaims));
  REQUIRE_OK(transaction.RollbackTo(savepoint));
  CHECK(LinesOf(transaction) == LinesOf(before));
  REQUIRE_OK(std::move(transaction).Commit());
  CHECK(LinesOf(*database) == LinesOf(before));
}

TEST_CASE("aggregate: a sum of more than 64 bits is exact", "[api][aggregate]") {
  const TempDir directory;
  const auto database = NewClaims(directory);
  for (int id = 1; id <= 3; ++id) REQUIRE_OK(Put(*database, id, {.amount = INT64_MIN}));
  auto cursor = database->Aggregate({"claim", "byDesk", {}});
  REQUIRE_OK(cursor);
  REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
  REQUIRE(more);
  CHECK(cursor->group().sums[0].ToString() == "-27670116110564327424");
  CHECK(cursor->group().mins[0] == Value(INT64_MIN));
}

TEST_CASE("sum: writes all digits", "[api][aggregate]") {
  const auto [sum, text] = GENERATE(table<Sum, const char*>({{{5, 0, 0}, ""},
                                                             {{0, 0, 1}, "0"},
                                                             {{-7, 0, 1}, "-7"},
                                                             {{0, 2, 1}, "0.00"},
                                                             {{5, 2, 1}, "0.05"},
                                                             {{-5, 2, 1}, "-0.05"},
                                                             {{-1250, 2, 3}, "-12.50"},
                                                             {{100, 2, 3}, "1.00"}}));
  CHECK(sum.ToString() == text);
}

TEST_CASE("aggregate: says what it reads", "[api][aggregate]") {
  const TempDir directory;
  const auto database = FiveClaims(directory);
  auto cursor = database->Aggregate({"claim", "byDesk", {"a"}});
  REQUIRE_OK(cursor);
  CHECK(cursor->Explain() ==
        "read groups of aggregate byDesk of claim where desk = a\n"
        "least amount of each from index byAmount\n"
        "greatest amount of each from index byAmount\n");
  LinesOf(&*cursor, "");
  CHECK(cursor->counts().groups == 2);
  CHECK(cursor->counts().entries == 4);
  const AggregateCursor::Paths paths = cursor->paths();
  CHECK(paths.by == std::vector<std::string>{"desk", "currency"});
  CHECK(paths.sums == std::vector<std::string>{"amount", "fee"});
  CHECK(paths.mins == std::vector<std::string>{"amount"});
  CHECK(paths.maxs == paths.mins);
}

}  // namespace
}  // namespace daftar
