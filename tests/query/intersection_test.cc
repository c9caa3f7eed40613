// Queries that are answered by what several indexes have in common: when, how they show, how little
// they read, and what transactions and earlier states see.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::InMemory;
using testing::MakeDatabase;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["authority", "serial desc"])
    $Daftar.index(name = "byZone", on = ["zone"], covering = ["firm"])
    $Daftar.index(name = "byState", on = ["state"])
    $Daftar.index(name = "byKind", on = ["kind", "state"])
    $Daftar.index(name = "byDay", on = ["day"])
    $Daftar.index(name = "urgent", on = ["desk"], where = "state = 1")
    $Daftar.index(name = "byCode", on = ["codes.scheme", "codes.value"])
    $Daftar.index(name = "byValue", on = ["codes.value"]) {
  authority @0 :Text; serial @1 :UInt32; zone @2 :Text; state @3 :UInt8; kind @4 :UInt8;
  day @5 :UInt16; desk @6 :UInt8; firm @7 :Text; note @8 :Text; codes @9 :List(Code);
}
struct Code { scheme @0 :Text; value @1 :UInt8; }
)";

constexpr int kPermits = 6000;

std::string PermitJson(int i) {
  return absl::StrCat(R"({"authority":"A)", i % 2, R"(","serial":)", i, R"(,"zone":"Z)", i % 7,
                      R"(","state":)", i % 5, R"(,"kind":)", i % 11, R"(,"day":)", i, R"(,"desk":)",
                      i % 13, R"(,"firm":"F)", i % 97, R"(","note":"n)", i,
                      R"(","codes":[{"scheme":"isic","value":)", i % 3,
                      R"(},{"scheme":"hs","value":)", i % 4, "}]}");
}

std::unique_ptr<Database> Filled(const TempDir& directory) {
  auto database = MakeDatabase(directory, kSchema, InMemory());
  REQUIRE_OK(database);
  Batch batch = (*database)->NewBatch();
  for (int i = 0; i < kPermits; ++i) REQUIRE_OK(batch.Put("permit", PermitJson(i)));
  REQUIRE_OK((*database)->Commit(std::move(batch)));
  REQUIRE_OK((*database)->Analyze());
  return *std::move(database);
}

struct Ran {
  std::string plan;
  QueryCounts counts;
  std::vector<std::string> rows;  // the first columns
};

Ran Run(const Database& database, const Query& query) {
  auto cursor = database.Run(query);
  REQUIRE_OK(cursor);
  Ran ran;
  ran.plan = cursor->Explain();
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    if (!query.columns().empty()) ran.rows.push_back(cursor->values()[0].ToString());
  }
  ran.counts = cursor->counts();
  return ran;
}

TEST_CASE("intersection: the planner takes it where counts say that it costs clearly less",
          "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const Query both = Query("permit").Where("zone = Z3").Where("state = 2");
  struct Case {
    const char* name;
    Query query;
    const char* plan;  // all of it
    uint64_t entries_max;
    uint64_t fetched;
    uint64_t rows;
  };
  const Case cases[] = {
      {"two indexes", both,
       "intersection of 2 scans\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "read each record\n"
       "expected: 2080 entries, 175 rows\n",
       2100, 171, 171},
      {"covered by the one that is read first", Query(both).Select({"firm", "serial"}),
       "intersection of 2 scans\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "read no record: covered\n"
       "expected: 2080 entries, 175 rows\n",
       2100, 0, 171},
      {"in the order of the primary key",
       Query(both).OrderBy("authority").OrderBy("serial", SortDirection::kDescending),
       "intersection of 2 scans\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "read each record\n"
       "in order of authority, serial desc, as scanned\n"
       "expected: 2080 entries, 175 rows\n",
       2100, 171, 171},
      {"against it", Query(both).OrderBy("authority", SortDirection::kDescending).OrderBy("serial"),
       "intersection of 2 scans, backwards\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "read each record\n"
       "in order of authority desc, serial, as scanned\n"
       "expected: 2080 entries, 175 rows\n",
       2100, 171, 171},
      {"in another order", Query(both).OrderBy("firm").Limit(3),
       "intersection of 2 scans\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "read each record\n"
       "sort by firm\n"
       "stop after 3 of the sorted rows\n"
       "expected: 2080 entries, 3 rows\n",
       2100, 171, 3},
      {"an order that an index gives with few rows", Query(both).OrderBy("day").Limit(2),
       "scan permit by index byDay, all entries\n"
       "read each record\n"
       "keep where zone = Z3 and state = 2\n"
       "in order of day, as scanned\n"
       "stop after 2 rows\n"
       "expected: 70 entries, 2 rows\n",
       100, 100, 2},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    const Ran ran = Run(*database, test.query);
    CHECK(ran.plan == test.plan);
    CHECK(ran.counts.entries_read <= test.entries_max);
    if (test.fetched < 200) CHECK(ran.counts.records_fetched <= test.fetched);
    CHECK(ran.counts.rows == test.rows);
    REQUIRE_OK_AND_ASSIGN(const CountResult counted, database->Count(both));
    CHECK(counted.records == 171);
    CHECK(counted.records_fetched == 0);
  }
}

TEST_CASE("intersection: what else a plan may be made of", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  struct Case {
    const char* name;
    Query query;
    const char* plan;  // part of it
    uint64_t rows;
  };
  const Case cases[] = {
      {"three indexes, asked for",
       Query("permit")
           .Where("zone = Z3")
           .Where("codes.value = 1")
           .Where("state = 2")
           .UseIndex("byZone and byState and byValue"),
       "intersection of 3 scans\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "  scan permit by index byValue where codes.value = 1\n"
       "read each record\n",
       0},
      {"a rare value is left alone", Query("permit").Where("day = 17").Where("state = 2"),
       "scan permit by index byDay where day = 17\n", 1},
      {"an index whose fields are not all held is none of it",
       Query("permit").Where("kind = 4").Where("zone > Z5"), "scan permit by index byKind", 0},
      {"one asks what the other asks, too", Query("permit").Where("kind = 4").Where("state = 2"),
       "scan permit by index byKind where kind = 4 and state = 2\n", 0},
      {"a partial index, asked for",
       Query("permit")
           .Where("state = 1")
           .Where("desk = 3")
           .Where("zone = Z3")
           .UseIndex("urgent and byZone"),
       "intersection of 2 scans\n"
       "  scan permit by index urgent where desk = 3\n"
       "  scan permit by index byZone where zone = Z3\n"
       "read each record\n"
       "keep where state = 1\n",
       0},
      {"elements of one list, of which one must meet both",
       Query("permit")
           .Where("codes.scheme = hs")
           .Where("codes.value = 2")
           .UseIndex("byValue and byCode"),
       "intersection of 2 scans\n"
       "  scan permit by index byValue where codes.value = 2\n"
       "  scan permit by index byCode where codes.scheme = hs and codes.value = 2\n"
       "read each record\n",
       0},
      {"each of two alternatives",
       Query("permit").WhereAny(
           {AllOf().Where("zone = Z3 and state = 2"), AllOf().Where("zone = Z4 and state = 3")}),
       "rows of 2 scans\n"
       "  intersection of 2 scans\n"
       "    scan permit by index byZone where zone = Z3\n"
       "    scan permit by index byState where state = 2\n"
       "  read each record\n"
       "  intersection of 2 scans\n",
       0},
      {"alternatives beside it",
       Query("permit")
           .Where("zone = Z3")
           .Where("state = 2")
           .WhereAny({AllOf().Where("note = n3"), AllOf().Where("firm = F17")}),
       "intersection of 2 scans\n"
       "  scan permit by index byZone where zone = Z3\n"
       "  scan permit by index byState where state = 2\n"
       "read each record\n"
       "keep where note = n3, or firm = F17\n",
       0},
      {"distinct rows",
       Query("permit").Where("zone = Z3").Where("state = 2").Select({"authority"}).Distinct(),
       "intersection of 2 scans\n", 2},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    const Ran ran = Run(*database, test.query);
    CAPTURE(ran.plan);
    CHECK(ran.plan.find(test.plan) != std::string::npos);
    // What the records say.
    const Ran all = Run(*database, Query(test.query).UseIndex("primary"));
    CHECK(ran.counts.rows == all.counts.rows);
    if (test.rows > 0) CHECK(ran.counts.rows == test.rows);
  }
}

TEST_CASE("intersection: indexes that cannot be read side by side are named", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const Query query = Query("permit").Where("zone = Z3").Where("kind = 2").Where("day > 7");
  struct Case {
    const char* indexes;
    absl::StatusCode code;
    const char* part;
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  const Case cases[] = {
      {"byZone and byKind", invalid, "each of its fields to a single value; index=byKind"},
      {"byDay and byZone", invalid, "index=byDay"},
      {"byZone and urgent", invalid, "holds only some records; index=urgent"},
      {"byZone and byCode", invalid, "index=byCode"},
      {"byZone and primary", invalid, "the primary key cannot be intersected"},
      {"byZone and byNothing", absl::StatusCode::kNotFound, "index=byNothing"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.indexes);
    CHECK_THAT(database->Run(Query(query).UseIndex(test.indexes)), StatusIs(test.code, test.part));
  }
}

TEST_CASE("intersection: every limit ends it at a place where it goes on", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const Query query = Query("permit")
                          .Where("zone = Z3")
                          .Where("state = 2")
                          .Where("desk = 5")
                          .Select({"serial", "note"});
  const std::vector<std::string> all = Run(*database, Query(query).Paged()).rows;
  REQUIRE(all.size() > 5);
  struct Case {
    const char* name;
    QueryLimits limits;
    StopReason reason;
  };
  QueryLimits no_time;
  no_time.time_max = std::chrono::milliseconds(0);
  const Case cases[] = {
      {"entries", {.entries_read_max = 2}, StopReason::kEntryLimit},
      {"more entries", {.entries_read_max = 37}, StopReason::kEntryLimit},
      {"bytes", {.row_bytes_max = 1}, StopReason::kByteLimit},
      {"time", no_time, StopReason::kTimeLimit},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    std::vector<std::string> rows;
    std::string continuation;
    int pages = 0;
    for (bool more = true; more; ++pages) {
      Query page = Query(query).Paged().Within(test.limits);
      if (!continuation.empty()) page.After(continuation);
      auto cursor = database->Run(page);
      REQUIRE_OK(cursor);
      CHECK(cursor->Explain().starts_with("intersection of 2 scans\n"));
      while (*cursor->Next()) rows.push_back(cursor->values()[0].ToString());
      CHECK(cursor->counts().entries_read <= test.limits.entries_read_max);
      more = cursor->stop_reason() != StopReason::kExhausted;
      if (more) REQUIRE(cursor->stop_reason() == test.reason);
      // No time is enough for nothing.
      if (test.limits.time_max.has_value()) break;
      REQUIRE_OK_AND_ASSIGN(const std::string next, cursor->Continuation());
      // Each page gets on, also when it gives no row.
      REQUIRE((!more || next != continuation));
      continuation = next;
    }
    if (test.limits.time_max.has_value()) continue;
    CHECK(rows == all);
    CHECK(pages > 1);
  }
}

// What a transaction has read are the stretches that it walked over: the rest may change.
TEST_CASE("intersection: a transaction depends on what it says, and on nothing else", "[query]") {
  const TempDir directory;
  const auto database = Filled(directory);
  const auto insert = [](int serial, const char* zone, int state) {
    return absl::StrCat(R"({"authority":"A0","serial":)", serial, R"(,"zone":")", zone,
                        R"(","state":)", state, "}");
  };
  struct Case {
    const char* name;
    std::string other;  // what somebody else writes
    bool conflicts;
  };
  const Case cases[] = {
      {"one that meets both", insert(100001, "Z3", 2), true},
      {"one that meets neither", insert(100002, "Z4", 3), false},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
    auto cursor = transaction.Run(
        Query("permit").Where("zone = Z3").Where("state = 2").UseIndex("byZone and byState"));
    REQUIRE_OK(cursor);
    int rows = 0;
    while (*cursor->Next()) ++rows;
    CHECK(rows > 100);
    REQUIRE_OK(database->Put("permit", test.other));
    REQUIRE_OK(transaction.Put("permit", insert(200000 + rows, "Z0", 0)));
    const auto committed = std::move(transaction).Commit();
    if (test.conflicts) {
      CHECK_THAT(committed, StatusIs(absl::StatusCode::kAborted, ""));
    } else {
      REQUIRE_OK(committed);
    }
  }
}

TEST_CASE("intersection: any write that would change its answer makes a transaction begin again",
          "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kSchema, InMemory()));
  const auto json = [&](int serial) {
    return absl::StrCat(R"({"authority":"A","serial":)", serial, R"(,"zone":"Z)", below(2),
                        R"(","state":)", below(2), R"(,"kind":)", below(2), "}");
  };
  constexpr int kSerials = 60;
  CommitOptions buffered;
  buffered.durability = Durability::kBuffered;
  const Query query = Query("permit")
                          .Where("zone = Z1")
                          .Where("state = 1")
                          .Select({"serial"})
                          .Paged()
                          .UseIndex("byZone and byState");
  int conflicts = 0;
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    const uint64_t limit = 1 + static_cast<uint64_t>(below(20));
    const Query asked = Query(query).Limit(limit);
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
    const auto rows_of = [](absl::StatusOr<Cursor> cursor) {
      REQUIRE_OK(cursor);
      std::vector<std::string> rows;
      while (*cursor->Next()) rows.push_back(cursor->values()[0].ToString());
      return rows;
    };
    const std::vector<std::string> before = rows_of(transaction.Run(asked));
    const int serial = below(kSerials);
    if (below(3) == 0) {
      const absl::Status deleted =
          database->Delete("permit", Key{"A", static_cast<uint64_t>(serial)}, buffered);
      if (!deleted.ok()) CHECK_THAT(deleted, StatusIs(absl::StatusCode::kNotFound, ""));
    } else {
      REQUIRE_OK(database->Put("permit", json(serial), WriteIntent::kUpsert, buffered));
    }
    const std::vector<std::string> after = rows_of(database->Run(asked));
    // A transaction that changes nothing is right as of when it began.
    REQUIRE_OK(transaction.Put(
        "permit", absl::StrCat(R"({"authority":"B","serial":)", round, R"(,"zone":"Z9"})")));
    const auto committed = std::move(transaction).Commit(buffered);
    CAPTURE(limit, serial, before, after);
    if (before != after) {
      ++conflicts;
      REQUIRE_THAT(committed, StatusIs(absl::StatusCode::kAborted, ""));
    }
  }
  CHECK(conflicts > 10);
}

TEST_CASE("intersection: every earlier state gives what it gave then", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kSchema, InMemory()));
  CommitOptions buffered;
  buffered.durability = Durability::kBuffered;
  struct State {
    std::string zone;
    int state = 0;
  };
  std::map<int, State> now;
  std::vector<std::pair<CommitVersion, std::map<int, State>>> states;
  for (int commit = 0; commit < 80; ++commit) {
    Batch batch = database->NewBatch();
    for (int i = 0; i < 8; ++i) {
      const int serial = below(90);
      if (now.contains(serial) && below(3) == 0) {
        REQUIRE_OK(batch.Delete("permit", Key{"A", static_cast<uint64_t>(serial)}));
        now.erase(serial);
        continue;
      }
      const State state{absl::StrCat("Z", below(2)), below(2)};
      now[serial] = state;
      REQUIRE_OK(batch.Put("permit",
                           absl::StrCat(R"({"authority":"A","serial":)", serial, R"(,"zone":")",
                                        state.zone, R"(","state":)", state.state, "}"),
                           WriteIntent::kUpsert));
    }
    REQUIRE_OK_AND_ASSIGN(const CommitVersion version,
                          database->Commit(std::move(batch), buffered));
    states.emplace_back(version, now);
  }
  for (const auto& [version, model] : states) {
    CAPTURE(version.value());
    REQUIRE_OK_AND_ASSIGN(const ReadView view, database->View(AsOf::Commit(version)));
    for (const SortDirection direction : {SortDirection::kAscending, SortDirection::kDescending}) {
      std::vector<std::string> expected;
      for (const auto& [serial, state] : model) {
        if (state.zone == "Z1" && state.state == 1) expected.push_back(absl::StrCat(serial));
      }
      // The key's own order is descending in this field.
      if (direction == SortDirection::kDescending) std::reverse(expected.begin(), expected.end());
      auto cursor = database->Run(view, Query("permit")
                                            .Where("zone = Z1")
                                            .Where("state = 1")
                                            .Where("authority = A")
                                            .Select({"serial"})
                                            .OrderBy("serial", direction)
                                            .UseIndex("byState and byZone"));
      REQUIRE_OK(cursor);
      std::vector<std::string> rows;
      while (*cursor->Next()) rows.push_back(cursor->values()[0].ToString());
      REQUIRE(rows == expected);
    }
  }
}

}  // namespace
}  // namespace daftar
