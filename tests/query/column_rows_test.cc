// Scans by projections: what a loop over the rows gives, in every state and beside writers.

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "query/row_model.h"

namespace daftar {
namespace {

using testing::InMemory;
using testing::MakeDatabase;
using testing::Random;
using testing::Row;
using testing::TempDir;

CommitOptions Buffered() {
  CommitOptions options;
  options.durability = Durability::kBuffered;
  return options;
}

using Rows = std::map<uint32_t, Row>;

std::vector<Row> All(const Rows& rows) {
  std::vector<Row> all;
  for (const auto& [id, row] : rows) all.push_back(row);
  return all;
}

// Writes up to `most` rows anywhere among ids below `ids`, in one commit.
void Write(Database& database, Random& random, int most, int ids, Rows* rows) {
  Batch batch = database.NewBatch();
  for (int i = random.Below(most); i >= 0; --i) {
    const auto id = static_cast<uint32_t>(random.Below(ids));
    if (rows->contains(id) && random.Below(2) == 0) {
      REQUIRE_OK(batch.Delete("row", Key{uint64_t{id}}));
      rows->erase(id);
    } else {
      (*rows)[id] = random.MakeRow(id);
      REQUIRE_OK(batch.Put("row", testing::ToJson((*rows)[id]), WriteIntent::kUpsert));
    }
  }
  REQUIRE_OK(database.Commit(std::move(batch), Buffered()));
}

std::vector<uint32_t> Ids(absl::StatusOr<Cursor> cursor) {
  REQUIRE_OK(cursor);
  std::vector<uint32_t> ids;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) return ids;
    ids.push_back(static_cast<uint32_t>(*cursor->values()[0].get_if<uint64_t>()));
  }
}

std::vector<uint32_t> Expected(const testing::RandomQuestion& question, const Rows& rows) {
  std::vector<uint32_t> ids;
  for (const Row& row : testing::Answer(question, All(rows))) ids.push_back(row.id);
  return ids;
}

TEST_CASE("columns: scans follow every commit and older states keep theirs", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, InMemory()));
  Rows rows;
  constexpr int kIds = 4000;
  for (int i = 0; i < 20; ++i) Write(*database, random, 300, kIds, &rows);
  std::optional<std::pair<ReadView, Rows>> held;
  for (int round = 0; round < 150; ++round) {
    CAPTURE(round);
    if (round % 20 == 0) held.emplace(database->View(), rows);
    // Now and then so much that chunks divide and go.
    Write(*database, random, round % 10 == 0 ? 400 : 8, kIds, &rows);
    for (int i = 0; i < 3; ++i) {
      testing::RandomQuestion made = testing::RandomQuery(random);
      CAPTURE(made.ToString());
      // Entries of indexes, and then records.
      for (const bool scans : {false, true}) {
        if (scans) made.query.UseIndex("primary");
        CAPTURE(scans);
        std::vector<uint32_t> ids = Ids(database->Run(made.query));
        if (made.orders.empty()) std::sort(ids.begin(), ids.end());
        REQUIRE(ids == Expected(made, rows));
        std::vector<uint32_t> before = Ids(database->Run(held->first, made.query));
        if (made.orders.empty()) std::sort(before.begin(), before.end());
        REQUIRE(before == Expected(made, held->second));
      }
    }
  }
}

TEST_CASE("columns: indexes that are kept in memory are intersected there", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, InMemory()));
  Rows rows;
  constexpr int kIds = 3000;
  for (int i = 0; i < 20; ++i) Write(*database, random, 300, kIds, &rows);
  for (int round = 0; round < 60; ++round) {
    const int a = random.Below(7) - 3;
    const std::string s = random.Text();
    const std::string tag = random.Text();
    const bool descending = random.Below(2) == 0;
    CAPTURE(round, a, s, tag, descending);
    std::vector<uint32_t> expected;
    for (const auto& [id, row] : rows) {
      const bool has_tag = std::find(row.tags.begin(), row.tags.end(), tag) != row.tags.end();
      if (row.a == a && row.s == s && row.u == 255 && has_tag) expected.push_back(id);
    }
    if (descending) std::reverse(expected.begin(), expected.end());
    const Query query =
        Query("row")
            .Where("a", Operator::kEqual, a)
            .Where("s", Operator::kEqual, s)
            .Where("u", Operator::kEqual, 255)
            .Where("tags", Operator::kEqual, tag)
            .OrderBy("id", descending ? SortDirection::kDescending : SortDirection::kAscending)
            .Select({"id"});
    // By the store at first, then by what is kept of one index, of two, of all.
    for (const char* indexes :
         {"bySA and byU", "byU and byTag and bySA", "byTagA and byU and byADesc"}) {
      REQUIRE(Ids(database->Run(Query(query).UseIndex(indexes))) == expected);
    }
    if (round % 10 == 9) Write(*database, random, 30, kIds, &rows);
  }
}

TEST_CASE("columns: whole records, both directions and pages", "[query]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, InMemory()));
  Batch batch = database->NewBatch();
  for (int id = 0; id < 2000; ++id) {
    REQUIRE_OK(batch.Put("row", absl::StrCat(R"({"id": )", id, R"(, "u": )", id % 100,
                                             R"(, "tags": ["t)", id, R"("]})")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  for (int run = 0; run < 3; ++run) {
    CAPTURE(run);
    Query query = Query("row").Where("u = 7").UseIndex("primary");
    auto cursor = database->Run(query);
    REQUIRE_OK(cursor);
    int found = 0;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
      REQUIRE_OK_AND_ASSIGN(const std::string json, cursor->ToJson());
      CHECK(json.find(absl::StrCat("\"t", 100 * found + 7, "\"")) != std::string::npos);
      ++found;
    }
    CHECK(found == 20);
    // From the second run on only what was found is read.
    CHECK(cursor->counts().records_fetched == (run == 0 ? 0 : 20));
    CHECK(cursor->counts().entries_read == 2000);

    Query last = query;
    last.Select({"id", "tags"}).OrderBy("id", SortDirection::kDescending).Limit(2);
    CHECK(Ids(database->Run(last)) == std::vector<uint32_t>{1907, 1807});

    Query page = query;
    page.Select({"id"}).Paged().Limit(15);
    auto first = database->Run(page);
    std::vector<uint32_t> ids;
    while (*first->Next()) {
      ids.push_back(static_cast<uint32_t>(*first->values()[0].get_if<uint64_t>()));
    }
    REQUIRE_OK_AND_ASSIGN(const std::string continuation, first->Continuation());
    Query rest = query;
    rest.Select({"id"}).After(continuation);
    for (const uint32_t id : Ids(database->Run(rest))) ids.push_back(id);
    CHECK(ids.size() == 20);
    CHECK(std::set<uint32_t>(ids.begin(), ids.end()).size() == 20);
  }
}

TEST_CASE("columns: rows of an index are passed over and counted unread", "[query]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, InMemory()));
  Batch batch = database->NewBatch();
  for (int id = 0; id < 3000; ++id) {
    REQUIRE_OK(batch.Put("row", absl::StrCat(R"({"id": )", id, R"(, "a": )", id % 100, "}")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  const Query query = Query("row").Where("a >= 10").OrderBy("a").UseIndex("byA");
  // What is kept in memory shows in what is read once it has been read often.
  for (int run = 0; run < 4; ++run) {
    CHECK(Ids(database->Run(Query(query).Select({"id"}))).size() == 2700);
  }
  for (const SortDirection direction : {SortDirection::kAscending, SortDirection::kDescending}) {
    const bool ascending = direction == SortDirection::kAscending;
    CAPTURE(ascending);
    Query asked = Query("row").Where("a >= 10").OrderBy("a", direction).UseIndex("byA");
    // Whole records, too: none of those left out is fetched.
    for (const bool whole : {false, true}) {
      if (!whole) asked.Select({"id"});
      auto cursor = database->Run(
          Query(asked)
              .Select(whole ? std::vector<std::string>() : std::vector<std::string>{"id"})
              .OrderBy("id", direction)
              .Offset(1501)
              .Limit(2));
      REQUIRE_OK(cursor);
      std::vector<uint32_t> ids;
      while (*cursor->Next()) {
        REQUIRE_OK_AND_ASSIGN(const std::string json, cursor->ToJson());
        ids.push_back(static_cast<uint32_t>(std::atoi(json.c_str() + json.find(':') + 1)));
      }
      // 30 of each value.
      const uint32_t value = ascending ? 10 + 1501 / 30 : 99 - 1501 / 30;
      const uint32_t at = 1501 % 30;
      const auto id = [&](uint32_t place) {
        return value + 100 * (ascending ? place : 29 - place);
      };
      CHECK(ids == std::vector<uint32_t>{id(at), id(at + 1)});
      CHECK(cursor->counts().entries_read <= 4);
      CHECK(cursor->counts().records_fetched <= 4);
    }
  }
  REQUIRE_OK_AND_ASSIGN(const CountResult all,
                        database->Count(Query("row").Where("a >= 10").UseIndex("byA")));
  CHECK(all.records == 2700);
  CHECK(all.entries_read == 0);
  REQUIRE_OK_AND_ASSIGN(const auto rank, database->Rank(query, Key{uint64_t{1234}}));
  REQUIRE(rank.has_value());
  CHECK(rank->before == 24 * 30 + 12);
  CHECK(rank->records == 2700);
  CHECK(rank->entries_read == 0);
}

TEST_CASE("columns: a transaction reads what it wrote", "[query]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, InMemory()));
  Batch batch = database->NewBatch();
  for (int id = 0; id < 300; ++id) {
    REQUIRE_OK(batch.Put("row", absl::StrCat(R"({"id": )", id, R"(, "u": 1})")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  const Query query = Query("row").Where("u = 2").UseIndex("primary").Select({"id"});
  for (int i = 0; i < 3; ++i) CHECK(Ids(database->Run(query)).empty());
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  REQUIRE_OK(transaction.Put("row", R"({"id": 5, "u": 2})", WriteIntent::kUpsert));
  CHECK(Ids(transaction.Run(query)) == std::vector<uint32_t>{5});
  CHECK(Ids(database->Run(query)).empty());
  REQUIRE_OK(std::move(transaction).Commit());
  CHECK(Ids(database->Run(query)) == std::vector<uint32_t>{5});
}

// Each commit takes from one row what it gives to another: scans that see another sum have mixed
// two states.
TEST_CASE("columns: every scan beside writers sees one state", "[query][threads]") {
  constexpr int kRows = 1500;
  constexpr int64_t kEach = 100;
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema));
  Batch batch = database->NewBatch();
  const auto json = [](int id, int64_t a) {
    return absl::StrCat(R"({"id": )", id, R"(, "a": )", a, "}");
  };
  for (int id = 0; id < kRows; ++id) REQUIRE_OK(batch.Put("row", json(id, kEach)));
  REQUIRE_OK(database->Commit(std::move(batch)));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, scans = 0;
  const auto scan = [&] {
    while (!done) {
      auto cursor = database->Run(Query("row").UseIndex("primary").Select({"a"}));
      int64_t sum = 0;
      int rows = 0;
      while (cursor.ok()) {
        const auto more = cursor->Next();
        if (!more.ok() || !*more) break;
        sum += *cursor->values()[0].get_if<int64_t>();
        ++rows;
      }
      wrong += rows != kRows || sum != kRows * kEach;
      ++scans;
    }
  };
  std::vector<int64_t> held(kRows, kEach);
  const auto write = [&](uint32_t seed) -> absl::Status {
    Random random(seed);
    for (int i = 0; i < 400; ++i) {
      // Each writer has rows of its own.
      const int half = seed == 1 ? 0 : kRows / 2;
      const int from = half + random.Below(kRows / 2);
      const int to = half + random.Below(kRows / 2);
      const int64_t amount = random.Below(5);
      held[static_cast<size_t>(from)] -= amount;
      held[static_cast<size_t>(to)] += amount;
      Batch moved = database->NewBatch();
      for (const int id : {from, to}) {
        absl::Status status =
            moved.Put("row", json(id, held[static_cast<size_t>(id)]), WriteIntent::kUpsert);
        if (!status.ok()) return status;
      }
      const auto version = database->Commit(std::move(moved), Buffered());
      if (!version.ok()) return version.status();
    }
    return absl::OkStatus();
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back(scan);
  absl::Status other;
  std::thread writer([&] { other = write(2); });
  const absl::Status mine = write(1);
  writer.join();
  while (scans < 10) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  REQUIRE_OK(mine);
  REQUIRE_OK(other);
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace daftar
