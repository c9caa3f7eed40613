// Pages of random queries, with writers on both sides of every page.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "query/row_model.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::Random;
using testing::RandomQuestion;
using testing::Row;
using testing::TempDir;

struct Page {
  std::vector<uint32_t> ids;
  std::string continuation;
  StopReason stop_reason = StopReason::kNotStopped;
  std::string plan;
};

Page Read(const Database& database, const Query& query) {
  auto cursor = database.Run(query);
  REQUIRE_OK(cursor);
  Page page;
  page.plan = cursor->Explain();
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    page.ids.push_back(static_cast<uint32_t>(*cursor->values()[0].get_if<uint64_t>()));
  }
  page.stop_reason = cursor->stop_reason();
  auto continuation = cursor->Continuation();
  if (continuation.ok()) {
    page.continuation = *continuation;
  } else {
    // A sort that was stopped has given nothing, and there is nothing to go on with.
    CHECK_THAT(continuation, testing::StatusIs(absl::StatusCode::kFailedPrecondition, "raise it"));
    CHECK(page.stop_reason == StopReason::kEntryLimit);
    CHECK(page.ids.empty());
    page.continuation = query.after().value_or("");
  }
  return page;
}

// A table in the engine and in memory.
class Book {
 public:
  Book(Database* database, Random* random, uint32_t rows) : database_(database), random_(*random) {
    for (uint32_t id = 0; id < rows; ++id) Put(id);
  }
  void set_database(Database* database) { database_ = database; }
  const std::map<uint32_t, Row>& rows() const { return rows_; }
  std::vector<Row> all() const {
    std::vector<Row> all;
    for (const auto& [id, row] : rows_) all.push_back(row);
    return all;
  }

  // Changes, adds and deletes a few rows anywhere.
  void Write(std::map<uint32_t, int>* changed) {
    for (int i = random_.Below(4); i > 0; --i) {
      const auto id = static_cast<uint32_t>(random_.Below(90));
      ++(*changed)[id];
      if (rows_.contains(id) && random_.Below(2) == 0) {
        REQUIRE_OK(database_->Delete("row", Key{uint64_t{id}}));
        rows_.erase(id);
      } else {
        Put(id);
      }
    }
  }

 private:
  void Put(uint32_t id) {
    rows_[id] = random_.MakeRow(id);
    CommitOptions buffered;
    buffered.durability = Durability::kBuffered;
    REQUIRE_OK(database_->Put("row", testing::ToJson(rows_[id]), WriteIntent::kUpsert, buffered));
  }

  Database* database_;
  Random& random_;
  std::map<uint32_t, Row> rows_;
};

// Whichever index can answer, or several of them, others for every page.
void UseRandomIndex(const Database& database, Random& random, Query* query) {
  REQUIRE_OK_AND_ASSIGN(const TableInfo table, database.DescribeTable("row"));
  const auto any = [&] {
    return table.indexes[static_cast<size_t>(random.Below(static_cast<int>(table.indexes.size())))]
        .name;
  };
  // Most pairs are refused: of several, one may do.
  for (int i = random.Below(2) * 60; i > 0; --i) {
    Query tried = *query;
    tried.UseIndex(absl::StrCat(any(), " and ", any()));
    if (!database.Run(tried).ok()) continue;
    *query = tried;
    return;
  }
  Query tried = *query;
  tried.UseIndex(any());
  if (random.Below(3) != 0 && database.Run(tried).ok()) *query = tried;
}

std::vector<uint32_t> IdsAfter(const RandomQuestion& question, const Book& book,
                               const std::optional<Row>& last) {
  std::vector<uint32_t> ids;
  for (const Row& row : testing::Answer(question, book.all())) {
    if (!last.has_value() || question.Before(*last, row)) ids.push_back(row.id);
  }
  return ids;
}

// Pages through one question. Every page is the beginning of what comes after the page before, in
// the state that it reads.
template <typename Reopen>
int PageThrough(const RandomQuestion& question, uint64_t page_size, Random& random, Book* book,
                Database* database, Reopen reopen) {
  int intersections = 0;  // pages that came of one
  const std::map<uint32_t, Row> at_first = book->rows();
  std::map<uint32_t, int> changed, seen;
  std::optional<Row> last;
  std::string continuation;
  for (bool more = true; more;) {
    Query query = question.query;
    query.Limit(page_size).Paged();
    if (!continuation.empty()) query.After(continuation);
    UseRandomIndex(*database, random, &query);
    const bool bounded = random.Below(4) == 0;
    if (bounded) query.Within({.entries_read_max = static_cast<uint64_t>(random.Below(40))});
    const std::vector<uint32_t> rest = IdsAfter(question, *book, last);
    const Page page = Read(*database, query);
    CAPTURE(question.ToString(), page.plan, page_size, rest, page.ids);
    const bool stopped = page.stop_reason == StopReason::kEntryLimit;
    intersections += page.plan.starts_with("intersection");
    REQUIRE(page.ids.size() <= rest.size());
    REQUIRE(std::equal(page.ids.begin(), page.ids.end(), rest.begin()));
    if (!stopped) REQUIRE(page.ids.size() == std::min<size_t>(page_size, rest.size()));
    for (const uint32_t id : page.ids) {
      ++seen[id];
      last = book->rows().at(id);
    }
    more = page.stop_reason != StopReason::kExhausted;
    continuation = page.continuation;
    // A limit can end a page behind its last row; who writes there meanwhile comes too late.
    if (!stopped) book->Write(&changed);
    database = reopen();
  }
  for (const auto& [id, row] : at_first) {
    if (changed.contains(id)) continue;
    CAPTURE(id);
    CHECK(seen[id] == (question.Matches(row) ? 1 : 0));
  }
  return intersections;
}

TEST_CASE("paging: no row twice and none lost, whatever is written between pages",
          "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  Book book(database.get(), &random, 60);
  int intersections = 0;
  for (int round = 0; round < 150; ++round) {
    const uint64_t page_size = 1 + static_cast<uint64_t>(round) % 7;
    intersections += PageThrough(testing::RandomQuery(random), page_size, random, &book,
                                 database.get(), [&] { return database.get(); });
  }
  CHECK(intersections > 0);
}

// The index is by f and e: of a page that ends at an entry with another e, nothing follows for ids.
TEST_CASE("paging: a limit met among entries that are no rows loses none behind it", "[query]") {
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  REQUIRE_OK(database->Put("row", R"({"id": 8, "f": 0.25, "e": "red"})"));
  REQUIRE_OK(database->Put("row", R"({"id": 5, "f": 0.25, "e": "blue"})"));
  REQUIRE_OK(database->Put("row", R"({"id": 6, "f": 0.25, "e": "blue"})"));
  const Query query =
      Query("row").Where("e = blue").OrderBy("f").Select({"id"}).UseIndex("byF").Paged();
  for (const uint64_t most : {uint64_t{1}, uint64_t{2}}) {
    CAPTURE(most);
    Page page = Read(*database, Query(query).Within({.entries_read_max = most}));
    REQUIRE(page.stop_reason == StopReason::kEntryLimit);
    const Page rest = Read(*database, Query(query).After(page.continuation));
    page.ids.insert(page.ids.end(), rest.ids.begin(), rest.ids.end());
    CHECK(page.ids == std::vector<uint32_t>{5, 6});
  }
}

TEST_CASE("paging: goes on after the database was closed and opened", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema));
  Book book(database.get(), &random, 30);
  for (uint64_t page_size = 1; page_size <= 7; ++page_size) {
    RandomQuestion question = testing::RandomQuery(random);
    question.conditions.clear();
    question.alternatives.clear();
    question.query = Query("row").Select({"id"});
    for (const auto& order : question.orders) {
      question.query.OrderBy(
          order.path, order.descending ? SortDirection::kDescending : SortDirection::kAscending);
    }
    PageThrough(question, page_size, random, &book, database.get(), [&] {
      database.reset();
      auto opened = Database::Open(directory / "db");
      REQUIRE_OK(opened);
      database = *std::move(opened);
      book.set_database(database.get());
      return database.get();
    });
  }
}

TEST_CASE("paging: the pages of one state are what one run gives", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  Book book(database.get(), &random, 60);
  std::map<uint32_t, int> changed;
  for (int round = 0; round < 60; ++round) {
    const RandomQuestion question = testing::RandomQuery(random);
    std::vector<uint32_t> expected, ids;
    for (const Row& row : testing::Answer(question, book.all())) expected.push_back(row.id);
    std::string continuation;
    for (bool more = true; more;) {
      Query query = question.query;
      query.Limit(1 + static_cast<uint64_t>(random.Below(7))).Paged(PageState::kOneState);
      // What the pages are read from is said once.
      if (!continuation.empty()) query.Paged(PageState::kNewest).After(continuation);
      UseRandomIndex(*database, random, &query);
      const Page page = Read(*database, query);
      ids.insert(ids.end(), page.ids.begin(), page.ids.end());
      more = page.stop_reason != StopReason::kExhausted;
      continuation = page.continuation;
      book.Write(&changed);
    }
    CAPTURE(question.ToString());
    REQUIRE(ids == expected);
  }
}

TEST_CASE("paging: a page reads about as many entries as it has rows", "[query]") {
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, R"(
struct Permit $Daftar.table(name = "permit", key = ["authority", "serial"])
    $Daftar.index(name = "byState", on = ["state", "day"])
    $Daftar.index(name = "byFirm", on = ["firm", "day desc"]) {
  authority @0 :Text; serial @1 :UInt32; state @2 :UInt8; day @3 :UInt16; firm @4 :Text;
})",
                                                    options));
  Batch batch = database->NewBatch();
  for (int i = 0; i < 3000; ++i) {
    REQUIRE_OK(batch.Put(
        "permit", absl::StrCat(R"({"authority":"A)", i % 7, R"(","serial":)", i, R"(,"state":)",
                               i % 2, R"(,"day":)", i % 97, R"(,"firm":"F)", i % 3, "\"}")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  const auto descending = SortDirection::kDescending;
  struct Case {
    const char* name;
    Query query;
    uint64_t rows;
    uint64_t more_entries_max;  // than rows, in a page
  };
  const Case cases[] = {
      {"primary key", Query("permit"), 3000, 0},
      {"part of it", Query("permit").Where("authority = A3"), 429, 0},
      {"forwards", Query("permit").Where("state = 1").OrderBy("day"), 1500, 0},
      {"backwards, ties forwards", Query("permit").Where("state = 1").OrderBy("day", descending),
       1500, 25},
      {"a descending index", Query("permit").Where("firm = F1").OrderBy("day", descending), 1000,
       0},
      {"a descending index backwards", Query("permit").Where("firm = F1").OrderBy("day"), 1000, 35},
      {"ties that are sorted", Query("permit").OrderBy("state").OrderBy("day").OrderBy("serial"),
       3000, 60},
      {"several values side by side",
       Query("permit").Where("firm in (F0, F2)").OrderBy("day", descending), 2000, 2},
      {"the same backwards", Query("permit").Where("firm in (F0, F2)").OrderBy("day"), 2000, 45},
      {"distinct values", Query("permit").OrderBy("day").Select({"day", "state"}).Distinct(), 194,
       3000},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    uint64_t rows = 0;
    std::string continuation;
    do {
      Query query = test.query;
      query.Paged().Limit(50);
      if (!continuation.empty()) query.After(continuation);
      auto cursor = database->Run(query);
      REQUIRE_OK(cursor);
      const std::string plan = cursor->Explain();
      CAPTURE(plan, rows);
      while (true) {
        REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
        if (!more) break;
      }
      rows += cursor->counts().rows;
      CHECK(cursor->counts().entries_read <= cursor->counts().rows + test.more_entries_max);
      REQUIRE_OK_AND_ASSIGN(continuation, cursor->Continuation());
    } while (!continuation.empty());
    CHECK(rows == test.rows);
  }
}

TEST_CASE("paging: goes on where no record can meet the question", "[query]") {
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  Random random(1);
  Book book(database.get(), &random, 20);
  // A number that is always there is never null.
  const Query question = Query("row").Select({"id"}).Where("u is null").OrderBy("u");
  std::string continuation;
  for (int pages = 1;; ++pages) {
    Query query = question;
    query.Within({.entries_read_max = 7}).UseIndex("byU");
    if (!continuation.empty()) query.After(continuation);
    const Page page = Read(*database, query);
    CAPTURE(pages, page.plan);
    CHECK(page.ids.empty());
    if (page.stop_reason == StopReason::kExhausted) break;
    REQUIRE(pages < 20);
    continuation = page.continuation;
  }
  CHECK_FALSE(continuation.empty());
}

TEST_CASE("paging: can be asked between rows", "[query]") {
  const TempDir directory;
  OpenOptions options;
  options.in_memory = true;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  Random random(1);
  Book book(database.get(), &random, 20);
  auto cursor = database->Run(Query("row").Select({"id"}).OrderBy("f").OrderBy("u"));
  REQUIRE_OK(cursor);
  std::vector<std::string> after;  // the rows before so many
  std::vector<uint32_t> ids;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(after.emplace_back(), cursor->Continuation());
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    ids.push_back(static_cast<uint32_t>(*cursor->values()[0].get_if<uint64_t>()));
  }
  REQUIRE(after.size() == 21);
  for (size_t i = 0; i < after.size(); ++i) {
    CAPTURE(i);
    const Page rest =
        Read(*database, Query("row").Select({"id"}).OrderBy("f").OrderBy("u").After(after[i]));
    CHECK(std::equal(rest.ids.begin(), rest.ids.end(), ids.begin() + static_cast<ptrdiff_t>(i),
                     ids.end()));
  }
  auto unordered = database->Run(Query("row"));
  REQUIRE_OK(unordered);
  CHECK_THAT(unordered->Continuation(),
             testing::StatusIs(absl::StatusCode::kFailedPrecondition, "Paged()"));
}

}  // namespace
}  // namespace daftar
