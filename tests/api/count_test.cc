// Counting: from totals, from indexes, from records: always the same.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "absl/strings/str_cat.h"
#include "api/claims.h"

namespace daftar {
namespace {

using Catch::Matchers::StartsWith;
using testing::Claim;
using testing::NewClaims;
using testing::RandomClaim;
using testing::StatusIs;
using testing::TempDir;
using testing::ToJson;

Query Asked(const std::vector<std::string>& conditions) {
  Query query("claim");
  for (const std::string& condition : conditions) query.Where(std::string_view(condition));
  return query;
}

TEST_CASE("count: reads the totals that tell, and nothing else", "[api][aggregate]") {
  const TempDir directory;
  const auto database = NewClaims(directory);
  for (int i = 0; i < 60; ++i) {
    const Claim claim{.desk = absl::StrCat("d", i % 3),
                      .currency = i % 2 == 0 ? "IRR" : "PKR",
                      .day = 20000 + i % 7,
                      .open = i % 5 == 0,
                      .tags = {"x", "y"}};
    REQUIRE_OK(database->Put("claim", ToJson(i, claim)));
  }
  struct Case {
    std::vector<std::string> conditions;
    uint64_t records;
    uint64_t groups;  // 0: no aggregate tells
    const char* plan;
  };
  const Case cases[] = {
      {{}, 60, 1, "read groups of aggregate all of claim\n"},
      {{"desk = d1"}, 20, 2, "read groups of aggregate byDesk of claim where desk = d1\n"},
      {{"desk = d1", "currency = IRR"}, 10, 1, "read groups of aggregate byDesk of claim where"},
      {{"currency = IRR"}, 30, 6, "read groups of aggregate byDesk of claim\n"},
      {{"desk in (d0, d2)"}, 40, 6, "read groups of aggregate byDesk of claim\n"},
      {{"desk >= d1", "currency != PKR"}, 20, 6, "read groups of aggregate byDesk of claim\n"},
      {{"desk is null"}, 0, 0, "read groups of aggregate byDesk of claim where desk is null\n"},
      {{"open = true"}, 12, 3, "read groups of aggregate open of claim\n"},
      {{"open = true", "desk = d2"}, 4, 1, "read groups of aggregate open of claim where desk"},
      // What no group tells, or would tell twice.
      {{"open = false"}, 48, 0, "scan claim by primary key, all entries\n"},
      {{"tags = x"}, 60, 0, "scan claim by index byTag where tags = x\n"},
      {{"desk = d1", "amount > 5"}, 0, 0, "scan claim by"},
      {{"open = true", "desk = d1", "currency = IRR"}, 2, 0, "scan claim by"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.conditions);
    REQUIRE_OK_AND_ASSIGN(const CountResult counted, database->Count(Asked(test.conditions)));
    CHECK(counted.records == test.records);
    CHECK(counted.groups_read == test.groups);
    CHECK_THAT(counted.plan, StartsWith(test.plan));
    CHECK((test.groups == 0 || counted.entries_read == 0));
  }
}

TEST_CASE("count: takes conditions only", "[api]") {
  const TempDir directory;
  const auto database = NewClaims(directory);
  const Query query = GENERATE(Query("claim").Limit(1), Query("claim").OrderBy("desk"),
                               Query("claim").Select({"desk"}));
  CHECK_THAT(database->Count(query),
             StatusIs(absl::StatusCode::kInvalidArgument, "takes conditions only"));
  CHECK_THAT(database->Count(Query("claims")), StatusIs(absl::StatusCode::kNotFound, "claims"));
  REQUIRE_OK(database->Put("claim", ToJson(1, Claim())));
  REQUIRE_OK(database->Put("claim", ToJson(2, Claim())));
  CHECK_THAT(database->Count(Query("claim").UseIndex("primary").Within({.entries_read_max = 1})),
             StatusIs(absl::StatusCode::kResourceExhausted, "limit"));
}

TEST_CASE("count: is how many rows a query has, now, before, and in a transaction",
          "[api][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  const auto database = NewClaims(directory, options);
  const auto change = [&](auto&& target) {
    for (int i = 0; i < 30; ++i) {
      const int id = static_cast<int>(below(80));
      if (below(4) == 0) {
        (void)target.Delete("claim", Key{static_cast<uint64_t>(id)});
      } else {
        REQUIRE_OK(target.Put("claim", ToJson(id, RandomClaim(&random)), WriteIntent::kUpsert));
      }
    }
  };
  const auto ask = [&] {
    std::vector<std::string> conditions;
    const auto maybe = [&](std::string text) {
      if (below(3) == 0) conditions.push_back(std::move(text));
    };
    maybe(absl::StrCat("desk ", below(2) == 0 ? "=" : "!=", " d", below(4)));
    maybe("desk is not null");
    maybe(below(2) == 0 ? "currency = IRR" : "currency in (PKR, USD)");
    maybe(below(2) == 0 ? "open = true" : "open = false");
    if (below(4) == 0) conditions.emplace_back("tags = x");
    if (below(4) == 0) conditions.emplace_back("amount > 0");
    return conditions;
  };
  const auto check = [&](auto&& count, auto&& run) {
    for (int i = 0; i < 40; ++i) {
      const std::vector<std::string> conditions = ask();
      CAPTURE(conditions);
      uint64_t rows = 0;
      auto cursor = run(Asked(conditions).UseIndex("primary"));
      REQUIRE_OK(cursor);
      for (bool more = true; more; rows += more ? 1 : 0) {
        REQUIRE_OK_AND_ASSIGN(more, cursor->Next());
      }
      REQUIRE_OK_AND_ASSIGN(const CountResult counted, count(Asked(conditions)));
      CAPTURE(counted.plan);
      REQUIRE(counted.records == rows);
    }
  };
  for (int round = 0; round < 12; ++round) {
    change(*database);
    check([&](const Query& query) { return database->Count(query); },
          [&](const Query& query) { return database->Run(query); });
    REQUIRE_OK_AND_ASSIGN(const ReadView earlier,
                          database->View(AsOf::Commit(CommitVersion(1 + below(20)))));
    check([&](const Query& query) { return database->Count(earlier, query); },
          [&](const Query& query) { return database->Run(earlier, query); });
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
    change(transaction);
    check([&](const Query& query) { return transaction.Count(query); },
          [&](const Query& query) { return transaction.Run(query); });
  }
}

}  // namespace
}  // namespace daftar
