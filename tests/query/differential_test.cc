// Random queries: every index that can answer gives what a plain loop over the rows gives.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "api/divide_scans.h"
#include "api/fixtures.h"
#include "query/row_model.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::Random;
using testing::Row;
using testing::TempDir;

struct Answer {
  std::vector<uint32_t> ids;
  std::string plan;
};

absl::StatusOr<Answer> Ask(const Database& database, const Query& query) {
  auto cursor = database.Run(query);
  if (!cursor.ok()) return cursor.status();
  Answer answer;
  answer.plan = cursor->Explain();
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    answer.ids.push_back(static_cast<uint32_t>(*cursor->values()[0].get_if<uint64_t>()));
  }
  return answer;
}

// The index that is asked for; "": the planner chooses.
std::vector<std::string> IndexNames(const Database& database) {
  std::vector<std::string> names = {"", "primary"};
  const auto table = database.DescribeTable("row");
  REQUIRE_OK(table);
  for (const auto& index : table->indexes) names.push_back(index.name);
  return names;
}

// Asks for all rows, then for the first few.
void Check(const Database& database, Query query, const std::vector<uint32_t>& expected,
           bool ordered, uint64_t limit) {
  auto answer = Ask(database, query);
  REQUIRE_OK(answer);
  CAPTURE(answer->plan);
  std::vector<uint32_t> ids = answer->ids;
  if (ordered) {
    REQUIRE(ids == expected);
  } else {
    REQUIRE(std::set(ids.begin(), ids.end()) == std::set(expected.begin(), expected.end()));
    REQUIRE(ids.size() == expected.size());
  }
  // With a limit the answer is the beginning of an ordered one, and part of any other.
  query.Limit(limit);
  REQUIRE_OK_AND_ASSIGN(const Answer limited, Ask(database, query));
  REQUIRE(limited.ids.size() == std::min<size_t>(limit, expected.size()));
  if (ordered) {
    REQUIRE(std::equal(limited.ids.begin(), limited.ids.end(), expected.begin()));
  } else {
    const std::set<uint32_t> all(expected.begin(), expected.end());
    for (const uint32_t id : limited.ids) REQUIRE(all.contains(id));
    REQUIRE(std::set(limited.ids.begin(), limited.ids.end()).size() == limited.ids.size());
  }
}

// Leaves out some rows of the order, and asks where others stand in it.
void CheckPlaces(const Database& database, const Query& query,
                 const std::vector<uint32_t>& expected, Random& random) {
  const size_t offset = static_cast<size_t>(random.Below(static_cast<int>(expected.size()) + 3));
  const size_t limit = static_cast<size_t>(random.Below(6));
  REQUIRE_OK_AND_ASSIGN(const Answer rest, Ask(database, Query(query).Offset(offset)));
  REQUIRE_OK_AND_ASSIGN(const Answer some, Ask(database, Query(query).Offset(offset).Limit(limit)));
  const size_t begin = std::min(offset, expected.size());
  const size_t end = std::min(begin + limit, expected.size());
  const auto at = [&](size_t place) {
    return expected.begin() + static_cast<std::ptrdiff_t>(place);
  };
  REQUIRE(rest.ids == std::vector(at(begin), expected.end()));
  REQUIRE(some.ids == std::vector(at(begin), at(end)));
  if (query.orders().empty()) return;
  const auto id = static_cast<uint32_t>(random.Below(152));
  CAPTURE(id);
  const auto rank = database.Rank(Query(query).Select({}), Key{uint64_t{id}});
  REQUIRE_OK(rank);
  const auto found = std::find(expected.begin(), expected.end(), id);
  REQUIRE(rank->has_value() == (found != expected.end()));
  if (!rank->has_value()) return;
  REQUIRE((*rank)->records == expected.size());
  REQUIRE((*rank)->before == static_cast<uint64_t>(found - expected.begin()));
}

// Pairs of indexes, and some of three, that the conditions hold to single values, as UseIndex takes
// them.
std::vector<std::string> Intersectable(const Database& database, const Query& query,
                                       const std::vector<std::string>& indexes) {
  std::vector<std::string> found;
  const auto consider = [&](const std::string& names) {
    const auto cursor = database.Run(Query(query).UseIndex(names));
    if (cursor.ok()) {
      found.push_back(names);
      return true;
    }
    CHECK_THAT(cursor, testing::StatusIs(absl::StatusCode::kInvalidArgument, "cannot"));
    return false;
  };
  for (const std::string& first : indexes) {
    for (const std::string& second : indexes) {
      const std::string pair = absl::StrCat(first, " and ", second);
      if (first == second || !consider(pair)) continue;
      for (const std::string& third : indexes) {
        if (third > first && third > second) consider(absl::StrCat(pair, " and ", third));
      }
    }
  }
  return found;
}

// DAFTAR_QUERY_ROUNDS asks for more.
int Rounds() {
  const char* const wanted = std::getenv("DAFTAR_QUERY_ROUNDS");
  return wanted == nullptr ? 500 : std::atoi(wanted);
}

TEST_CASE("query: every index gives what a loop over the rows gives", "[query][property]") {
  const bool divided = GENERATE(false, true);
  const uint32_t seed = Catch::getSeed() + (divided ? 1 : 0);
  CAPTURE(seed, divided);
  Random random(seed);
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  // What is read from columns is not divided.
  if (divided) options.memory_budget_bytes = 0;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  testing::DivideScans(*database, divided ? 3 : 1, 20, 4000);
  std::vector<Row> rows;
  Batch batch = database->NewBatch();
  for (uint32_t id = 0; id < 150; ++id) {
    rows.push_back(random.MakeRow(id));
    REQUIRE_OK(batch.Put("row", testing::ToJson(rows.back())));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  const std::vector<std::string> indexes = IndexNames(*database);
  std::map<std::string, int> used;
  int unions[2] = {};         // one scan after the other, and side by side
  int intersections[2] = {};  // that the planner chose, and that were asked for
  int covered = 0;            // of those
  std::vector<std::string> ordinary(indexes.begin() + 2, indexes.end());
  const int rounds = divided ? Rounds() / 2 : Rounds();
  for (int round = 0; round < rounds; ++round) {
    // From half way on plans are chosen by cost.
    if (round == rounds / 2) REQUIRE_OK(database->Analyze());
    testing::RandomQuestion made = testing::RandomQuery(random);
    std::vector<uint32_t> expected;
    for (const Row& row : testing::Answer(made, rows)) expected.push_back(row.id);
    // Rows of a query without an order come in one when it is to be paged.
    const bool paged = random.Below(4) == 0;
    if (paged) made.query.Paged();
    for (const std::string& index : indexes) {
      Query query = made.query;
      if (!index.empty()) query.UseIndex(index);
      const auto cursor = database->Run(query);
      if (!cursor.ok()) {
        CHECK_THAT(cursor, testing::StatusIs(absl::StatusCode::kInvalidArgument, "cannot answer"));
        continue;
      }
      ++used[index];
      const std::string plan = cursor->Explain();
      if (plan.starts_with("rows of"))
        ++unions[plan.find("scans, side by side") != std::string::npos];
      const std::string conditions = made.ToString();
      CAPTURE(conditions, index);
      Check(*database, query, expected, paged || !made.orders.empty(),
            static_cast<uint64_t>(random.Below(6)));
      if (paged || !made.orders.empty()) CheckPlaces(*database, query, expected, random);
      if (!index.empty() || plan.find("intersection of") == std::string::npos) continue;
      ++intersections[0];
      if (!made.orders.empty()) continue;
      REQUIRE_OK_AND_ASSIGN(const CountResult counted,
                            database->Count(Query(made.query).Select({})));
      CHECK(counted.records == expected.size());
    }
    for (const std::string& names : Intersectable(*database, made.query, ordinary)) {
      const Query query = Query(made.query).UseIndex(names);
      CAPTURE(made.ToString(), names);
      Check(*database, query, expected, paged || !made.orders.empty(),
            static_cast<uint64_t>(random.Below(6)));
      if (paged || !made.orders.empty()) CheckPlaces(*database, query, expected, random);
      ++intersections[1];
      covered += database->Run(query)->Explain().find("read no record") != std::string::npos;
    }
  }
  // The test is worth something only if every index was used.
  for (const std::string& index : indexes) {
    CAPTURE(index);
    CHECK(used[index] > 0);
  }
  CHECK(unions[0] > 0);
  CHECK(unions[1] > 0);
  CAPTURE(intersections[0], intersections[1], covered);
  CHECK(intersections[0] > rounds / 250);
  CHECK(intersections[1] > rounds / 5);
  CHECK(covered > 0);
  CHECK((testing::ScanThreadsOf(*database).started() > 0) == divided);
}

// The rows as text, each once: all of them, or in pages.
std::vector<std::string> DistinctRows(const Database& database, Query query, uint64_t page_size) {
  std::vector<std::string> rows;
  if (page_size > 0) query.Paged().Limit(page_size);
  while (true) {
    auto cursor = database.Run(query);
    REQUIRE_OK(cursor);
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
      REQUIRE_OK_AND_ASSIGN(rows.emplace_back(), cursor->ToJson());
    }
    if (cursor->stop_reason() == StopReason::kExhausted) return rows;
    REQUIRE_OK_AND_ASSIGN(std::string continuation, cursor->Continuation());
    query.After(std::move(continuation));
  }
}

TEST_CASE("query: distinct rows come once, from every index and in pages", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  Batch batch = database->NewBatch();
  for (uint32_t id = 0; id < 150; ++id) {
    REQUIRE_OK(batch.Put("row", testing::ToJson(random.MakeRow(id))));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  const std::vector<std::string> indexes = IndexNames(*database);
  constexpr const char* kColumns[] = {"a", "s", "e", "u", "f"};
  for (int round = 0; round < 100; ++round) {
    testing::RandomQuestion made = testing::RandomQuery(random);
    std::vector<std::string> columns;
    for (const char* column : kColumns) {
      if (random.Below(2) == 0) columns.emplace_back(column);
    }
    if (columns.empty()) columns.emplace_back("e");
    Query query("row");
    for (const auto& condition : made.conditions) query.Where(std::string_view(condition.text));
    query.Select(columns);
    // All rows of the primary key's plan, each once, are what every plan must give.
    std::vector<std::string> all = DistinctRows(*database, Query(query).UseIndex("primary"), 0);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    query.Distinct();
    for (const std::string& column : columns) {
      if (random.Below(2) == 0) {
        query.OrderBy(
            column, random.Below(2) == 0 ? SortDirection::kAscending : SortDirection::kDescending);
      }
    }
    const std::vector<std::string> ordered = DistinctRows(*database, Query(query).Paged(), 0);
    for (const std::string& index : indexes) {
      Query asked = query;
      if (!index.empty()) asked.UseIndex(index);
      if (!database->Run(asked).ok()) continue;
      CAPTURE(made.ToString(), columns, index);
      std::vector<std::string> rows = DistinctRows(*database, asked, 0);
      std::sort(rows.begin(), rows.end());
      CHECK(rows == all);
      CHECK(DistinctRows(*database, asked, 1 + static_cast<uint64_t>(random.Below(5))) == ordered);
    }
  }
}

}  // namespace
}  // namespace daftar
