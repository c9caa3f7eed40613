// Migrations beside writers: every record that was there is changed exactly once, whoever writes
// meanwhile and wherever a call ends. What each commit made of each record is the witness.
#include "sql/migration.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "api/state.h"
#include "catalog/resolve.h"
#include "codec/keyspace.h"
#include "history/history_key.h"
#include "index/stored_record.h"
#include "record/json_codec.h"
#include "storage/open.h"
#include "txn/abandon.h"
#include "txn/journal_reader.h"
#include "txn/prune.h"

namespace daftar::testing {
namespace {

constexpr const char* kSchema = R"(
  struct Claim @0xdb3a6c19e0a4f201
      $Daftar.table(name = "claim", key = ["desk", "serial desc"])
      $Daftar.index(name = "byFee", on = ["fee"])
      $Daftar.aggregate(name = "ofDesk", by = ["desk"], sum = ["fee"]) {
    desk @0 :Text;
    serial @1 :UInt32;
    fee @2 :Int64;
  })";
constexpr const char* kName = "tenfold";
constexpr int kDesks = 5;

// One version of a record, as the store has it.
struct Version {
  CommitVersion made;
  CommitVersion ended = CommitVersion(UINT64_MAX);
  int64_t fee = 0;
};

class ClaimBook {
 public:
  explicit ClaimBook(int serials, txn::PlantedFaults faults = {}) : serials_(serials) {
    WriteFile(directory_ / "claim.capnp", SchemaText(kSchema));
    txn::CoreOptions options;
    options.faults = faults;
    auto schema = internal::ParseSchema({directory_ / "claim.capnp", {}}).value();
    core_ = txn::Core::Create(storage::NewMemoryStore(),
                              catalog::NewCatalog(std::move(schema)).value(), {1, 2, 3}, options)
                .value();
    session_.view_at = [this](std::string_view) -> absl::StatusOr<txn::ReadView> {
      if (at_batch_) at_batch_();
      return core_->View();
    };
  }

  txn::Core* core() const { return core_.get(); }
  // Called once in every attempt of a batch of DisturbedTenfold(), when its records were chosen.
  void AtBatch(std::function<void()> hook) { at_batch_ = std::move(hook); }

  // Puts, changes or deletes a claim, as others do. Thread safety: from any thread.
  absl::Status WriteAny(std::mt19937* random) const {
    const auto below = [&](int n) {
      return static_cast<int>((*random)() % static_cast<unsigned>(n));
    };
    return Write(below(kDesks), below(serials_), below(4), below(90));
  }

  // `kind`: 0 deletes what is there, 1 puts it anew in one commit, others change it.
  absl::Status Write(int desk, int serial, int kind, int64_t add) const {
    txn::Transaction transaction(core_.get(), {});
    const catalog::Catalog& catalog = *transaction.catalog();
    const Key key = {Value(absl::StrCat("d", desk)), Value(int64_t{serial})};
    txn::RecordWrite gone = internal::MakeDelete(catalog, "claim", key).value();
    const auto before = transaction.Read(*gone.table, gone.key);
    if (!before.ok()) return before.status();
    if (before->has_value() && kind < 2) {
      if (const absl::Status status = transaction.Write(std::move(gone)); !status.ok())
        return status;
    }
    if (!before->has_value() || kind > 0) {
      const int64_t fee = add + 1 + (before->has_value() ? FeeOf(**before) : 0);
      const std::string json =
          absl::StrCat(R"({"desk":"d)", desk, R"(","serial":)", serial, R"(,"fee":)", fee, "}");
      const absl::Status status = transaction.Write(
          internal::MakePut(catalog, "claim", json, WriteIntent::kUpsert).value());
      if (!status.ok()) return status;
    }
    return transaction.Commit({.durability = Durability::kBuffered}).status();
  }

  void Fill() const {
    for (int desk = 0; desk < kDesks; ++desk) {
      for (int serial = 0; serial < serials_; serial += 2) {
        REQUIRE_OK(Write(desk, serial, 2, serial));
      }
    }
  }

  // Goes on with the migration, or begins it, for at most so many batches.
  absl::StatusOr<MigrationReport> Migrate(const MigrationDefinition& definition, size_t batch,
                                          int batches) {
    auto migration = sql::FindOrBeginMigration(core_.get(), session_, definition, kStatement);
    if (!migration.ok()) return migration.status();
    return GoOn(*std::move(migration), batch, batches);
  }

  absl::StatusOr<MigrationReport> GoOn(txn::Migration migration, size_t batch, int batches) {
    MigrationOptions options;
    options.batch = batch;
    options.commit = kStatement;
    options.progress = [&](const MigrationProgress& progress) {
      CHECK(progress.fraction >= 0);
      CHECK(progress.fraction <= 1);
      return batches-- > 0;
    };
    return sql::GoOnWithMigration(core_.get(), session_, std::move(migration), options);
  }

  txn::Migration Stored() const {
    return txn::ReadMigration(*core_->View().reader, kName).value().value();
  }

  // What is not as it should be, a line each: of every record that was there when the migration
  // began and is still, one version is by it and is ten times the one before, when the walk has
  // passed its key; of all others none is.
  std::vector<std::string> Violations() const {
    const txn::Migration migration = Stored();
    std::vector<std::string> found;
    for (const auto& [key, versions] : Versions()) {
      size_t i = 0;
      while (i < versions.size()) {
        size_t end = i + 1;
        while (end < versions.size() && versions[end].made == versions[end - 1].ended) ++end;
        CheckLife(migration, key,
                  {versions.begin() + static_cast<std::ptrdiff_t>(i),
                   versions.begin() + static_cast<std::ptrdiff_t>(end)},
                  &found);
        i = end;
      }
    }
    return found;
  }

 private:
  static inline const CommitOptions kStatement = {.durability = Durability::kBuffered};

  static int64_t FeeOf(const record::Message& claim) {
    std::string json;
    // Also called by threads, where nothing may be asserted.
    return record::AppendPathJson(claim, "fee", &json).ok() ? std::stoll(json) : -1;
  }

  // All versions of each record, the oldest first.
  std::map<std::string, std::vector<Version>> Versions() const {
    const txn::ReadView view = core_->View();
    const catalog::TableDef& table = view.catalog->tables[0];
    const std::string prefix = codec::RecordPrefix(table.id);
    std::map<std::string, std::vector<Version>> versions;
    const auto add = [&](std::string_view key, std::string_view value, Version version) {
      version.made = history::CreatedBy(key, value).value();
      version.fee = FeeOf(index::DecodeRecord(table, key, value).value());
      versions[std::string(key)].push_back(version);
    };
    const auto entries = view.reader->NewIterator({"", ""}, {});
    while (entries->Next().value()) {
      const std::string_view key = entries->key();
      const std::string_view value = entries->value();
      if (key.starts_with(prefix)) add(key, value, {});
      if (!key.starts_with(history::HistoryPrefix(prefix))) continue;
      const history::HistoryId id = history::ParseHistoryKey(key).value();
      add(id.live_key, value, {.made = {}, .ended = id.ended});
    }
    for (auto& [key, each] : versions) {
      std::sort(each.begin(), each.end(),
                [](const Version& a, const Version& b) { return a.made < b.made; });
    }
    return versions;
  }

  bool IsByMigration(CommitVersion version) const {
    const auto entry = txn::ReadEntry(*core_->View().reader, version).value();
    return absl::StartsWith(entry.reason, absl::StrCat("migration ", kName));
  }

  void CheckLife(const txn::Migration& migration, const std::string& key,
                 const std::vector<Version>& life, std::vector<std::string>* found) const {
    const CommitVersion begun = migration.info.begun;
    const bool was_there = life.front().made <= begun && life.back().ended > begun;
    const bool is_there = life.back().ended == CommitVersion(UINT64_MAX);
    const bool passed =
        migration.info.finished || (!migration.next_key.empty() && key < migration.next_key);
    int changes = 0;
    for (size_t i = 0; i < life.size(); ++i) {
      if (!IsByMigration(life[i].made)) continue;
      ++changes;
      if (i == 0 || life[i].fee != 10 * life[i - 1].fee) {
        found->push_back(absl::StrCat("not tenfold: ", life[i].fee));
      }
    }
    const int least = was_there && is_there && passed ? 1 : 0;
    const int most = was_there && (passed || !is_there) ? 1 : 0;
    if (changes < least || changes > most) {
      found->push_back(absl::StrCat("changed ", changes, " times; was there ", was_there,
                                    ", is there ", is_there, ", passed ", passed));
    }
  }

  const int serials_;
  const TempDir directory_;
  std::unique_ptr<txn::Core> core_;
  sql::SessionOptions session_;
  std::function<void()> at_batch_;
};

MigrationDefinition Tenfold() { return {kName, "claim", {{"fee", "fee * 10"}}, ""}; }

// The same; its subquery asks for an earlier state, and so calls ClaimBook::AtBatch.
MigrationDefinition DisturbedTenfold() {
  return {kName,
          "claim",
          {{"fee", "fee * 10 + 0 * (SELECT count(*) FROM claim WHERE as_of = '1')"}},
          ""};
}

std::string Said(const std::vector<std::string>& violations) {
  std::string said;
  for (const std::string& each : violations) absl::StrAppend(&said, each, "\n");
  return said;
}

TEST_CASE("migration: exactly once, whatever others commit between batches", "[sql][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 6; ++round) {
    CAPTURE(round);
    ClaimBook book(60);
    book.Fill();
    const size_t batch = 1 + random() % 12;
    int calls = 0;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.Migrate(Tenfold(), batch, 1));
      const std::vector<std::string> violations = book.Violations();
      INFO(Said(violations));
      REQUIRE(violations.empty());
      CHECK(report.changed <= batch);
      if (report.migration.finished) break;
      for (int i = 0; i < 25; ++i) REQUIRE_OK(book.WriteAny(&random));
      REQUIRE(++calls < 400);
    }
    CHECK(calls > 5);
    REQUIRE_OK_AND_ASSIGN(const MigrationReport again, book.Migrate(Tenfold(), batch, 1));
    CHECK(again.was_finished);
    CHECK(again.changed == 0);
    CHECK(book.Violations().empty());
  }
}

TEST_CASE("migration: exactly once beside threads that write the same records",
          "[sql][threads][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  ClaimBook book(200);
  book.Fill();
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (unsigned i = 0; i < 3; ++i) {
    writers.emplace_back([&, own = std::mt19937(seed + i)]() mutable {
      while (!stop) {
        const absl::Status status = book.WriteAny(&own);
        if (status.ok()) ++written;
        if (!status.ok() && !absl::IsAborted(status)) ++failed;
      }
    });
  }
  absl::StatusOr<MigrationReport> report = absl::UnknownError("not begun");
  int calls = 0;
  do {
    const int before = written;
    while (written < before + 20) std::this_thread::yield();
    report = book.Migrate(Tenfold(), 40, 2);
  } while (report.ok() && !report->migration.finished && ++calls < 2000);
  stop = true;
  for (std::thread& writer : writers) writer.join();
  REQUIRE_OK(report.status());
  CHECK(report->migration.finished);
  CHECK(calls > 3);
  CHECK(failed == 0);
  const std::vector<std::string> violations = book.Violations();
  INFO(Said(violations));
  CHECK(violations.empty());
}

TEST_CASE("migration: a batch that meets another commit is begun anew, with fewer records",
          "[sql]") {
  ClaimBook book(8);
  book.Fill();
  int attempts = 0;
  book.AtBatch([&] {
    // The last record of the first batch, in the way of it until one is for each record.
    if (++attempts <= 6) REQUIRE_OK(book.Write(3, 0, 2, attempts));
    // Others do not disturb: one that comes, and one that was passed.
    if (attempts > 6) REQUIRE_OK(book.Write(0, 2 * (attempts % 4) + 1, 2, 1));
  });
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.Migrate(DisturbedTenfold(), 16, 1000));
  CHECK(report.migration.finished);
  CHECK(report.migration.records == 20);
  CHECK(report.changed == 20);
  // Aborted with 16; then 8 of them went, which the change was not of.
  CHECK(attempts > 7);
  const std::vector<std::string> violations = book.Violations();
  INFO(Said(violations));
  CHECK(violations.empty());
}

// Records that are changed, or none: what is kept then goes without a commit of records.
TEST_CASE("migration: one that is abandoned in the midst of a batch ends with it", "[sql]") {
  const auto [name, where, batch] = GENERATE(table<const char*, const char*, size_t>(
      {{"records change", "", 16},
       {"the last ones change", "", 1000},
       {"none changes", "fee < (SELECT 0 * count(*) FROM claim WHERE as_of = '1')", 16},
       {"none changes, and it ends", "fee < (SELECT 0 * count(*) FROM claim WHERE as_of = '1')",
        1000}}));
  CAPTURE(name);
  ClaimBook book(8);
  book.Fill();
  MigrationDefinition definition = DisturbedTenfold();
  definition.where = where;
  // One batch goes, where there are several.
  int attempts = 0;
  const int last = batch == 1000 ? 1 : 2;
  CommitVersion abandoned_by;
  book.AtBatch([&] {
    if (++attempts != last) return;
    REQUIRE_OK_AND_ASSIGN(const AbandonReport report,
                          txn::AbandonMigration(book.core(), kName, {}));
    abandoned_by = report.migration.abandoned_by;
  });
  const std::string said = absl::StrCat(
      "the migration was abandoned; for another one, take another name; "
      "abandoned by commit=",
      last == 1 || *where != '\0' ? 22 : 23, "; migration=tenfold");
  CHECK_THAT(book.Migrate(definition, batch, 1000),
             StatusIs(absl::StatusCode::kFailedPrecondition, said));
  CHECK(attempts == last);
  CHECK(book.core()->View().version == abandoned_by);
  const MigrationInfo info = book.Stored().info;
  CHECK(info.abandoned_by == abandoned_by);
  CHECK(!info.finished);
  CHECK(info.records == (last == 1 ? 0 : 16));
  CHECK(info.changed == (last == 1 || *where != '\0' ? 0 : 16));
  const std::vector<std::string> violations = book.Violations();
  INFO(Said(violations));
  // Records that are passed by do not count as changed.
  CHECK((violations.empty() || *where != '\0'));
  // Nor does it begin anew, whatever is asked under its name.
  for (const MigrationDefinition& again : {definition, Tenfold()}) {
    CHECK_THAT(book.Migrate(again, batch, 1000),
               StatusIs(absl::StatusCode::kFailedPrecondition, said));
  }
}

TEST_CASE("migration: one that is abandoned between batches says so, whatever was pruned since",
          "[sql]") {
  ClaimBook book(8);
  book.Fill();
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.Migrate(Tenfold(), 4, 1));
  CHECK(!report.migration.finished);
  // A record that was there and was changed since is told by its history only.
  REQUIRE_OK(book.Write(4, 6, 2, 1));
  const txn::Migration before = book.Stored();
  REQUIRE_OK(txn::AbandonMigration(book.core(), kName, {}));
  PruneOptions prune;
  prune.table = PruneOptions::TableUntil{"claim", AsOf::Commit(book.core()->View().version)};
  REQUIRE_OK(txn::PruneHistory(book.core(), prune));
  // As a thread that has read it before.
  CHECK_THAT(book.GoOn(before, 4, 1000),
             StatusIs(absl::StatusCode::kFailedPrecondition, "the migration was abandoned"));
}

TEST_CASE("migration: progress that is not written with its commit is found", "[sql][fault]") {
  // What the tests above would say of migrations that lose count.
  txn::PlantedFaults faults;
  faults.forget_migration = true;
  ClaimBook book(60, faults);
  book.Fill();
  size_t violations = 0;
  for (int i = 0; i < 6; ++i) {
    REQUIRE_OK(book.Migrate(Tenfold(), 7, 1));
    violations = std::max(violations, book.Violations().size());
  }
  CHECK(violations > 0);
}

TEST_CASE("migration: a schema that changes on the way does not disturb", "[sql]") {
  ClaimBook book(20);
  book.Fill();
  int attempts = 0;
  book.AtBatch([&] {
    if (++attempts != 2) return;
    catalog::Catalog next = *book.core()->catalog();
    next.version = SchemaVersion(next.version.value() + 1);
    REQUIRE_OK(book.core()->CommitSchema(next, {}, {}));
  });
  REQUIRE_OK_AND_ASSIGN(const MigrationReport report, book.Migrate(DisturbedTenfold(), 10, 1000));
  CHECK(report.migration.finished);
  CHECK(report.changed == 50);
  CHECK(book.Violations().empty());
}

}  // namespace
}  // namespace daftar::testing
