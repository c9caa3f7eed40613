// Removing history: what can still be asked is answered as before, the rest is refused.
#include "txn/prune.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <vector>

#include "codec/keyspace.h"
#include "history/history_key.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/journal_reader.h"
#include "txn/migration.h"
#include "txn/random_firms.h"

namespace daftar::testing {
namespace {

using storage::FaultPoint;
using storage::FaultyStore;

constexpr int64_t kDay = 86'400'000'000;

// Records and entries as of a commit, in both directions.
Model StateAt(const txn::Core& core, uint64_t version) {
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, core.ViewAsOf(CommitVersion(version)));
  Model state;
  for (const bool reverse : {false, true}) {
    Model found;
    const auto values = view.reader->NewIterator(
        {codec::SpacePrefix(codec::Space::kRecord), codec::SpacePrefix(codec::Space::kHistory)},
        {.reverse = reverse});
    while (values->Next().value()) found.emplace(values->key(), values->value());
    if (reverse) {
      REQUIRE(found == state);
    } else {
      state = std::move(found);
    }
  }
  return state;
}

std::vector<Model> StatesFrom(const txn::Core& core, uint64_t first, uint64_t last) {
  std::vector<Model> states;
  for (uint64_t version = first; version <= last; ++version) {
    states.push_back(StateAt(core, version));
  }
  return states;
}

bool Readable(const txn::Core& core, uint64_t version) {
  const absl::Status status =
      txn::CheckReadable(core.ViewAsOf(CommitVersion(version)).value(), FirmTable(core));
  if (!status.ok()) {
    CHECK_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition,
                                "the history of the table does not reach back that far"));
  }
  return status.ok();
}

// What is in a space, and of the history what ended by a commit and what ended later.
Model Space(const txn::Core& core, codec::Space space) {
  Model contents = Contents(core.store());
  std::erase_if(contents,
                [&](const auto& item) { return item.first.front() != static_cast<char>(space); });
  return contents;
}
struct Past {
  uint64_t versions = 0;
  uint64_t entries = 0;
};
Past EndedBy(const txn::Core& core, uint64_t version) {
  Past past;
  for (const auto& [key, value] : Space(core, codec::Space::kHistory)) {
    REQUIRE_OK_AND_ASSIGN(const history::HistoryId id, history::ParseHistoryKey(key));
    if (id.ended.value() > version) continue;
    const bool is_record = id.live_key.front() == static_cast<char>(codec::Space::kRecord);
    ++(is_record ? past.versions : past.entries);
  }
  return past;
}

PruneOptions Before(uint64_t version, bool dry_run = false) {
  PruneOptions options;
  options.dry_run = dry_run;
  options.table = PruneOptions::TableUntil{"firm", AsOf::Commit(CommitVersion(version))};
  return options;
}

PruneReport Prune(txn::Core* core, const PruneOptions& options) {
  REQUIRE_OK_AND_ASSIGN(PruneReport report, txn::PruneHistory(core, options));
  return report;
}

TEST_CASE("prune: what can still be asked is answered as before", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    const auto core = NewFirmDatabase();
    for (int i = 0; i < 60; ++i) CommitRandomFirms(core.get(), &random);
    uint64_t begins = 0;
    for (int prune = 0; prune < 3; ++prune) {
      const uint64_t last = core->View().version.value();
      const uint64_t start = random() % (last + 1);
      CAPTURE(prune, start, begins);
      begins = std::max(begins, start);
      const std::vector<Model> before = StatesFrom(*core, begins, last);
      const Model journal = Space(*core, codec::Space::kJournal);
      const Past ended = EndedBy(*core, begins);
      const Model all = Contents(core->store());

      for (const bool dry_run : {true, false}) {
        const PruneReport report = Prune(core.get(), Before(start, dry_run));
        REQUIRE(report.tables.size() == (begins > 0 ? 1U : 0U));
        if (begins == 0) continue;
        CHECK(report.tables[0].table == "firm");
        CHECK(report.tables[0].start.value() == begins);
        CHECK(report.tables[0].versions == ended.versions);
        CHECK(report.tables[0].entries == ended.entries);
        if (dry_run) {
          CHECK(report.commit == CommitVersion());
          REQUIRE(Contents(core->store()) == all);
        }
      }
      REQUIRE(StatesFrom(*core, begins, last) == before);
      for (uint64_t version = 0; version <= last; ++version) {
        CAPTURE(version);
        REQUIRE(Readable(*core, version) == (version >= begins));
      }
      const Past left = EndedBy(*core, begins);
      REQUIRE(left.versions + left.entries == 0);
      // The journal only goes on.
      const Model after = Space(*core, codec::Space::kJournal);
      for (const auto& [key, value] : journal) REQUIRE(after.at(key) == value);
      for (int i = 0; i < 10; ++i) CommitRandomFirms(core.get(), &random);
    }
  }
}

TEST_CASE("prune: a commit says so before anything is removed", "[txn]") {
  const auto core = NewFirmDatabase();
  for (const char* json : {R"({"code": "A", "size": 1})", R"({"code": "A", "size": 2})",
                           R"({"code": "A", "size": 3})"}) {
    REQUIRE_OK(Commit(core.get(), Put(*core, json)));
  }
  PruneOptions options = Before(3);
  options.commit = {.actor = "registrar", .reason = "law of 1402", .decision = "7/12"};
  const PruneReport report = Prune(core.get(), options);
  CHECK(report.commit == CommitVersion(4));
  CHECK(report.tables[0].versions == 2);
  CHECK(report.tables[0].entries == 4);
  REQUIRE_OK_AND_ASSIGN(const journal::EntryHead head,
                        txn::ReadEntry(*core->View().reader, report.commit));
  CHECK(head.actor == "registrar");
  CHECK(head.reason == "history removed of firm before commit 3; law of 1402");
  CHECK(head.decision == "7/12");
  CHECK(head.change_count == 0);
  // Once more: nothing begins later, and nothing is left.
  const PruneReport again = Prune(core.get(), options);
  CHECK(again.commit == CommitVersion());
  CHECK(again.tables[0].versions + again.tables[0].entries == 0);
  CHECK(core->View().version == CommitVersion(4));
  // A later start than asked for stays.
  CHECK(Prune(core.get(), Before(1)).tables[0].start == CommitVersion(3));
}

// A clock that the test moves, and a firm that changes each day.
struct DailyBook {
  explicit DailyBook(uint32_t history_days) {
    catalog::Catalog catalog = FirmCatalog();
    catalog.tables[0].history_days = history_days;
    txn::CoreOptions options;
    options.clock = [this] { return now; };
    core =
        txn::Core::Create(storage::NewMemoryStore(), std::move(catalog), kTestId, options).value();
    for (int day = 1; day <= 10; ++day) {
      now = kTestTime + day * kDay;
      REQUIRE_OK(
          Commit(core.get(), Put(*core, R"({"code": "A", "size": )" + std::to_string(day) + "}")));
    }
  }
  int64_t now = kTestTime;
  std::unique_ptr<txn::Core> core;
};

TEST_CASE("prune: keeps as many days as the table says", "[txn]") {
  // Commit n was made on day n; it is day 10.
  const auto [days, later, start] = GENERATE(table<uint32_t, int64_t, uint64_t>(
      {{0, 0, 0},
       {100, 0, 0},
       {10, 0, 0},
       {9, 0, 1},  // the state of nine days ago is that of commit 1
       {3, 0, 7},
       {3, -1, 6},
       {3, 1, 7},
       {1, kDay, 10},
       {1, 100 * kDay, 10},
       {4294967295, 0, 0}}));
  CAPTURE(days, later);
  DailyBook book(days);
  book.now += later;
  const PruneReport report = Prune(book.core.get(), {});
  REQUIRE(report.tables.size() == (start > 0 ? 1U : 0U));
  if (start == 0) return;
  CHECK(report.tables[0].start.value() == start);
  CHECK(report.tables[0].versions == start - 1);
  // In the indexes of seals, of which it has none, and of sizes.
  CHECK(report.tables[0].entries == 2 * (start - 1));
  for (uint64_t version = start; version <= 10; ++version) {
    CHECK(StateAt(*book.core, version).size() == 3);
  }
}

TEST_CASE("prune: a moment may be given as a time", "[txn]") {
  DailyBook book(0);
  PruneOptions options;
  options.table = PruneOptions::TableUntil{"firm", AsOf::Time(Instant{kTestTime + 5 * kDay + 1})};
  CHECK(Prune(book.core.get(), options).tables[0].start == CommitVersion(5));
  options.table->before = AsOf::Time(Instant{0});
  CHECK(Prune(book.core.get(), options).tables[0].start == CommitVersion(5));
}

TEST_CASE("prune: refuses what it cannot do, and changes nothing", "[txn]") {
  DailyBook book(3);
  const Model before = Contents(book.core->store());
  PruneOptions options = Before(11);
  CHECK_THAT(txn::PruneHistory(book.core.get(), options),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "there is no such commit yet; commit=11; newest=10"));
  options.table->name = "nothing";
  CHECK_THAT(txn::PruneHistory(book.core.get(), options),
             StatusIs(absl::StatusCode::kNotFound, "nothing"));
  options = {};
  options.commit.actor = "two\nlines";
  CHECK_THAT(txn::PruneHistory(book.core.get(), options),
             StatusIs(absl::StatusCode::kInvalidArgument, "field=actor"));
  CHECK(Contents(book.core->store()) == before);
}

TEST_CASE("prune: states what the table requires", "[txn]") {
  catalog::Catalog catalog = FirmCatalog();
  catalog.tables[0].requires_decision = true;
  REQUIRE_OK_AND_ASSIGN(
      const auto core,
      txn::Core::Create(storage::NewMemoryStore(), std::move(catalog), kTestId, TestOptions()));
  const CommitOptions decided{.durability = Durability::kBuffered, .decision = "1"};
  REQUIRE_OK(core->Commit(*core->catalog(), Writes(Put(*core, R"({"code": "A"})")), decided));
  REQUIRE_OK(core->Commit(*core->catalog(), Writes(Delete(*core, "A")), decided));
  PruneOptions options = Before(2);
  CHECK_THAT(txn::PruneHistory(core.get(), options),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=firm; missing=decision"));
  options.commit.decision = "2";
  CHECK(Prune(core.get(), options).tables[0].versions == 1);
}

// A book with a migration that began after commit 4.
enum class State { kUnderWay, kFinished, kAbandoned };
void BeginMigration(txn::Core* core, State state) {
  txn::Migration migration;
  migration.info.definition = {"sizes", "firm", {{"size", "1"}}, ""};
  migration.info.begun = CommitVersion(4);
  migration.info.finished = state == State::kFinished;
  if (state == State::kAbandoned) {
    migration.info.abandoned_by = CommitVersion(core->View().version.value() + 1);
  }
  migration.table = FirmTable(*core).id;
  storage::Batch batch;
  const std::string key = txn::MigrationKey("sizes");
  batch.Put(key, txn::EncodeMigration(key, migration));
  REQUIRE_OK(core->CommitNote({}, std::move(batch)));
}

TEST_CASE("prune: what a migration goes by stays until it is finished or abandoned", "[txn]") {
  const State state = GENERATE(State::kUnderWay, State::kFinished, State::kAbandoned);
  CAPTURE(static_cast<int>(state));
  const bool is_over = state != State::kUnderWay;
  DailyBook book(2);
  BeginMigration(book.core.get(), state);
  if (!is_over) {
    CHECK_THAT(txn::PruneHistory(book.core.get(), Before(5)),
               StatusIs(absl::StatusCode::kFailedPrecondition,
                        "a migration goes by the history since it began; finish it first, "
                        "or abandon it; "
                        "migration=sizes; table=firm; began after commit=4"));
  }
  // By the days of the table it would begin later.
  CHECK(Prune(book.core.get(), {}).tables[0].start == CommitVersion(is_over ? 8 : 4));
  CHECK(Readable(*book.core, 4) == !is_over);
}

TEST_CASE("prune: of a fault anywhere the next one finishes the work", "[txn][fault]") {
  const FaultPoint point =
      GENERATE(FaultPoint::kGet, FaultPoint::kIterate, FaultPoint::kWrite, FaultPoint::kAnchor);
  const bool takes_effect = GENERATE(false, true);
  const unsigned seed = Catch::getSeed();
  CAPTURE(static_cast<int>(point), takes_effect, seed);
  constexpr uint64_t kStart = 15;
  constexpr size_t kBatchBytes = 100;  // a few keys, so that there are many writes
  const auto make = [seed](FaultyStore** faults) {
    std::mt19937 random(seed);
    auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
    *faults = store.get();
    auto core = NewFirmDatabase(std::move(store));
    while (core->View().version.value() < 30) CommitRandomFirms(core.get(), &random);
    (*faults)->Disarm();
    return core;
  };
  FaultyStore* faults = nullptr;
  const auto clean = make(&faults);
  const std::vector<Model> states = StatesFrom(*clean, kStart, 30);
  faults->Disarm();
  REQUIRE_OK(txn::PruneHistory(clean.get(), Before(kStart), kBatchBytes));
  const uint64_t operations = faults->count(point);
  CHECK(faults->count(FaultPoint::kWrite) > 5);
  const Model history = Space(*clean, codec::Space::kHistory);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    CAPTURE(nth);
    auto core = make(&faults);
    faults->Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    const auto report = txn::PruneHistory(core.get(), Before(kStart), kBatchBytes);
    // An anchor that cannot be written takes nothing back; writing on is refused.
    CHECK(!report.ok());
    auto inner = faults->TakeInner();
    core.reset();
    REQUIRE_OK_AND_ASSIGN(core, txn::Core::Open(std::move(inner), TestOptions()));
    REQUIRE(StatesFrom(*core, kStart, 30) == states);
    // Nothing is missing that may still be asked for.
    if (Readable(*core, 0)) CHECK(EndedBy(*core, kStart).versions > 0);
    REQUIRE_OK(txn::PruneHistory(core.get(), Before(kStart)));
    REQUIRE(Space(*core, codec::Space::kHistory) == history);
    REQUIRE(StatesFrom(*core, kStart, 30) == states);
    CHECK(!Readable(*core, kStart - 1));
  }
}

}  // namespace
}  // namespace daftar::testing
