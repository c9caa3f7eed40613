// Which index a query takes, and how little it reads.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["authority", "serial"])
    $Daftar.index(name = "byState", on = ["state", "validTo"], covering = ["firm"])
    $Daftar.index(name = "byFirm", on = ["firm", "validTo desc"])
    $Daftar.index(name = "byNumber", on = ["number"], unique = true)
    $Daftar.index(name = "active", on = ["validTo"], where = "state = active")
    $Daftar.index(name = "byCode", on = ["codes.scheme", "codes.value"]) {
  authority @0 :Text;
  serial @1 :UInt32;
  state @2 :State;
  validTo :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  firm @5 :Text;
  number @6 :Text;
  codes @7 :List(Code);
  note @8 :Text;
}
struct Code { scheme @0 :Text; value @1 :Text; }
enum State { draft @0; active @1; revoked @2; }
)";

std::unique_ptr<Database> Filled(const TempDir& directory) {
  OpenOptions options;
  options.in_memory = true;
  auto database = MakeDatabase(directory, kSchema, options);
  REQUIRE_OK(database);
  constexpr const char* kStates[] = {"draft", "active", "revoked"};
  Batch batch = (*database)->NewBatch();
  for (int i = 0; i < 300; ++i) {
    REQUIRE_OK(batch.Put(
        "permit",
        absl::StrCat(R"({"authority":"A)", i % 3, R"(","serial":)", i, R"(,"state":")",
                     kStates[i % 3], R"(","validTo":"2025-01-)", 10 + i % 20, R"(","firm":"F)",
                     i % 10, R"(","number":"N)", i, R"(","codes":[{"scheme":"isic","value":"C)",
                     i % 5, R"("},{"scheme":"hs","value":"C)", i % 5, R"("}]})")));
  }
  REQUIRE_OK((*database)->Commit(std::move(batch)));
  return *std::move(database);
}

TEST_CASE("planner: takes the index that reads least", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  struct Case {
    const char* name;
    Query query;
    const char* plan;      // part of Explain()
    uint64_t entries_max;  // that may be read
    uint64_t fetched_max;
    uint64_t rows;
  };
  const Case cases[] = {
      {"whole primary key", Query("permit").Where("authority = A1").Where("serial = 4"),
       "by primary key where authority = A1 and serial = 4", 1, 0, 1},
      {"part of the primary key", Query("permit").Where("authority = A1"),
       "by primary key where authority = A1", 100, 0, 100},
      {"unique index", Query("permit").Where("number = N17"), "by index byNumber", 1, 1, 1},
      {"equality and range", Query("permit").Where("state = active").Where("validTo < 2025-01-12"),
       "by index byState where state = active and validTo < 2025-01-12", 10, 10, 10},
      {"covered", Query("permit").Where("state = revoked").Select({"firm", "validTo", "serial"}),
       "read no record", 100, 0, 100},
      {"equality, order and limit stop early",
       Query("permit").Where("firm = F3").OrderBy("validTo", SortDirection::kDescending).Limit(5),
       "in order of validTo desc, as scanned", 5, 5, 5},
      {"the same backwards", Query("permit").Where("firm = F3").OrderBy("validTo").Limit(5),
       "backwards", 10, 5, 5},
      {"order alone, what ties is sorted", Query("permit").OrderBy("state").Limit(4),
       "by index byState, all entries\nread each record\nin order of state, as scanned\nsort what "
       "ties "
       "by primary key",
       116, 116, 4},
      {"two orders of one index", Query("permit").OrderBy("state").OrderBy("validTo").Limit(4),
       "in order of state, validTo, as scanned", 4, 4, 4},
      {"one order forwards, one backwards",
       Query("permit").OrderBy("state", SortDirection::kDescending).OrderBy("validTo").Limit(4),
       "backwards\nread each record\nin order of state desc, validTo, as scanned", 9, 4, 4},
      {"several values in one order",
       Query("permit").Where("state in (draft, active)").OrderBy("validTo").Limit(5),
       "2 ranges side by side\nread each record\nin order of validTo, as scanned", 6, 5, 5},
      {"several values in one order, backwards",
       Query("permit")
           .Where("state in (draft, active)")
           .OrderBy("validTo", SortDirection::kDescending)
           .Limit(5),
       "2 ranges side by side, backwards\nread each record\nin order of validTo desc, as scanned",
       17, 5, 5},
      {"distinct values of an index", Query("permit").OrderBy("state").Select({"state"}).Distinct(),
       "read no record: covered\nin order of state, as scanned\ngive each row once", 300, 0, 3},
      {"distinct values without an order",
       Query("permit").Where("firm = F3").Select({"authority"}).Distinct(), "give each row once",
       30, 0, 3},
      {"distinct values that are sorted",
       Query("permit").Where("state = active").OrderBy("firm").Select({"firm"}).Distinct().Limit(4),
       "sort by firm\ngive each row once\nstop after 4 of the sorted rows", 100, 0, 4},
      {"partial index", Query("permit").Where("state = active").OrderBy("validTo").Limit(3),
       "as scanned", 3, 3, 3},
      {"fan-out, one element", Query("permit").Where("codes.scheme = hs").Where("codes.value = C2"),
       "by index byCode where codes.scheme = hs and codes.value = C2", 60, 60, 60},
      {"in list", Query("permit").Where("number in (N1, N5, N9, absent)"), "4 ranges", 3, 3, 3},
      {"prefix", Query("permit").Where("number ^= N29"), "by index byNumber where number ^= N29",
       11, 11, 11},
      {"no rows possible", Query("permit").Where("number > N5").Where("number < N3"), "0 ranges", 0,
       0, 0},
      {"alternatives by an index each",
       Query("permit").WhereAny({AllOf().Where("number = N17"), AllOf().Where("firm = F3")}),
       "rows of 2 scans\n  scan permit by index byNumber where number = N17\n  read each record\n"
       "  scan permit by index byFirm where firm = F3\n  read each record\n"
       "  leave out what the scans before give\n",
       31, 31, 31},
      {"what meets two alternatives comes once",
       Query("permit").WhereAny(
           {AllOf().Where("firm = F3"), AllOf().Where("state = active and validTo < 2025-01-14")}),
       "rows of 2 scans", 50, 50, 45},
      {"alternatives in one order stop early",
       Query("permit")
           .WhereAny(
               {AllOf().Where("state = draft"), AllOf().Where("firm", Operator::kEqual, "F3")})
           .OrderBy("validTo", SortDirection::kDescending)
           .Limit(5),
       "rows of 2 scans, side by side\n", 60, 60, 5},
      {"alternatives that are sorted",
       Query("permit")
           .WhereAny({AllOf().Where("state = draft"), AllOf().Where("firm = F3")})
           .OrderBy("number")
           .Limit(5),
       "sort by number\nstop after 5 of the sorted rows", 130, 130, 5},
      {"beside what is always asked",
       Query("permit")
           .Where("authority = A1")
           .WhereAny({AllOf().Where("serial = 4"), AllOf().Where("serial = 7 and state = active")}),
       "  scan permit by primary key where authority = A1 and serial = 4\n", 2, 0, 2},
      {"an alternative without an index",
       Query("permit").WhereAny({AllOf().Where("note = x"), AllOf().Where("number = N17")}),
       "by primary key, all entries\nkeep where note = x, or number = N17\n", 300, 0, 1},
      {"alternatives that entries answer",
       Query("permit")
           .Where("state = draft")
           .WhereAny({AllOf().Where("firm = F3"), AllOf().Where("validTo < 2025-01-12")})
           .Select({"serial"})
           .UseIndex("byState"),
       "read no record: covered\nkeep where firm = F3, or validTo < 2025-01-12\n", 100, 0, 20},
      {"nothing to go by", Query("permit").Where("note = x"), "all entries", 300, 0, 0},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    auto cursor = database->Run(test.query);
    REQUIRE_OK(cursor);
    const std::string plan = cursor->Explain();
    CAPTURE(plan);
    CHECK(plan.find(test.plan) != std::string::npos);
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
    }
    CHECK(cursor->counts().entries_read <= test.entries_max);
    CHECK(cursor->counts().records_fetched <= test.fetched_max);
    CHECK(cursor->counts().rows == test.rows);
  }
}

TEST_CASE("planner: distinct rows that have no order are refused", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const Query distinct = Query("permit").Distinct();
  CHECK_THAT(database->Run(distinct),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "need columns"));
  CHECK_THAT(database->Run(Query(distinct).Select({"firm"}).OrderBy("state")),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "path=state"));
  CHECK_THAT(database->Run(Query(distinct).Select({"firm", "codes"}).Paged()),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "column=codes"));
}

TEST_CASE("planner: what a rank and an offset take", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const Query query = Query("permit").Where("firm = F3").OrderBy("validTo");
  REQUIRE_OK_AND_ASSIGN(const auto rank, database->Rank(query, Key{"A0", uint64_t{213}}));
  REQUIRE(rank.has_value());
  CHECK(rank->records == 30);
  CHECK(rank->plan.find("by index byFirm where firm = F3") != std::string::npos);
  CHECK(rank->plan.ends_with("count the rows after the record's place\n"));
  // Not of the firm, and not there.
  REQUIRE_OK_AND_ASSIGN(const auto other, database->Rank(query, Key{"A0", uint64_t{0}}));
  CHECK(!other.has_value());
  REQUIRE_OK_AND_ASSIGN(const auto none, database->Rank(query, Key{"A0", uint64_t{1}}));
  CHECK(!none.has_value());
  const Key key{"A0", uint64_t{213}};
  CHECK_THAT(database->Rank(Query("permit").Where("firm = F3"), key),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "takes an order"));
  CHECK_THAT(database->Rank(Query(query).Limit(3), key),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "leave out"));
  CHECK_THAT(database->Rank(query, Key{"A0"}),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, ""));
  CHECK_THAT(database->Count(query),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "leave out the order"));
  auto first = database->Run(Query(query).Paged().Limit(2).Offset(3));
  REQUIRE_OK(first);
  CHECK(first->Explain().find("leave out the first 3 rows\nstop after 2 rows\n") !=
        std::string::npos);
  while (*first->Next()) continue;
  REQUIRE_OK_AND_ASSIGN(const std::string continuation, first->Continuation());
  auto second = database->Run(Query(query).After(continuation).Limit(2));
  REQUIRE_OK(second);
  REQUIRE(*second->Next());
  CHECK_THAT(database->Run(Query(query).After(continuation).Offset(1)),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "leave out the offset"));
}

TEST_CASE("planner: alternatives are one at least and 64 at most", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  CHECK_THAT(database->Run(Query("permit").WhereAny({})),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "one alternative"));
  const std::vector<AllOf> nine(9, AllOf().Where("state = draft"));
  CHECK_THAT(database->Run(Query("permit").WhereAny(nine).WhereAny(nine)),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "limit=64"));
  CHECK_THAT(database->Run(Query("permit").WhereAny({AllOf().Where("none = 1")})),
             testing::StatusIs(absl::StatusCode::kInvalidArgument, "none"));
  // An alternative without conditions is always met.
  CHECK(database->Count(Query("permit").WhereAny({AllOf(), AllOf().Where("firm = F3")}))->records ==
        300);
  // All of several, each in one of its alternatives.
  CHECK(database
            ->Count(Query("permit")
                        .WhereAny({AllOf().Where("state = draft"), AllOf().Where("firm = F3")})
                        .WhereAny({AllOf().Where("serial < 10"), AllOf().Where("serial > 290")}))
            ->records == 8);
}

TEST_CASE("planner: times are measured when asked for", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  for (const bool timed : {false, true}) {
    Query query = Query("permit").Where("state = active").OrderBy("note").Limit(3);
    if (timed) query.Timed();
    auto cursor = database->Run(query);
    REQUIRE_OK(cursor);
    while (*cursor->Next()) continue;
    const QueryTimes times = cursor->times();
    CHECK((times.read.count() > 0) == timed);
    CHECK((times.fetch.count() > 0) == timed);
    CHECK((times.match.count() > 0) == timed);
    CHECK((times.sort.count() > 0) == timed);
    CHECK(times.total >= times.read + times.fetch + times.match + times.sort);
    CHECK(cursor->counts().matches == 100);
    CHECK(cursor->counts().fetches < 10);
  }
}

}  // namespace
}  // namespace daftar
