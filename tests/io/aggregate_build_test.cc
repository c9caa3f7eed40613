// Aggregates that are declared when their table has been in use: every record is counted once,
// whoever writes meanwhile, wherever the count stops.
#include "io/aggregate_build.h"

#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/groups.h"
#include "io/late_claims.h"
#include "io/schema_change.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/bulk_load.h"
#include "txn/header.h"
#include "txn/prune.h"
#include "txn/transaction.h"

namespace daftar::testing {
namespace {

using catalog::AggregateState;

const std::string kAll = absl::StrCat(kIndexes, kAggregates);

// The totals of each group, by the name of its aggregate and the values that it is by. Which commit
// wrote them is left out: it is another one when an aggregate comes later.
std::map<std::string, index::GroupTotals> Totals(const storage::Reader& reader,
                                                 const catalog::TableDef& table) {
  std::map<std::string, index::GroupTotals> totals;
  for (const catalog::AggregateDef& aggregate : table.aggregates) {
    const std::string prefix = codec::AggregatePrefix(aggregate.id);
    const auto groups = reader.NewIterator({prefix, codec::PrefixEnd(prefix)}, {});
    while (groups->Next().value()) {
      const std::string key =
          absl::StrCat(aggregate.name(), " ", groups->key().substr(prefix.size()));
      totals[key] = index::DecodeGroup(aggregate.sums().size(), groups->value()).value().totals;
    }
  }
  return totals;
}

std::map<std::string, index::GroupTotals> TotalsAt(const txn::Core& core, CommitVersion version) {
  REQUIRE_OK_AND_ASSIGN(const txn::ReadView view, core.ViewAsOf(version));
  return Totals(*view.reader, view.catalog->tables[0]);
}

// Stops after so many ranges.
SchemaChangeOptions StopAfter(int ranges) {
  SchemaChangeOptions options;
  options.progress = [ranges](const IndexProgress&) mutable { return ranges-- > 0; };
  return options;
}

TEST_CASE("aggregate build: totals are as if they had always been kept", "[io][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 16; ++round) {
    CAPTURE(round);
    FirmBook late = NewClaimBook(kIndexes);
    FirmBook early = NewClaimBook(kAll);
    const auto commit = [&](int count) {
      for (int i = 0; i < count; ++i) {
        std::mt19937 same = random;
        REQUIRE_OK(CommitRandomClaim(late.core(), &random, 700));
        REQUIRE_OK(CommitRandomClaim(early.core(), &same, 700));
      }
    };
    commit(round * 70);
    REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                          io::ChangeSchema(late.core(), ClaimSchema(kAll), {}));
    CHECK(report.complete);
    CHECK(report.built.empty());
    REQUIRE(report.counted.size() == 3);
    CHECK(report.counted[0].name == "all");
    CHECK(report.counted[0].groups == (round == 0 ? 0 : 1));
    // The change took two commits: the schema, and that it is counted.
    REQUIRE_OK(early.core()->CommitNote({}, {}));
    REQUIRE_OK(early.core()->CommitNote({}, {}));
    const CommitVersion since = late.core()->View().version;
    for (const catalog::AggregateDef& each : late.core()->catalog()->tables[0].aggregates) {
      CHECK(each.state == AggregateState::kReadable);
      CHECK(each.since == since);
    }
    commit(60);
    CHECK(LeavesNothing(*late.core()));
    CheckClean(late);
    const uint64_t newest = late.core()->View().version.value();
    REQUIRE(newest > since.value() + 20);
    for (uint64_t version = since.value(); version <= newest; version += 5) {
      CAPTURE(version);
      REQUIRE(TotalsAt(*late.core(), CommitVersion(version)) ==
              TotalsAt(*early.core(), CommitVersion(version)));
    }
    if (round % 2 == 0) continue;
    // Histories begin later, also in the middle of what is known.
    for (const uint64_t start : {since.value() - 1, since.value() + 20}) {
      PruneOptions options;
      options.table = PruneOptions::TableUntil{"claim", AsOf::Commit(CommitVersion(start))};
      REQUIRE_OK(txn::PruneHistory(late.core(), options));
      CheckClean(late);
    }
  }
}

// Commits and loads from several threads, until they are told to stop.
class BesideWriters {
 public:
  BesideWriters(txn::Core* core, unsigned seed) : core_(core) {
    for (unsigned i = 0; i < 3; ++i) {
      threads_.emplace_back([this, own = std::mt19937(seed + i)]() mutable {
        while (!stop_) Note(CommitRandomClaim(core_, &own, kKeys));
      });
    }
    threads_.emplace_back([this, own = std::mt19937(seed + 3)]() mutable {
      while (!stop_) Note(Load(&own));
    });
  }
  ~BesideWriters() { Stop(); }
  BesideWriters(const BesideWriters&) = delete;
  BesideWriters& operator=(const BesideWriters&) = delete;

  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int written() const { return written_; }
  int failed() const { return failed_; }

  static constexpr uint32_t kKeys = 2000;

 private:
  absl::Status Load(std::mt19937* random) {
    const auto catalog = core_->catalog();
    txn::BulkLoad load(core_, &catalog->tables[0],
                       {.intent = WriteIntent::kUpsert, .spill_folder = folder_.path()});
    for (uint64_t line = 1; line <= 20; ++line) {
      const auto writes = RandomClaimWrites(catalog->tables[0], random, kKeys);
      const txn::BulkRecord added{&*writes[0].record, journal::HashOf(writes[0].record->bytes())};
      const absl::Status status = load.Add({&added, 1}, line);
      if (!status.ok()) return status;
    }
    return load.Finish().status();
  }

  void Note(const absl::Status& status) {
    if (status.ok()) ++written_;
    // The schema was another one.
    if (!status.ok() && !absl::IsAborted(status)) ++failed_;
  }

  txn::Core* const core_;
  const TempDir folder_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> written_ = 0;
  std::atomic<int> failed_ = 0;
  std::vector<std::thread> threads_;
};

TEST_CASE("aggregate build: counts beside writers, loads and checks", "[io][threads]") {
  FirmBook book = NewClaimBook(kIndexes);
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 3000; ++i) {
    REQUIRE_OK(CommitRandomClaim(book.core(), &random, BesideWriters::kKeys));
  }
  BesideWriters writers(book.core(), seed + 1);
  double fraction = 0;
  uint64_t records = 0;
  int ranges = 0;
  SchemaChangeOptions options;
  options.progress = [&](const IndexProgress& progress) {
    CHECK(progress.indexes == std::vector<std::string>{"all", "ofTag", "ofDesk"});
    CHECK(progress.fraction >= fraction);
    CHECK(progress.records >= records);
    fraction = progress.fraction;
    records = progress.records;
    const int before = writers.written();
    while (writers.written() < before + 3) std::this_thread::yield();
    // Repairs that are not needed do no harm.
    if (++ranges % 4 == 0) REQUIRE(book.Verify(ranges % 8 == 0).problems_found == 0);
    return true;
  };
  const auto report = io::ChangeSchema(book.core(), ClaimSchema(kAll), options);
  writers.Stop();
  REQUIRE_OK(report.status());
  CHECK(report->complete);
  CHECK(report->counted.size() == 3);
  CHECK(records > 0);
  CHECK(ranges > 8);
  CHECK(writers.failed() == 0);
  CheckClean(book);
}

TEST_CASE("aggregate build: a commit that was prepared before a range was counted", "[io]") {
  for (const bool is_new : {false, true}) {
    CAPTURE(is_new);
    FirmBook book = NewClaimBook(kIndexes);
    txn::Core* const core = book.core();
    REQUIRE_OK(Commit(core, Put(*core, R"({"code": "A", "size": 3, "seal": 1})")));
    std::unique_ptr<txn::Transaction> transaction;
    SchemaChangeOptions options;
    options.progress = [&](const IndexProgress& progress) {
      if (progress.records == 0) {
        transaction = std::make_unique<txn::Transaction>(core, TransactionLimits());
        REQUIRE_OK(transaction->Write(
            Put(*core, is_new ? R"({"code": "B", "size": 4})" : R"({"code": "A", "size": 4})")));
      } else {
        REQUIRE_OK(transaction->Commit({}));
      }
      return true;
    };
    REQUIRE_OK(io::ChangeSchema(core, ClaimSchema(kAll), options));
    REQUIRE(core->View().version == CommitVersion(4));
    CheckClean(book);
    CHECK(Totals(*core->View().reader, core->catalog()->tables[0]).at("all ") ==
          (is_new ? index::GroupTotals{2, {{2, 7}}} : index::GroupTotals{1, {{1, 4}}}));
  }
}

TEST_CASE("aggregate build: goes on where it was stopped, and equals one that did not stop",
          "[io][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  FirmBook book = NewClaimBook(kIndexes);
  FirmBook early = NewClaimBook(kAll);
  const auto commit = [&](int count) {
    for (int i = 0; i < count; ++i) {
      std::mt19937 same = random;
      REQUIRE_OK(CommitRandomClaim(book.core(), &random, 3000));
      REQUIRE_OK(CommitRandomClaim(early.core(), &same, 3000));
    }
  };
  commit(2500);
  CHECK(txn::FormatFor(*book.core()->catalog()) == txn::kPointsFormat);
  uint64_t records = 0;
  int calls = 0;
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
                          io::ChangeSchema(book.core(), ClaimSchema(kAll), options));
    complete = report.complete;
    CheckClean(book);
    CHECK(txn::FormatFor(*book.core()->catalog()) == txn::kLateAggregatesFormat);
    CHECK(LeavesNothing(*book.core()) == complete);
    for (const catalog::AggregateDef& each : book.core()->catalog()->tables[0].aggregates) {
      CHECK(each.readable() == complete);
    }
    // Nothing is kept of what partial totals were.
    for (const std::string& key : book.Keys(codec::Space::kHistory)) {
      CHECK(key[1] != static_cast<char>(codec::Space::kAggregate));
    }
    commit(complete ? 0 : 20);
    REQUIRE(++calls < 100);
  }
  CHECK(calls > 3);
  CHECK(Totals(*book.core()->View().reader, book.core()->catalog()->tables[0]) ==
        Totals(*early.core()->View().reader, early.core()->catalog()->tables[0]));
}

TEST_CASE("aggregate build: one that comes to others which are half counted", "[io]") {
  FirmBook book = NewClaimBook("");
  std::mt19937 random(5);
  const auto commit = [&] {
    for (int i = 0; i < 50; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 2000));
  };
  for (int i = 0; i < 40; ++i) commit();
  REQUIRE_OK_AND_ASSIGN(SchemaChangeReport report,
                        io::ChangeSchema(book.core(), ClaimSchema(kAggregates), StopAfter(3)));
  CHECK(!report.complete);
  commit();
  const std::vector<catalog::AggregateDef> half = book.core()->catalog()->tables[0].aggregates;
  // `ofTag` has another sum, `ofDesk` is gone, `each` is `all`, and indexes are built, too.
  const std::string other = R"(
      $Daftar.aggregate(name = "each", sum = ["size"])
      $Daftar.aggregate(name = "ofTag", by = ["tags"], sum = ["seal"])
      $Daftar.aggregate(name = "ofSize", by = ["size"]))";
  std::vector<std::vector<std::string>> walks;
  SchemaChangeOptions options;
  options.progress = [&](const IndexProgress& progress) {
    if (walks.empty() || walks.back() != progress.indexes) walks.push_back(progress.indexes);
    commit();
    return walks.size() < 3 || progress.records < 450;
  };
  const auto schema = ClaimSchema(absl::StrCat(kIndexes, other));
  REQUIRE_OK_AND_ASSIGN(report, io::ChangeSchema(book.core(), schema, options));
  CHECK(!report.complete);
  REQUIRE(report.removed.size() == 2);
  CHECK(report.removed[0].name == "ofTag");
  CHECK(report.removed[1].name == "ofDesk");
  // Who has least comes first.
  CHECK(walks == std::vector<std::vector<std::string>>{
                     {"byDesk", "byTag", "big", "place"}, {"ofTag", "ofSize"}, {"each"}});
  CheckClean(book);
  REQUIRE_OK_AND_ASSIGN(report, io::ChangeSchema(book.core(), schema, {}));
  CHECK(report.complete);
  CHECK(report.built.size() == 4);
  CHECK(report.counted.size() == 3);
  const auto& whole = book.core()->catalog()->tables[0].aggregates;
  CHECK(whole[0].id == half[0].id);
  CHECK(whole[1].id == AggregateId(4));
  CHECK(whole[2].id == AggregateId(5));
  CHECK(LeavesNothing(*book.core()));
  CheckClean(book);
}

TEST_CASE("aggregate build: damage in what was counted is found, and put right", "[io][fault]") {
  FirmBook book = NewClaimBook(kIndexes);
  std::mt19937 random(6);
  for (int i = 0; i < 1200; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 900));
  REQUIRE_OK(io::ChangeSchema(book.core(), ClaimSchema(kAll), StopAfter(3)));
  const std::vector<std::string> groups = book.Keys(codec::Space::kAggregate);
  REQUIRE(groups.size() > 5);
  const std::string was = book.Value(groups[2]);
  const std::string past = history::HistoryKey(groups[1], CommitVersion(7));
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::optional<std::string>>>{
           {groups[2], std::nullopt},
           {groups[2], std::string("x")},
           {groups[2], book.Value(groups[3]) + "1"},
           {past, was}}) {
    CAPTURE(absl::BytesToHexString(key));
    book.Plant(key, value);
    CHECK(book.Verify().problems_found == 1);
    CHECK(book.Verify(true).problems_repaired == 1);
    CheckClean(book);
  }
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                        io::ChangeSchema(book.core(), ClaimSchema(kAll), {}));
  CHECK(report.complete);
  CheckClean(book);
}

TEST_CASE("aggregate build: a range whose end is not noted is found", "[io][fault]") {
  // What the tests above would say of a build that loses count.
  txn::PlantedFaults faults;
  faults.forget_build_progress = true;
  FirmBook book = NewClaimBook(kIndexes, faults);
  std::mt19937 random(7);
  for (int i = 0; i < 1200; ++i) REQUIRE_OK(CommitRandomClaim(book.core(), &random, 900));
  REQUIRE_OK(io::ChangeSchema(book.core(), ClaimSchema(kAll), StopAfter(3)));
  CHECK(book.Verify().problems_found > 0);
  REQUIRE_OK(io::ChangeSchema(book.core(), ClaimSchema(kAll), StopAfter(2)));
  CHECK(book.Verify().problems_found > 0);
}

}  // namespace
}  // namespace daftar::testing
