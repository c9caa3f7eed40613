// Another schema for a database in use: what it leaves is as if it had always been so, whoever
// writes meanwhile and whatever fails.
#include "io/schema_change.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "io/firm_book.h"
#include "io/late_claims.h"
#include "record/sample.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/bulk_load.h"
#include "txn/prune.h"
#include "txn/schema_work.h"
#include "txn/transaction.h"

namespace daftar::testing {
namespace {

using catalog::IndexState;
using codec::Space;
using storage::Fault;
using storage::FaultPoint;
using storage::FaultyStore;

// What is in the space of index entries, now and earlier.
Model Entries(const storage::Store& store) {
  Model entries = Contents(store);
  std::erase_if(entries, [](const auto& item) {
    const char space = item.first.front() == static_cast<char>(Space::kHistory)
                           ? item.first[1]
                           : item.first.front();
    return space != static_cast<char>(Space::kIndex);
  });
  return entries;
}

TEST_CASE("schema change: indexes are as if they had always been there", "[io][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    FirmBook late = NewClaimBook("");
    FirmBook early = NewClaimBook(absl::StrCat(kIndexes, kSealIndex));
    const auto commit = [&](int count) {
      for (int i = 0; i < count; ++i) {
        std::mt19937 same = random;
        REQUIRE_OK(CommitRandomClaim(late.core(), &random, 700));
        REQUIRE_OK(CommitRandomClaim(early.core(), &same, 700));
      }
    };
    commit(round * 60);
    const CommitVersion pruned_before(random() % (late.core()->View().version.value() + 1));
    for (FirmBook* book : {&late, &early}) {
      if (round % 2 == 0) continue;
      PruneOptions options;
      options.table = PruneOptions::TableUntil{"claim", AsOf::Commit(pruned_before)};
      REQUIRE_OK(txn::PruneHistory(book->core(), options));
    }
    REQUIRE_OK_AND_ASSIGN(
        const SchemaChangeReport report,
        io::ChangeSchema(late.core(), ClaimSchema(absl::StrCat(kIndexes, kSealIndex)), {}));
    CHECK(report.complete);
    CHECK(report.built.size() == 5);
    CHECK(report.schema == SchemaVersion(3));
    // The change took two commits: the schema, and that it is built.
    REQUIRE_OK(early.core()->CommitNote({}, {}));
    REQUIRE_OK(early.core()->CommitNote({}, {}));
    commit(100);
    CHECK(LeavesNothing(*late.core()));
    CheckClean(late);
    // Where history was removed, an entry may be older than any version that is left.
    if (round % 2 == 0) REQUIRE(Entries(late.core()->store()) == Entries(early.core()->store()));
    REQUIRE_OK_AND_ASSIGN(
        const SchemaChangeReport again,
        io::ChangeSchema(late.core(), ClaimSchema(absl::StrCat(kIndexes, kSealIndex)), {}));
    CHECK(again.complete);
    CHECK(again.built.empty());
    CHECK(again.schema == SchemaVersion(3));
  }
}

TEST_CASE("schema change: indexes are built beside writers", "[io][threads]") {
  constexpr int kWriters = 4;
  FirmBook book = NewClaimBook("");
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 3000; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 2000));
  std::atomic<bool> stop = false;
  std::atomic<int> committed = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, own = std::mt19937(seed + 1 + static_cast<unsigned>(i))]() mutable {
      while (!stop) {
        const absl::Status status = CommitRandomClaim(book.core(), &own, 2000);
        if (status.ok()) ++committed;
        // The schema was another one.
        if (!status.ok() && !absl::IsAborted(status)) ++failed;
      }
    });
  }
  double fraction = 0;
  uint64_t records = 0;
  SchemaChangeOptions options;
  options.progress = [&](const IndexProgress& progress) {
    CHECK(progress.table == "claim");
    CHECK(progress.indexes ==
          std::vector<std::string>{"byDesk", "byTag", "big", "bySeal", "place"});
    CHECK(progress.fraction >= fraction);
    CHECK(progress.records >= records);
    fraction = progress.fraction;
    records = progress.records;
    const int before = committed;
    while (committed < before + 3) std::this_thread::yield();
    return true;
  };
  const auto report =
      io::ChangeSchema(book.core(), ClaimSchema(absl::StrCat(kIndexes, kSealIndex)), options);
  stop = true;
  for (std::thread& writer : writers) writer.join();
  REQUIRE_OK(report.status());
  CHECK(report->complete);
  CHECK(report->built.size() == 5);
  CHECK(records > 0);
  CHECK(failed == 0);
  CheckClean(book);
}

TEST_CASE("schema change: a commit that was prepared before a range was built", "[io]") {
  FirmBook book = NewClaimBook("");
  txn::Core* const core = book.core();
  REQUIRE_OK(Commit(core, Put(*core, R"({"code": "A", "size": 3, "seal": 1})")));
  std::unique_ptr<txn::Transaction> transaction;
  SchemaChangeOptions options;
  options.progress = [&](const IndexProgress& progress) {
    if (progress.records == 0) {
      transaction = std::make_unique<txn::Transaction>(core, TransactionLimits());
      REQUIRE_OK(transaction->Write(Put(*core, R"({"code": "A", "size": 4, "seal": 2})")));
    } else {
      REQUIRE_OK(transaction->Commit({}));
    }
    return true;
  };
  REQUIRE_OK(io::ChangeSchema(core, ClaimSchema(absl::StrCat(kIndexes, kSealIndex)), options));
  REQUIRE(core->View().version == CommitVersion(4));
  CheckClean(book);
}

TEST_CASE("schema change: goes on where it was stopped", "[io]") {
  FirmBook book = NewClaimBook("");
  std::mt19937 random(7);
  for (int i = 0; i < 4000; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 20000));
  const std::string indexes = absl::StrCat(kIndexes, kSealIndex);
  int calls = 0;
  uint64_t records = 0;
  bool complete = false;
  while (!complete) {
    SchemaChangeOptions options;
    int reports = 0;
    options.progress = [&](const IndexProgress& progress) {
      CHECK(progress.records >= records);
      records = progress.records;
      return ++reports < 2;
    };
    REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                          io::ChangeSchema(book.core(), ClaimSchema(indexes), options));
    complete = report.complete;
    CheckClean(book);
    if (!complete) {
      const catalog::TableDef& table = book.core()->catalog()->tables[0];
      for (const catalog::IndexDef& index : table.indexes) {
        CHECK(index.state == IndexState::kBuilding);
      }
      CHECK(!LeavesNothing(*book.core()));
    }
    for (int i = 0; i < 20; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 20000));
    REQUIRE(++calls < 100);
  }
  CHECK(calls > 1);
  CHECK(LeavesNothing(*book.core()));
  CheckClean(book);
}

TEST_CASE("schema change: whatever operation fails, the next call goes on", "[io][fault]") {
  const FaultPoint point = GENERATE(FaultPoint::kWrite, FaultPoint::kGet, FaultPoint::kIterate);
  const bool takes_effect = GENERATE(false, true);
  if (takes_effect && point != FaultPoint::kWrite) return;
  CAPTURE(static_cast<int>(point), takes_effect);
  const std::string before = R"($Daftar.index(name = "old", on = ["size"], covering = ["desk"])
      $Daftar.aggregate(name = "all", sum = ["size"], where = "size > 1"))";
  const std::string after = absl::StrCat(kIndexes, kSealIndex, kAggregates);
  uint64_t step = 1;
  for (uint64_t nth = 1;; nth += step) {
    CAPTURE(nth);
    auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
    FaultyStore* const faults = store.get();
    auto core = NewClaims(before, std::move(store));
    std::mt19937 random(3);
    for (int i = 0; i < 400; ++i) REQUIRE_OK(CommitRandomClaim(core.get(), &random, 300));
    faults->Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    const bool done = io::ChangeSchema(core.get(), ClaimSchema(after), {}).ok();
    // Entries are walked over one by one: not all of these are tried.
    if (point == FaultPoint::kIterate) step = 1 + nth / 8;
    auto inner = faults->TakeInner();
    core.reset();
    REQUIRE_OK_AND_ASSIGN(auto reopened, txn::Core::Open(std::move(inner), TestOptions()));
    FirmBook book(std::move(reopened));
    CheckClean(book);
    for (int i = 0; i < 20; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 300));
    REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                          io::ChangeSchema(book.core(), ClaimSchema(after), {}));
    CHECK(report.complete);
    CHECK(LeavesNothing(*book.core()));
    CHECK(book.core()->catalog()->all_readable());
    CheckClean(book);
    if (done) break;  // There are fewer operations than that.
  }
}

TEST_CASE("schema change: shared unique values are listed until they are gone", "[io]") {
  FirmBook book = NewClaimBook("");
  txn::Core* const core = book.core();
  for (const char* json :
       {R"({"code": "A", "seal": 1})", R"({"code": "B", "seal": 1})", R"({"code": "C", "seal": 2})",
        R"({"code": "D"})", R"({"code": "E"})", R"({"code": "F", "seal": 1})"}) {
    REQUIRE_OK(Commit(core, Put(*core, json)));
  }
  SchemaChangeOptions options;
  options.violations_max = 1;
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                        io::ChangeSchema(core, ClaimSchema(kSealIndex), options));
  CHECK(!report.complete);
  CHECK(report.built.empty());
  CHECK(report.violation_count == 2);
  REQUIRE(report.violations.size() == 1);
  CHECK(report.violations[0].index == "bySeal");
  CHECK(report.violations[0].values == "1");
  CHECK(report.violations[0].key == "A");
  CHECK(report.violations[0].other == "B");
  CHECK(core->catalog()->tables[0].indexes[0].state == IndexState::kUniquePending);
  CheckClean(book);
  // New ones are refused already.
  CHECK_THAT(Commit(core, Put(*core, R"({"code": "G", "seal": 2})")).status(),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "another record has these values of a unique index; table=claim; "
                      "index=bySeal; values=seal '2'; key=G; other key=C"));
  REQUIRE_OK(Commit(core, Put(*core, R"({"code": "B", "seal": 3})")));
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport second,
                        io::ChangeSchema(core, ClaimSchema(kSealIndex), {}));
  CHECK(second.violation_count == 1);
  CHECK(second.violations[0].other == "F");
  REQUIRE_OK(Commit(core, Delete(*core, "F")));
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport third,
                        io::ChangeSchema(core, ClaimSchema(kSealIndex), {}));
  CHECK(third.complete);
  REQUIRE(third.built.size() == 1);
  CHECK(third.built[0].entries == 5);
  CHECK(core->catalog()->all_readable());
  CheckClean(book);
}

TEST_CASE("schema change: what is dropped goes, and its number with it", "[io]") {
  FirmBook book = NewClaimBook(absl::StrCat(kIndexes, kSealIndex));
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 40));
  const std::string other = R"(
      $Daftar.index(name = "byTag", on = ["tags", "size"])
      $Daftar.index(name = "large", on = ["size"], where = "size > 2")
)";
  SchemaChangeOptions options;
  options.dry_run = true;
  for (options.dry_run = true;; options.dry_run = false) {
    REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                          io::ChangeSchema(book.core(), ClaimSchema(other), options));
    CHECK(report.complete != options.dry_run);
    REQUIRE(report.built.size() == 1);
    CHECK(report.built[0].name == "byTag");
    // `large` is `big` under another name.
    std::vector<std::string> removed;
    for (const auto& index : report.removed) removed.push_back(index.name);
    std::sort(removed.begin(), removed.end());
    CHECK(removed == std::vector<std::string>{"byDesk", "bySeal", "byTag", "place"});
    if (!options.dry_run) break;
    CHECK(book.core()->catalog()->version == SchemaVersion(1));
  }
  const catalog::TableDef& table = book.core()->catalog()->tables[0];
  CHECK(table.indexes[0].id == IndexId(6));
  CHECK(table.indexes[1].id == IndexId(3));
  CHECK(LeavesNothing(*book.core()));
  CheckClean(book);
}

TEST_CASE("schema change: what would lose or misread data is refused", "[io]") {
  FirmBook book = NewClaimBook(kSealIndex);
  REQUIRE_OK(Commit(book.core(), Put(*book.core(), R"({"code": "A"})")));
  const auto [name, schema, message] = GENERATE(table<const char*, const char*, const char*>({
      {"another type", R"(
         struct Claim @0xb000000000000001 $Daftar.table(name = "claim", key = ["code"]) {
           code @0 :Text; tags @1 :List(Text); size @2 :UInt64;
           desk :union { none @3 :Void; value @4 :Text; }
           seal :union { none @5 :Void; value @6 :UInt32; } })",
       "the schema would lose or misread what is stored"},
      {"another key", R"(
         struct Claim @0xb000000000000001 $Daftar.table(name = "claim", key = ["size"]) {
           code @0 :Text; tags @1 :List(Text); size @2 :UInt32;
           desk :union { none @3 :Void; value @4 :Text; }
           seal :union { none @5 :Void; value @6 :UInt32; }
           north :union { none @7 :Void; degrees @8 :Int32 $Daftar.decimal(4); }
           east @9 :Float64; })",
       "the schema wants records written anew"},
  }));
  CAPTURE(name);
  const auto schemas = Sample(schema).set();
  const absl::Status status = io::ChangeSchema(book.core(), schemas, {}).status();
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(status.message().starts_with(message));
  SchemaChangeOptions options;
  options.dry_run = true;
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                        io::ChangeSchema(book.core(), schemas, options));
  CHECK(report.check.verdict >= Verdict::kMigrate);
  CHECK(!report.complete);
  CHECK(book.core()->catalog()->version == SchemaVersion(1));
}

TEST_CASE("schema change: who has begun under the schema before begins again", "[io]") {
  FirmBook book = NewClaimBook("");
  txn::Core* const core = book.core();
  const auto catalog = core->catalog();
  const auto writes = Writes(Put(*core, R"({"code": "A", "seal": 1})"));
  REQUIRE_OK(io::ChangeSchema(core, ClaimSchema(kSealIndex), {}));
  CHECK_THAT(core->Commit(*catalog, writes, {}).status(),
             StatusIs(absl::StatusCode::kAborted,
                      "the schema has changed since the batch was begun; begin again"));
  REQUIRE_OK(Commit(core, Put(*core, R"({"code": "A", "seal": 1})")));
  CheckClean(book);
}

TEST_CASE("schema change: a load that was to begin before begins again", "[io]") {
  FirmBook book = NewClaimBook("");
  txn::Core* const core = book.core();
  const auto catalog = core->catalog();
  REQUIRE_OK(io::ChangeSchema(core, ClaimSchema(kSealIndex), {}));
  const TempDir folder;
  txn::BulkLoad load(core, &catalog->tables[0], {.spill_folder = folder.path()});
  const record::Message record = Firm(*core, R"({"code": "A", "seal": 1})");
  const auto aborted = StatusIs(absl::StatusCode::kAborted,
                                "the schema has changed since the load was begun; begin again");
  const txn::BulkRecord added{&record, journal::HashOf(record.bytes())};
  CHECK_THAT(load.Add({&added, 1}, 1), aborted);
  CHECK_THAT(load.Finish().status(), aborted);
}

}  // namespace
}  // namespace daftar::testing
