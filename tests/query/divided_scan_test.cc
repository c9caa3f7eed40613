// Scans that several threads read: the same as read by one, row by row.

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "api/divide_scans.h"
#include "api/fixtures.h"
#include "codec/keyspace.h"
#include "query/row_model.h"
#include "storage/open.h"

namespace daftar {
namespace {

using testing::DivideScans;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Random;
using testing::ScanThreadsOf;
using testing::TempDir;

// In memory, and without columns that would be read in place of the store.
OpenOptions WithoutColumns() {
  OpenOptions options = InMemory();
  options.memory_budget_bytes = 0;
  return options;
}

// All that can be seen of a run: rows, the place after each of them, why it ended, what it read.
// Where entries lead to records, which are read several at once, the place may also be behind
// entries that follow the row and give none: it is left out.
std::vector<std::string> Trace(absl::StatusOr<Cursor> cursor) {
  REQUIRE_OK(cursor);
  const std::string plan = cursor->Explain();
  const bool has_places = plan.find("by index") == std::string::npos ||
                          plan.find("read each record") == std::string::npos;
  std::vector<std::string> trace;
  while (true) {
    const auto more = cursor->Next();
    if (!more.ok()) {
      trace.push_back(more.status().ToString());
      break;
    }
    if (!*more) break;
    REQUIRE_OK_AND_ASSIGN(const std::string json, cursor->ToJson());
    if (!has_places) {
      trace.push_back(json);
      continue;
    }
    const auto place = cursor->Continuation();
    trace.push_back(absl::StrCat(json, " ", place.ok() ? *place : place.status().ToString()));
  }
  const QueryCounts counts = cursor->counts();
  trace.push_back(absl::StrCat("ended by ", static_cast<int>(cursor->stop_reason()), " after ",
                               counts.entries_read, " entries, ", counts.records_fetched,
                               " records, ", counts.matches, " matches, ", counts.rows, " rows"));
  return trace;
}

// A table with random rows, of which some have changed since the first commit.
std::unique_ptr<Database> Filled(const TempDir& directory, Random& random, uint32_t rows,
                                 const OpenOptions& options) {
  auto made = MakeDatabase(directory, testing::kRowSchema, options);
  REQUIRE_OK(made);
  Database& database = **made;
  Batch batch = database.NewBatch();
  for (uint32_t id = 0; id < rows; ++id) {
    REQUIRE_OK(batch.Put("row", testing::ToJson(random.MakeRow(id))));
  }
  REQUIRE_OK(database.Commit(std::move(batch)));
  Batch changes = database.NewBatch();
  for (uint32_t id = 0; id < rows; id += 3) {
    if (id % 2 == 0) {
      REQUIRE_OK(changes.Delete("row", Key{uint64_t{id}}));
    } else {
      REQUIRE_OK(changes.Put("row", testing::ToJson(random.MakeRow(id)), WriteIntent::kUpsert));
    }
  }
  for (uint32_t id = rows; id < rows + 20; ++id) {
    REQUIRE_OK(changes.Put("row", testing::ToJson(random.MakeRow(id))));
  }
  REQUIRE_OK(database.Commit(std::move(changes)));
  return *std::move(made);
}

TEST_CASE("divided scan: rows, places and counts are those of one thread", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  const auto database = Filled(directory, random, 120, WithoutColumns());
  std::vector<std::string> indexes = {"", "primary"};
  REQUIRE_OK_AND_ASSIGN(const TableInfo table, database->DescribeTable("row"));
  for (const auto& index : table.indexes) indexes.push_back(index.name);
  REQUIRE_OK_AND_ASSIGN(const ReadView before, database->View(AsOf::Commit(CommitVersion(1))));
  uint64_t divided = 0;
  for (int round = 0; round < 150; ++round) {
    testing::RandomQuestion made = testing::RandomQuery(random);
    if (random.Below(3) == 0) made.query.Paged();
    if (random.Below(3) == 0) made.query.Select({});
    if (random.Below(4) == 0) made.query.Select({"a", "s", "tags"}).Distinct();
    if (random.Below(5) == 0) made.query.Offset(static_cast<uint64_t>(random.Below(9)));
    if (random.Below(5) == 0) made.query.Limit(static_cast<uint64_t>(random.Below(9)));
    const ReadView view = random.Below(2) == 0 ? database->View() : before;
    const auto entries_before = static_cast<uint64_t>(random.Below(3) * random.Below(40));
    for (const std::string& index : indexes) {
      Query query = made.query;
      if (!index.empty()) query.UseIndex(index);
      if (!database->Run(query).ok()) continue;
      CAPTURE(made.ToString(), index, entries_before, view.version());
      DivideScans(*database, 1);
      const std::vector<std::string> alone = Trace(database->Run(view, query));
      const auto counted = database->Count(view, query);
      const auto rank = database->Rank(view, query, Key{uint64_t{7}});
      const uint64_t started = ScanThreadsOf(*database).started();
      DivideScans(*database, 3, entries_before);
      REQUIRE(Trace(database->Run(view, query)) == alone);
      const auto count = database->Count(view, query);
      REQUIRE(count.status() == counted.status());
      if (count.ok()) {
        REQUIRE(count->records == counted->records);
        REQUIRE(count->entries_read == counted->entries_read);
        REQUIRE(count->records_fetched == counted->records_fetched);
      }
      const auto ranked = database->Rank(view, query, Key{uint64_t{7}});
      REQUIRE(ranked.status() == rank.status());
      if (ranked.ok()) REQUIRE(ranked->has_value() == rank->has_value());
      if (ranked.ok() && ranked->has_value()) REQUIRE((*ranked)->before == (*rank)->before);
      divided += ScanThreadsOf(*database).started() > started;
    }
  }
  REQUIRE(divided > 100);
  CHECK(ScanThreadsOf(*database).running() == 0);
}

TEST_CASE("divided scan: the rest comes after the place of any row", "[query]") {
  const TempDir directory;
  Random random(19);
  const auto database = Filled(directory, random, 200, WithoutColumns());
  for (const char* index : {"primary", "byA", "byU", "bySA"}) {
    const Query query = Query("row").Where("f < 3").UseIndex(index).Paged().Select({"id", "tags"});
    DivideScans(*database, 1);
    const std::string all = testing::Rows(*database, query);
    DivideScans(*database, 3, 30);
    auto cursor = database->Run(query);
    REQUIRE_OK(cursor);
    std::string given;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
      REQUIRE_OK_AND_ASSIGN(const std::string json, cursor->ToJson());
      given += json + "\n";
      REQUIRE_OK_AND_ASSIGN(const std::string place, cursor->Continuation());
      CHECK(given + testing::Rows(*database, Query(query).After(place)) == all);
    }
    CHECK(given == all);
  }
  CHECK(ScanThreadsOf(*database).started() > 0);
}

TEST_CASE("divided scan: what a projection is made of does not depend on threads", "[query]") {
  const TempDir directory;
  Random random(3);
  const auto database = Filled(directory, random, 600, InMemory());
  DivideScans(*database, 3);
  for (const Query& query :
       {Query("row").Where("u < 200").UseIndex("primary").Select({"id", "u", "s"}),
        Query("row").UseIndex("bySA").Select({"s", "a", "e", "id"})}) {
    const std::vector<std::string> first = Trace(database->Run(query));
    const uint64_t started = ScanThreadsOf(*database).started();
    CHECK(started > 0);
    // The second one makes it, which all that follow read: no thread is needed any more.
    CHECK(Trace(database->Run(query)) == first);
    CHECK(ScanThreadsOf(*database).started() > started);
    const uint64_t made = ScanThreadsOf(*database).started();
    CHECK(Trace(database->Run(query)) == first);
    CHECK(ScanThreadsOf(*database).started() == made);
  }
}

// Flips a bit of the stored records with these numbers, counted in the order of keys.
void Damage(const TempDir& directory, const std::vector<size_t>& numbers) {
  REQUIRE_OK_AND_ASSIGN(auto store, storage::OpenRocksStore(directory / "db", {}));
  const std::string prefix = codec::SpacePrefix(codec::Space::kRecord);
  const auto records = store->NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
  storage::Batch batch;
  for (size_t i = 0; *records->Next(); ++i) {
    if (std::find(numbers.begin(), numbers.end(), i) == numbers.end()) continue;
    std::string value(records->value());
    value.back() = static_cast<char>(value.back() ^ 1);
    batch.Put(records->key(), value);
  }
  REQUIRE(batch.size() == numbers.size());
  REQUIRE_OK(store->Write(batch, storage::Durability::kSynced));
}

TEST_CASE("divided scan: ends at the first damaged record, with the rows before it",
          "[query][fault]") {
  const auto damaged = GENERATE(std::vector<size_t>{0}, std::vector<size_t>{59, 60},
                                std::vector<size_t>{119}, std::vector<size_t>{20, 70, 100});
  const bool read_only = GENERATE(false, true);
  CAPTURE(damaged, read_only);
  const TempDir directory;
  Random random(5);
  {
    OpenOptions on_disk;
    const auto database = MakeDatabase(directory, testing::kRowSchema, on_disk);
    REQUIRE_OK(database);
    Batch batch = (*database)->NewBatch();
    for (uint32_t id = 0; id < 120; ++id) {
      REQUIRE_OK(batch.Put("row", testing::ToJson(random.MakeRow(id))));
    }
    REQUIRE_OK((*database)->Commit(std::move(batch)));
  }
  Damage(directory, damaged);
  OpenOptions options;
  options.read_only = read_only;
  options.memory_budget_bytes = 0;
  REQUIRE_OK_AND_ASSIGN(const auto database, Database::Open(directory / "db", options));
  Query backwards = Query("row").OrderBy("id", SortDirection::kDescending);
  uint64_t divided = 0;
  for (const Query& query :
       {Query("row"), Query("row").Where("u >= 0").UseIndex("primary").Select({"id"}), backwards,
        Query("row").Where("s is not null").OrderBy("f").UseIndex("primary").Select({"id"}),
        Query("row").OrderBy("a").UseIndex("byA")}) {
    DivideScans(*database, 1);
    const std::vector<std::string> alone = Trace(database->Run(query));
    CHECK(alone[alone.size() - 2].find("wrong checksum") != std::string::npos);
    const uint64_t started = ScanThreadsOf(*database).started();
    for (const size_t threads : {size_t{2}, size_t{5}}) {
      DivideScans(*database, threads, 10);
      // An index leads to records several at once, which may fail before rows are given.
      const std::vector<std::string> together = Trace(database->Run(query));
      CHECK(together[together.size() - 2] == alone[alone.size() - 2]);
      if (!query.index().has_value()) CHECK(together == alone);
    }
    divided += ScanThreadsOf(*database).started() > started;
    DivideScans(*database, 3);
    CHECK_THAT(database->Count(Query("row").Where("u >= 0").UseIndex("primary")),
               testing::StatusIs(absl::StatusCode::kDataLoss, "wrong checksum"));
  }
  CHECK(divided > 0);
}

TEST_CASE("divided scan: is not begun where it cannot pay", "[query]") {
  const TempDir directory;
  Random random(7);
  const auto database = Filled(directory, random, 300, WithoutColumns());
  const Query all = Query("row").UseIndex("primary").Select({"id"});
  struct Case {
    const char* name;
    Query query;
    uint64_t entries_before;
    bool is_divided;
  };
  const Query sorted = Query(all).OrderBy("f").OrderBy("s");
  const auto [name, query, entries_before, is_divided] = GENERATE_REF(values<Case>({
      {"all rows", all, 0, true},
      {"all rows, some alone", all, 100, true},
      {"fewer than are read alone", all, 1000, false},
      {"a limit", Query(all).Limit(100), 0, false},
      {"a limit after a sort", Query(sorted).Limit(5), 0, true},
      {"a limit of entries", Query(all).Within({.entries_read_max = 1000}), 0, false},
      {"a limit of bytes", Query(all).Within({.row_bytes_max = 1000000}), 0, false},
      {"a limit of time", Query(all).Within({.time_max = std::chrono::hours(1)}), 0, false},
      {"records by their keys", Query("row").Where("id in (1, 5, 9)"), 0, false},
  }));
  CAPTURE(name);
  DivideScans(*database, 3, entries_before);
  const std::vector<std::string> rows = Trace(database->Run(query));
  CHECK((ScanThreadsOf(*database).started() > 0) == is_divided);
  CHECK(rows.size() > 3);
  // A transaction depends on what it reads, and takes it down.
  const uint64_t started = ScanThreadsOf(*database).started();
  REQUIRE_OK_AND_ASSIGN(Transaction transaction, database->Begin());
  CHECK(Trace(transaction.Run(Query(query).Select({"id"}))).size() > 3);
  CHECK(ScanThreadsOf(*database).started() == started);
}

TEST_CASE("divided scan: tables are divided from some megabytes on, by the default", "[query]") {
  const TempDir directory;
  Random random(7);
  OpenOptions options = WithoutColumns();
  options.scan_threads = 3;
  const auto database = Filled(directory, random, 300, options);
  const storage::ScanLimits limits = ScanThreadsOf(*database).limits();
  CHECK(limits.threads == 3);
  CHECK(limits.entries_before == 4096);
  CHECK(limits.range_bytes_min == 4 << 20);
  Trace(database->Run(Query("row").UseIndex("primary")));
  CHECK(ScanThreadsOf(*database).started() == 0);
}

TEST_CASE("divided scan: a cursor that is dropped leaves no thread behind", "[query][threads]") {
  const TempDir directory;
  Random random(11);
  const auto database = Filled(directory, random, 400, WithoutColumns());
  for (const char* index : {"primary", "byA", "bySA"}) {
    for (const size_t rows : {size_t{0}, size_t{1}, size_t{2}, size_t{17}, size_t{150}}) {
      CAPTURE(index, rows);
      DivideScans(*database, 4, rows / 2);
      {
        auto cursor = database->Run(Query("row").UseIndex(index).Select({"id", "a"}));
        REQUIRE_OK(cursor);
        for (size_t i = 0; i < rows; ++i) REQUIRE(*cursor->Next());
      }
      CHECK(ScanThreadsOf(*database).running() == 0);
    }
  }
  CHECK(ScanThreadsOf(*database).started() > 0);
}

TEST_CASE("divided scan: more scans than there are threads for are read as well", "[query]") {
  const TempDir directory;
  Random random(13);
  const auto database = Filled(directory, random, 200, WithoutColumns());
  const Query query = Query("row").UseIndex("primary").Select({"id", "s"});
  DivideScans(*database, 1);
  const std::vector<std::string> alone = Trace(database->Run(query));
  DivideScans(*database, 2);
  std::vector<Cursor> cursors;
  std::vector<std::vector<std::string>> rows(5);
  for (size_t i = 0; i < rows.size(); ++i) {
    auto cursor = database->Run(query);
    REQUIRE_OK(cursor);
    cursors.push_back(*std::move(cursor));
  }
  // All of them at once, a row of each in turn.
  for (bool any = true; any;) {
    any = false;
    for (size_t i = 0; i < rows.size(); ++i) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursors[i].Next());
      if (!more) continue;
      any = true;
      REQUIRE_OK_AND_ASSIGN(rows[i].emplace_back(), cursors[i].ToJson());
    }
    CHECK(ScanThreadsOf(*database).running() <= 4);
  }
  // One more for the projection that the second run asks for, and which nobody has memory for.
  CHECK(ScanThreadsOf(*database).started() >= 4);
  for (const auto& each : rows) {
    REQUIRE(each.size() + 1 == alone.size());
    for (size_t i = 0; i < each.size(); ++i) CHECK(alone[i].starts_with(each[i]));
  }
}

// Each commit takes from one row what it gives to another: scans that see another sum have mixed
// two states.
TEST_CASE("divided scan: beside writers every scan sees one state", "[query][threads]") {
  constexpr int kRows = 300;
  const TempDir directory;
  OpenOptions options;
  options.memory_budget_bytes = 0;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  const auto json = [](int id, int a) {
    return absl::StrCat(R"({"id": )", id, R"(, "a": )", a, "}");
  };
  Batch batch = database->NewBatch();
  for (int id = 0; id < kRows; ++id) REQUIRE_OK(batch.Put("row", json(id, 100)));
  REQUIRE_OK(database->Commit(std::move(batch)));
  DivideScans(*database, 3);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, scans = 0;
  const auto scan = [&](const char* index) {
    while (!done) {
      auto cursor = database->Run(Query("row").UseIndex(index).Select({"a"}));
      int64_t sum = 0;
      int rows = 0;
      while (cursor.ok()) {
        const auto more = cursor->Next();
        if (!more.ok() || !*more) break;
        sum += *cursor->values()[0].get_if<int64_t>();
        ++rows;
      }
      wrong += rows != kRows || sum != 100 * kRows;
      ++scans;
    }
  };
  std::vector<std::thread> readers;
  readers.emplace_back(scan, "primary");
  readers.emplace_back(scan, "byA");
  absl::Status written;
  Random random(17);
  std::vector<int> held(kRows, 100);
  for (int i = 0; i < 150 && written.ok(); ++i) {
    const auto from = static_cast<size_t>(random.Below(kRows));
    const auto to = static_cast<size_t>(random.Below(kRows));
    --held[from];
    ++held[to];
    Batch moved = database->NewBatch();
    for (const size_t id : {from, to}) {
      written = moved.Put("row", json(static_cast<int>(id), held[id]), WriteIntent::kUpsert);
    }
    CommitOptions buffered;
    buffered.durability = Durability::kBuffered;
    written = database->Commit(std::move(moved), buffered).status();
  }
  while (scans < 6) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  REQUIRE_OK(written);
  CHECK(wrong == 0);
  CHECK(ScanThreadsOf(*database).running() == 0);
}

}  // namespace
}  // namespace daftar
