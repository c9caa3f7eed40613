// verify over history and journal: books made by random commits are clean, and whatever is planted
// in them is found.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <iterator>
#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "history/history_key.h"
#include "index/entries.h"
#include "io/firm_book.h"
#include "io/verify.h"
#include "journal/entry_frame.h"
#include "record/envelope.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/bulk_load.h"
#include "txn/format_one.h"
#include "txn/prune.h"
#include "txn/recover.h"
#include "txn/upgrade.h"

namespace daftar::testing {
namespace {

using codec::Space;

std::string Hex(const std::string& key) { return absl::BytesToHexString(key); }

Space SpaceOf(const std::string& key) { return static_cast<Space>(key.front()); }

void CheckClean(const FirmBook& book) {
  const VerifyReport report = book.Verify();
  INFO(Described(report));
  REQUIRE(report.problems_found == 0);
  REQUIRE(report.clean());
}

TEST_CASE("verify: counts what it looked at", "[io]") {
  FirmBook book(NewFirmDatabase());
  txn::Core& core = *book.core();
  REQUIRE_OK(Commit(&core, Put(core, R"({"code": "A", "seal": "s", "size": 1})"),
                    Put(core, R"({"code": "B"})")));
  REQUIRE_OK(Commit(&core, Put(core, R"({"code": "A", "seal": "s", "size": 2})")));
  REQUIRE_OK(Commit(&core, Delete(core, "B")));
  const VerifyReport report = book.Verify();
  CHECK(report.clean());
  CHECK(report.records == 1);
  CHECK(report.entries == 2);
  CHECK(report.old_versions == 2);
  CHECK(report.journal_entries == 3);
}

TEST_CASE("verify: random commits leave a clean book", "[io][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    FirmBook book(&random, static_cast<int>(random() % 60));
    CheckClean(book);
    const Model before = book.Contents();
    CHECK(book.Verify(true).problems_found == 0);
    CHECK(book.Contents() == before);
  }
}

TEST_CASE("verify: a bulk load over old records leaves a clean book", "[io]") {
  std::mt19937 random(Catch::getSeed());
  FirmBook book(&random, 30);
  const TempDir folder;
  {
    txn::BulkLoad load(book.core(), &FirmTable(*book.core()),
                       {.intent = WriteIntent::kUpsert, .spill_folder = folder.path()});
    uint64_t line = 0;
    for (const char* json : {R"({"code": "a", "seal": "x1", "size": 2, "tags": ["p"]})",
                             R"({"code": "b", "size": 1})", R"({"code": "new"})"}) {
      const record::Message record = Firm(*book.core(), json);
      const txn::BulkRecord added{&record, journal::HashOf(record.bytes())};
      REQUIRE_OK(load.Add({&added, 1}, ++line));
    }
    REQUIRE_OK(load.Finish());
  }
  CheckClean(book);
}

TEST_CASE("verify: a database that was format 1 is clean, then and later", "[io]") {
  std::mt19937 random(Catch::getSeed());
  auto store = StoreOf(ToFormatOne(FirmBook(&random, 30).Contents()));
  const TempDir folder;
  REQUIRE_OK(txn::UpgradeStore(
      store.get(), {.id = kTestId, .spill_folder = folder.path(), .clock = TestOptions().clock}));
  REQUIRE_OK_AND_ASSIGN(auto core, txn::Core::Open(std::move(store), TestOptions()));
  FirmBook book(std::move(core));
  CheckClean(book);
  for (int i = 0; i < 30; ++i) book.CommitRandom(&random);
  CheckClean(book);
  const TableId table = FirmTable(*book.core()).id;
  book.Plant(txn::HistoryStartKey(table), std::nullopt);
  const std::vector<ProblemKind> kinds = KindsOf(book.Verify());
  CHECK(std::find(kinds.begin(), kinds.end(), ProblemKind::kDamagedStart) != kinds.end());
}

TEST_CASE("verify: a gap that a recovery has closed is none", "[io]") {
  std::mt19937 random(Catch::getSeed());
  FirmBook book(&random, 20);
  auto store = StoreOf(book.Contents());
  // The anchor knew of seven commits more.
  txn::Anchor anchor{
      kTestId, CommitVersion(book.core()->View().version.value() + 7), kTestTime, {}};
  REQUIRE_OK(store->WriteAnchor(txn::EncodeAnchor(anchor), storage::Durability::kSynced));
  REQUIRE_OK_AND_ASSIGN(const txn::Assessment assessment, txn::Assess(*store));
  REQUIRE_OK(txn::CloseGap(store.get(), assessment, {}, kTestTime));
  REQUIRE_OK_AND_ASSIGN(auto core, txn::Core::Open(std::move(store), TestOptions()));
  FirmBook recovered(std::move(core));
  CheckClean(recovered);
  for (int i = 0; i < 20; ++i) recovered.CommitRandom(&random);
  CheckClean(recovered);
}

TEST_CASE("verify: a book whose history was pruned is clean, also when that was cut short",
          "[io][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 30; ++round) {
    FirmBook book(&random, 40);
    const uint64_t last = book.core()->View().version.value();
    const uint64_t start = 1 + random() % last;
    CAPTURE(round, start);
    const Model before = book.Contents();
    PruneOptions options;
    options.table = PruneOptions::TableUntil{"firm", AsOf::Commit(CommitVersion(start))};
    REQUIRE_OK(txn::PruneHistory(book.core(), options));
    CheckClean(book);
    for (int i = 0; i < 10; ++i) book.CommitRandom(&random);
    CheckClean(book);
    // Some of what was removed is still there.
    for (const auto& [key, value] : before) {
      if (SpaceOf(key) == Space::kHistory && random() % 2 == 0) book.Plant(key, value);
    }
    CheckClean(book);
    // What is kept is looked at as ever.
    const std::vector<std::string> keys = book.Keys(Space::kHistory);
    for (const std::string& key : keys) {
      REQUIRE_OK_AND_ASSIGN(const history::HistoryId id, history::ParseHistoryKey(key));
      if (id.ended.value() <= start || random() % 4 != 0) continue;
      CAPTURE(Hex(key));
      const std::string value = book.Value(key);
      book.Plant(key, std::nullopt);
      REQUIRE(!book.Verify().clean());
      book.Plant(key, value);
    }
    // Without its start, the history is not whole.
    book.Plant(txn::HistoryStartKey(FirmTable(*book.core()).id), std::nullopt);
    const Model after = book.Contents();
    const bool is_whole = std::all_of(before.begin(), before.end(), [&](const auto& item) {
      return SpaceOf(item.first) != Space::kHistory || after.contains(item.first);
    });
    CHECK(book.Verify().clean() == is_whole);
  }
}

// A value that is none of the key's: another one's of its kind, or one with a flipped bit.
std::string OtherValue(const Model& contents, const std::string& key, std::mt19937* random) {
  const std::string& own = contents.at(key);
  auto other = std::next(contents.begin(), static_cast<ptrdiff_t>((*random)() % contents.size()));
  if ((*random)() % 2 == 0 && SpaceOf(other->first) == SpaceOf(key) && other->second != own) {
    return other->second;
  }
  std::string value = own;
  const size_t bit = (*random)() % (value.size() * 8);
  value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
  return value;
}

// A key of the same kind that is not there.
std::string NewKey(const Model& contents, std::string key, std::mt19937* random) {
  do {
    key[1 + (*random)() % (key.size() - 1)] = static_cast<char>((*random)());
  } while (contents.contains(key));
  return key;
}

TEST_CASE("verify: whatever is dropped, altered or added is found", "[io][fault][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 12; ++round) {
    FirmBook book(&random, 40);
    CheckClean(book);
    const Model before = book.Contents();
    for (int fault = 0; fault < 120; ++fault) {
      const auto chosen =
          std::next(before.begin(), static_cast<ptrdiff_t>(random() % before.size()));
      const std::string& key = chosen->first;
      if (SpaceOf(key) <= Space::kCatalog) continue;
      const int action = static_cast<int>(random() % 3);
      CAPTURE(round, fault, action, Hex(key));
      if (action == 0) book.Plant(key, std::nullopt);
      if (action == 1) book.Plant(key, OtherValue(before, key, &random));
      if (action == 2) book.Plant(NewKey(before, key, &random), chosen->second);
      const VerifyReport report = book.Verify();
      REQUIRE(report.problems_found > 0);
      REQUIRE(!report.clean());
      book.Restore(before);
    }
    CheckClean(book);
  }
}

TEST_CASE("verify: damage of entries, old ones included, is undone byte for byte",
          "[io][fault][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 30; ++round) {
    CAPTURE(round);
    FirmBook book(&random, 40);
    const Model before = book.Contents();
    uint64_t planted = 0;
    for (const auto& [key, value] : before) {
      const bool is_entry =
          SpaceOf(key) == Space::kIndex ||
          (SpaceOf(key) == Space::kHistory && SpaceOf(key.substr(1)) == Space::kIndex);
      if (!is_entry || random() % 8 != 0) continue;
      ++planted;
      if (random() % 2 == 0) {
        book.Plant(key, std::nullopt);
      } else {
        book.Plant(key, OtherValue(before, key, &random));
      }
    }
    const VerifyReport found = book.Verify();
    CHECK(found.problems_found == planted);
    CHECK(found.problems_repaired == 0);
    const VerifyReport repaired = book.Verify(true);
    INFO(Described(repaired));
    CHECK(repaired.problems_repaired == planted);
    REQUIRE(book.Contents() == before);
    CheckClean(book);
  }
}

TEST_CASE("verify: records, their past and the journal are never repaired", "[io][fault]") {
  std::mt19937 random(Catch::getSeed());
  FirmBook book(&random, 40);
  const Model before = book.Contents();
  for (const auto& [key, value] : before) {
    const bool is_record =
        SpaceOf(key) == Space::kRecord ||
        (SpaceOf(key) == Space::kHistory && SpaceOf(key.substr(1)) == Space::kRecord);
    if (!is_record && SpaceOf(key) != Space::kJournal) continue;
    CAPTURE(Hex(key));
    for (const bool drop : {false, true}) {
      CAPTURE(drop);
      book.Plant(key, drop ? std::nullopt : std::optional(OtherValue(before, key, &random)));
      const Model planted = book.Contents();
      REQUIRE(!book.Verify(true).clean());
      Model after = book.Contents();
      const auto is_entry = [](const auto& item) {
        return SpaceOf(item.first) == Space::kIndex ||
               (SpaceOf(item.first) == Space::kHistory &&
                SpaceOf(item.first.substr(1)) == Space::kIndex);
      };
      // What is known of old entries is not thrown away while a version of a record is missing.
      for (const auto& [old_key, old_value] : before) {
        if (SpaceOf(old_key) == Space::kHistory) {
          CHECK((after.contains(old_key) || !planted.contains(old_key)));
        }
      }
      Model rest = planted;
      std::erase_if(rest, is_entry);
      std::erase_if(after, is_entry);
      REQUIRE(after == rest);
      book.Restore(before);
    }
  }
}

}  // namespace
}  // namespace daftar::testing
