// The public interface: opening, reading, writing, views, cursors, errors.

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::Rows;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kPermit = R"(
struct Permit $Daftar.table(name = "permit", key = ["authority", "serial"])
    $Daftar.index(name = "byState", on = ["state", "validTo"], covering = ["firm"])
    $Daftar.index(name = "byNumber", on = ["number"], unique = true) {
  authority @0 :Text;
  serial @1 :UInt32;
  state @2 :State;
  validTo :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  firm @5 :Text;
  number @6 :Text;
  amount @7 :Int64;
}
enum State { draft @0; active @1; revoked @2; }
)";

TEST_CASE("database: what is put is got back, also after reopening", "[api]") {
  const TempDir directory;
  const std::string json =
      R"({"authority":"CFZ","serial":7,"state":"active","validTo":"2025-03-20","firm":"پارس",)"
      R"("amount":-9223372036854775808})";
  {
    REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
    REQUIRE_OK(database->Put("permit", json));
  }
  REQUIRE_OK_AND_ASSIGN(auto database, Database::Open(directory / "db"));
  REQUIRE_OK_AND_ASSIGN(const Record record, database->Get("permit", {"CFZ", 7}));
  REQUIRE_OK_AND_ASSIGN(const std::string again, record.ToJson());
  CHECK(again == json);
  REQUIRE_OK_AND_ASSIGN(const Value day, record.Get("validTo"));
  CHECK(day == Value(Date{20167}));
  CHECK(record.created() == CommitVersion(1));
}

TEST_CASE("database: errors say what and where", "[api]") {
  const TempDir directory;
  CHECK_THAT(Database::Open(directory / "absent"), StatusIs(absl::StatusCode::kNotFound, ""));
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  CHECK_THAT(Database::Create(directory / "db", {directory / "schema.capnp", {}}),
             StatusIs(absl::StatusCode::kFailedPrecondition, "in use"));
  CHECK_THAT(database->Get("permits", {"x"}),
             StatusIs(absl::StatusCode::kNotFound, "no such table; table=permits; tables=permit"));
  CHECK_THAT(database->Get("permit", {"CFZ"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "key fields=authority, serial"));
  CHECK_THAT(database->Get("permit", {"CFZ", "seven"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "value='seven'"));
  CHECK_THAT(database->Get("permit", {"CFZ", 7}),
             StatusIs(absl::StatusCode::kNotFound, "key=CFZ, 7"));
  CHECK_THAT(database->Put("permit", R"({"serial":7})"),
             StatusIs(absl::StatusCode::kInvalidArgument, "field=authority"));
  CHECK_THAT(database->Put("permit", R"({"authority":"A","serial":1,"state":"gone"})"),
             StatusIs(absl::StatusCode::kInvalidArgument, "one of=draft, active, revoked"));
  CHECK_THAT(database->Put("permit", R"({"authority":"A",)"),
             StatusIs(absl::StatusCode::kInvalidArgument, "JSON does not parse"));
  CHECK_THAT(database->Delete("permit", {"CFZ", 7}),
             StatusIs(absl::StatusCode::kNotFound, "no record with this key"));
  CHECK_THAT(database->Run(Query("permit").Where("state = gone")),
             StatusIs(absl::StatusCode::kInvalidArgument, "field=state"));
  CHECK_THAT(database->Run(Query("permit").UseIndex("byFirm")),
             StatusIs(absl::StatusCode::kNotFound, "indexes=byState, byNumber"));
  CHECK_THAT(database->Run(Query("permit").Select({"firms"})),
             StatusIs(absl::StatusCode::kInvalidArgument, "no such field"));
}

TEST_CASE("database: a batch is written in whole or not at all", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":1,"number":"n1"})"));
  Batch batch = database->NewBatch();
  REQUIRE_OK(batch.Put("permit", R"({"authority":"A","serial":2,"number":"n2"})"));
  REQUIRE_OK(batch.Put("permit", R"({"authority":"A","serial":3,"number":"n1"})"));
  CHECK_THAT(database->Commit(std::move(batch)),
             StatusIs(absl::StatusCode::kAlreadyExists, "index=byNumber"));
  REQUIRE_OK_AND_ASSIGN(const auto absent, database->Find("permit", {"A", 2}));
  CHECK(!absent.has_value());
  // Two records may exchange their unique values within one batch.
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":2,"number":"n2"})"));
  Batch exchange = database->NewBatch();
  REQUIRE_OK(exchange.Put("permit", R"({"authority":"A","serial":1,"number":"n2"})"));
  REQUIRE_OK(exchange.Put("permit", R"({"authority":"A","serial":2,"number":"n1"})"));
  CHECK(database->Commit(std::move(exchange)).ok());
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems_found == 0);
}

TEST_CASE("database: a view does not see later commits", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":1,"firm":"old"})"));
  const ReadView view = database->View();
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":1,"firm":"new"})"));
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":2})"));
  REQUIRE_OK_AND_ASSIGN(const Record old, database->Get(view, "permit", {"A", 1}));
  REQUIRE_OK_AND_ASSIGN(const Value firm, old.Get("firm"));
  CHECK(firm == Value("old"));
  auto cursor = database->Run(view, Query("permit").Where("state = draft"));
  REQUIRE_OK(cursor);
  uint64_t rows = 0;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
    if (!more) break;
    ++rows;
  }
  CHECK(rows == 1);
  CHECK(view.version() == CommitVersion(1));
}

TEST_CASE("cursor: limits end it with their reason", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  Batch batch = database->NewBatch();
  for (int i = 0; i < 100; ++i) {
    REQUIRE_OK(batch.Put("permit", absl::StrCat(R"({"authority":"A","serial":)", i, "}")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  struct Case {
    Query query;
    uint64_t rows;
    StopReason reason;
  };
  const Case cases[] = {
      {Query("permit"), 100, StopReason::kExhausted},
      {Query("permit").Limit(7), 7, StopReason::kRowLimit},
      {Query("permit").Limit(0), 0, StopReason::kRowLimit},
      {Query("permit").Within({.entries_read_max = 10}), 10, StopReason::kEntryLimit},
      {Query("permit").Within({.row_bytes_max = 1}), 1, StopReason::kByteLimit},
      {Query("permit").Within({.time_max = std::chrono::milliseconds(0)}), 0,
       StopReason::kTimeLimit},
  };
  for (const Case& test : cases) {
    auto cursor = database->Run(test.query);
    REQUIRE_OK(cursor);
    uint64_t rows = 0;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
      ++rows;
    }
    CHECK(rows == test.rows);
    CHECK(cursor->stop_reason() == test.reason);
    // Asking again changes nothing.
    REQUIRE_OK_AND_ASSIGN(const bool again, cursor->Next());
    CHECK(!again);
  }
}

TEST_CASE("database: verify finds and repairs nothing in a healthy book", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":1})"));
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify({.repair = true}));
  CHECK(report.clean());
  CHECK(report.records == 1);
  CHECK(report.entries == 2);
}

TEST_CASE("database: pruned history is refused, the rest stays", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":1})"));
  REQUIRE_OK(database->Delete("permit", Key{"A", 1}));
  PruneOptions options;
  options.table = PruneOptions::TableUntil{"permit", AsOf::Commit(CommitVersion(2))};
  REQUIRE_OK_AND_ASSIGN(const PruneReport report, database->PruneHistory(options));
  REQUIRE(report.tables.size() == 1);
  CHECK(report.tables[0].versions == 1);
  CHECK(report.commit == CommitVersion(3));
  const auto find = [&](uint64_t version) -> absl::StatusOr<std::optional<Record>> {
    const auto view = database->View(AsOf::Commit(CommitVersion(version)));
    if (!view.ok()) return view.status();
    return database->Find(*view, "permit", Key{"A", 1});
  };
  CHECK_THAT(find(1), StatusIs(absl::StatusCode::kFailedPrecondition,
                               "the history of the table does not reach back that far"));
  REQUIRE_OK_AND_ASSIGN(const auto deleted, find(2));
  CHECK(!deleted.has_value());
}

TEST_CASE("database: a copied directory is readable elsewhere", "[api]") {
  const TempDir directory;
  {
    REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
    REQUIRE_OK(database->Put("permit", R"({"authority":"A","serial":1,"state":"active"})"));
  }
  std::filesystem::copy(directory / "db", directory / "copy");
  // Neither the schema file nor the first database is needed.
  std::filesystem::remove_all(directory / "db");
  std::filesystem::remove(directory / "schema.capnp");
  REQUIRE_OK_AND_ASSIGN(auto copy, Database::Open(directory / "copy", {.read_only = true}));
  CHECK(Rows(*copy, Query("permit").Where("state = active").Select({"authority", "state"})) ==
        "{\"authority\":\"A\",\"state\":\"active\"}\n");
  CHECK_THAT(copy->Put("permit", R"({"authority":"A","serial":2})"),
             StatusIs(absl::StatusCode::kFailedPrecondition, "reading only"));
}

TEST_CASE("database: many threads write and read at once", "[api][threads]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kPermit));
  constexpr int kThreads = 4;
  constexpr int kWrites = 100;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kWrites; ++i) {
        const std::string json =
            absl::StrCat(R"({"authority":"T)", t, R"(","serial":)", i, R"(,"state":"active"})");
        if (!database->Put("permit", json).ok()) ++failures;
        if (!database->Get("permit", {absl::StrCat("T", t), i}).ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.clean());
  CHECK(report.records == kThreads * kWrites);
}

}  // namespace
}  // namespace daftar
