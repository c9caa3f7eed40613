// Plans by estimated cost, once a database was analyzed.

#include <catch2/catch_test_macros.hpp>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Firm $Daftar.table(name = "firm", key = ["no"])
    $Daftar.index(name = "byKind", on = ["kind"])
    $Daftar.index(name = "byTown", on = ["town"])
    $Daftar.index(name = "byYear", on = ["year", "town"]) {
  no @0 :UInt32; kind @1 :Text; town @2 :Text; year @3 :UInt16; note @4 :Text;
}
)";

// Nearly all firms are of one kind; towns are many.
std::unique_ptr<Database> Filled(const TempDir& directory, OpenOptions options) {
  auto database = MakeDatabase(directory, kSchema, options);
  REQUIRE_OK(database);
  Batch batch = (*database)->NewBatch();
  for (int i = 0; i < 4000; ++i) {
    REQUIRE_OK(batch.Put(
        "firm", absl::StrCat(R"({"no":)", i, R"(,"kind":")", i % 100 == 0 ? "rare" : "usual",
                             R"(","town":"T)", i % 800, R"(","year":)", 2000 + i % 20, "}")));
  }
  REQUIRE_OK((*database)->Commit(std::move(batch)));
  return *std::move(database);
}

struct Ran {
  std::string plan;
  QueryCounts counts;
};

Ran Run(const Database& database, const Query& query) {
  auto cursor = database.Run(query);
  REQUIRE_OK(cursor);
  Ran ran;
  ran.plan = cursor->Explain();
  while (*cursor->Next()) continue;
  ran.counts = cursor->counts();
  return ran;
}

TEST_CASE("cost: the plan that reads least is found by counts", "[query]") {
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  const auto database = Filled(directory, options);
  struct Case {
    const char* name;
    Query query;
    const char* by_rule;
    const char* by_cost;
  };
  const Case cases[] = {
      {"a rare value", Query("firm").Where("kind = rare"), "by index byKind", "by index byKind"},
      {"a usual value", Query("firm").Where("kind = usual"), "by index byKind", "by primary key"},
      {"a usual value, but few rows", Query("firm").Where("kind = usual").Limit(5),
       "by index byKind", "by primary key"},
      {"two indexes", Query("firm").Where("kind = usual").Where("town = T7"), "by index byKind",
       "by index byTown"},
      {"two indexes, the other way", Query("firm").Where("kind = rare").Where("town > T7"),
       "by index byKind", "by index byKind"},
      {"a wide range", Query("firm").Where("year > 2001"), "by index byYear", "by primary key"},
      {"a narrow range", Query("firm").Where("year > 2018"), "by index byYear", "by index byYear"},
      {"pages of a usual value", Query("firm").Where("kind = usual").OrderBy("no").Limit(10),
       "by index byKind", "by "},
      {"an order with few rows", Query("firm").OrderBy("town").Limit(3), "by index byTown",
       "by index byTown"},
  };
  std::vector<Ran> by_rule;
  for (const Case& test : cases) {
    CAPTURE(test.name);
    by_rule.push_back(Run(*database, test.query));
    CAPTURE(by_rule.back().plan);
    CHECK(by_rule.back().plan.find(test.by_rule) != std::string::npos);
    CHECK(by_rule.back().plan.find("expected") == std::string::npos);
  }
  REQUIRE_OK_AND_ASSIGN(const AnalyzeReport report, database->Analyze());
  REQUIRE(report.tables.size() == 1);
  CHECK(report.tables[0].records == 4000);
  REQUIRE(report.tables[0].indexes.size() == 3);
  CHECK(report.tables[0].indexes[0].distinct == std::vector<uint64_t>{2});
  CHECK(report.tables[0].indexes[1].distinct == std::vector<uint64_t>{800});
  CHECK(report.tables[0].indexes[2].distinct == std::vector<uint64_t>{20, 800});
  for (size_t i = 0; i < by_rule.size(); ++i) {
    CAPTURE(cases[i].name);
    const Ran ran = Run(*database, cases[i].query);
    CAPTURE(ran.plan, ran.counts.entries_read);
    CHECK(ran.plan.find(cases[i].by_cost) != std::string::npos);
    CHECK(ran.plan.find("expected: ") != std::string::npos);
    CHECK(ran.counts.rows == by_rule[i].counts.rows);
    // A record that an entry leads to costs several that are walked over.
    CHECK(ran.counts.entries_read + 10 * ran.counts.records_fetched <=
          10 * (by_rule[i].counts.entries_read + by_rule[i].counts.records_fetched));
  }
}

TEST_CASE("cost: statistics are there after opening, and do not disturb verify", "[query]") {
  const TempDir directory;
  const Query query = Query("firm").Where("kind = usual");
  {
    const auto database = Filled(directory, {});
    AnalyzeOptions options;
    options.table = "firm";
    options.commit.actor = "analyst";
    REQUIRE_OK_AND_ASSIGN(const AnalyzeReport report, database->Analyze(options));
    CHECK(report.commit == CommitVersion(2));
    options.table = "nothing";
    CHECK_THAT(database->Analyze(options),
               testing::StatusIs(absl::StatusCode::kNotFound, "nothing"));
    CHECK(Run(*database, query).plan.find("by primary key") != std::string::npos);
  }
  REQUIRE_OK_AND_ASSIGN(auto database, Database::Open(directory / "db"));
  CHECK(Run(*database, query).plan.find("by primary key") != std::string::npos);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.clean());
  database.reset();
  OpenOptions only_reading;
  only_reading.read_only = true;
  REQUIRE_OK_AND_ASSIGN(const auto reader, Database::Open(directory / "db", only_reading));
  CHECK(Run(*reader, query).plan.find("by primary key") != std::string::npos);
  CHECK_THAT(reader->Analyze(),
             testing::StatusIs(absl::StatusCode::kFailedPrecondition, "reading only"));
}

}  // namespace
}  // namespace daftar
