// What verify says of each kind of damage, also of such that has right checksums.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "history/history_key.h"
#include "index/entries.h"
#include "io/firm_book.h"
#include "journal/entry_frame.h"
#include "record/envelope.h"
#include "support/status_matchers.h"
#include "txn/migration.h"

namespace daftar::testing {
namespace {

// Firms A and B; A changes its size at 2 and 4, B goes at 3. All commits are synced.
FirmBook MakeBook() {
  FirmBook book(NewFirmDatabase());
  txn::Core& core = *book.core();
  const auto commit = [&](const std::vector<txn::RecordWrite>& writes) {
    REQUIRE_OK(core.Commit(*core.catalog(), writes, {}));
  };
  commit(Writes(Put(core, R"({"code": "A", "seal": "s", "size": 1, "tags": ["x"]})"),
                Put(core, R"({"code": "B", "seal": "t"})")));
  commit(Writes(Put(core, R"({"code": "A", "seal": "s", "size": 2, "tags": ["x"]})")));
  commit(Writes(Delete(core, "B")));
  commit(Writes(Put(core, R"({"code": "A", "seal": "s", "size": 3, "tags": ["x"]})")));
  return book;
}

std::string RecordKey(const FirmBook& book, std::string_view code) {
  return std::string(Delete(*book.core(), code).key.view());
}
std::string OldKey(const FirmBook& book, std::string_view code, uint64_t ended) {
  return history::HistoryKey(RecordKey(book, code), CommitVersion(ended));
}
// A record with a right checksum, as commit `created` would have stored it.
std::string Forged(const FirmBook& book, const char* json, uint64_t created) {
  const record::Message record = Firm(*book.core(), json);
  const std::string key(index::RecordKey(FirmTable(*book.core()), record)->view());
  return record::EncodeEnvelope(key, {SchemaVersion(1), CommitVersion(created), record.bytes()});
}
// The keys of an index's entries, and of its old ones.
std::vector<std::string> EntryKeys(const FirmBook& book, size_t index, bool old) {
  std::string prefix = codec::IndexPrefix(FirmTable(*book.core()).indexes[index].id);
  if (old) prefix = history::HistoryPrefix(prefix);
  std::vector<std::string> keys;
  for (const auto& [key, value] : book.Contents()) {
    if (key.starts_with(prefix)) keys.push_back(key);
  }
  return keys;
}

// "kind key@commit: message" for each problem.
std::vector<std::string> Problems(const VerifyReport& report) {
  static const std::map<ProblemKind, const char*> kNames = {
      {ProblemKind::kMissingEntry, "missing-entry"},
      {ProblemKind::kExtraEntry, "extra-entry"},
      {ProblemKind::kWrongEntry, "wrong-entry"},
      {ProblemKind::kUnknownKey, "unknown-key"},
      {ProblemKind::kDamagedRecord, "damaged-record"},
      {ProblemKind::kDamagedJournal, "damaged-journal"},
      {ProblemKind::kDamagedVersion, "damaged-version"},
      {ProblemKind::kMissingVersion, "missing-version"},
      {ProblemKind::kExtraVersion, "extra-version"},
      {ProblemKind::kWrongVersion, "wrong-version"},
      {ProblemKind::kMissingOldEntry, "missing-old-entry"},
      {ProblemKind::kExtraOldEntry, "extra-old-entry"},
      {ProblemKind::kWrongOldEntry, "wrong-old-entry"},
      {ProblemKind::kDamagedStatistics, "damaged-statistics"},
      {ProblemKind::kDamagedMigration, "damaged-migration"},
      {ProblemKind::kDamagedStart, "damaged-start"}};
  std::vector<std::string> problems;
  for (const Problem& problem : report.problems) {
    problems.push_back(std::string(kNames.at(problem.kind)) + " " + problem.key + "@" +
                       std::to_string(problem.commit.value()) + ": " + problem.message);
  }
  return problems;
}

struct Case {
  const char* name;
  std::function<void(FirmBook*)> plant;
  std::vector<std::string> problems;
};

void Check(const Case& test) {
  CAPTURE(test.name);
  FirmBook book = MakeBook();
  REQUIRE(book.Verify().problems_found == 0);
  test.plant(&book);
  CHECK(absl::StrJoin(Problems(book.Verify()), "\n") == absl::StrJoin(test.problems, "\n"));
}

constexpr const char* kNow = R"({"code": "A", "seal": "s", "size": 3, "tags": ["x"]})";
constexpr const char* kNoted =
    R"({"code": "A", "seal": "s", "size": 3, "tags": ["x"], "note": "n"})";
constexpr const char* kNotedBefore =
    R"({"code": "A", "seal": "s", "size": 2, "tags": ["x"], "note": "n"})";

TEST_CASE("verify: records that are not what the journal says", "[io][fault]") {
  const std::vector<Case> cases = {
      {"a record altered, with a right checksum",
       [](FirmBook* book) { book->Plant(RecordKey(*book, "A"), Forged(*book, kNoted, 4)); },
       {"wrong-version A@0: it is not what the journal has the digest of"}},
      {"a record that claims another commit",
       [](FirmBook* book) { book->Plant(RecordKey(*book, "A"), Forged(*book, kNow, 99)); },
       {"wrong-version A@0: it says that commit 99 made it, the journal says 4"}},
      {"a record added",
       [](FirmBook* book) {
         book->Plant(RecordKey(*book, "C"), Forged(*book, R"({"code": "C"})", 2));
       },
       {"extra-version C@0: the journal knows no such version of the record",
        "missing-entry C@0: entry is missing"}},
      {"a record that was deleted comes back",
       [](FirmBook* book) {
         book->Plant(RecordKey(*book, "B"), Forged(*book, R"({"code": "B"})", 3));
       },
       {"extra-version B@0: the journal knows no such version of the record",
        "missing-entry B@0: entry is missing"}},
      {"an old version altered",
       [](FirmBook* book) { book->Plant(OldKey(*book, "A", 4), Forged(*book, kNotedBefore, 2)); },
       {"wrong-version A@4: it is not what the journal has the digest of"}},
      {"an old version that ends later",
       [](FirmBook* book) {
         book->Plant(OldKey(*book, "B", 4), book->Value(OldKey(*book, "B", 3)));
         book->Plant(OldKey(*book, "B", 3), std::nullopt);
       },
       {"missing-version B@3: the version that commit 1 made is missing",
        "extra-version B@4: the journal knows no such version of the record",
        "extra-old-entry B@3: no record had an entry with these values until then",
        "missing-old-entry B@4: old entry is missing"}},
      {"an old version that does not verify",
       [](FirmBook* book) { book->Plant(OldKey(*book, "B", 3), std::string(40, 'x')); },
       {"damaged-version B@3: stored record does not verify; cause=wrong checksum; "
        "key=0x0201420001; table=firm",
        "extra-old-entry B@3: no record had an entry with these values until then"}},
  };
  for (const Case& test : cases) Check(test);
}

// Entry 0 is A's, in the index of seals; at present that of commit 4, before of 1 and 2.
TEST_CASE("verify: entries that are not what the records say", "[io][fault]") {
  const auto present = [](const FirmBook& book) { return EntryKeys(book, 0, false)[0]; };
  const auto old = [](const FirmBook& book, size_t i) { return EntryKeys(book, 0, true)[i]; };
  const auto stamped = [](const FirmBook& book, const std::string& key, uint64_t created) {
    const std::string value = book.Value(key);
    return index::EncodeEntryValue(CommitVersion(created), index::DecodeEntryValue(value)->covered);
  };
  const std::vector<Case> cases = {
      {"an entry that claims another commit",
       [&](FirmBook* book) { book->Plant(present(*book), stamped(*book, present(*book), 3)); },
       {"wrong-entry A@0: entry holds other values than the record, or another commit"}},
      {"an old entry missing",
       [&](FirmBook* book) { book->Plant(old(*book, 0), std::nullopt); },
       {"missing-old-entry A@2: old entry is missing"}},
      {"an old entry that covers something else",
       [&](FirmBook* book) { book->Plant(old(*book, 0), book->Value(old(*book, 1))); },
       {"wrong-old-entry A@2: old entry holds other values than the record did, or another "
        "commit"}},
      {"an old entry too many",
       [&](FirmBook* book) {
         const std::string live(present(*book));
         book->Plant(history::HistoryKey(live, CommitVersion(3)), book->Value(old(*book, 0)));
       },
       {"extra-old-entry A@3: no record had an entry with these values until then"}},
      {"an old entry of commit 0",
       [&](FirmBook* book) {
         book->Plant(history::HistoryKey(present(*book), CommitVersion(0)),
                     book->Value(old(*book, 0)));
       },
       {"extra-old-entry A@0: no record had an entry with these values until then"}},
  };
  for (const Case& test : cases) Check(test);
}

// A migration that began after commit 2 and has changed one record with commit 4.
txn::Migration Sizes(const FirmBook& book) {
  txn::Migration migration;
  migration.info.definition = {"z", "firm", {{"size", "1"}}, ""};
  migration.info.begun = CommitVersion(2);
  migration.info.last_commit = CommitVersion(4);
  migration.info.records = 1;
  migration.info.changed = 1;
  migration.table = FirmTable(*book.core()).id;
  migration.next_key = RecordKey(book, "B");
  return migration;
}

void PlantMigration(FirmBook* book, const txn::Migration& migration) {
  const std::string key = txn::MigrationKey(migration.info.definition.name);
  book->Plant(key, txn::EncodeMigration(key, migration));
}

TEST_CASE("verify: migrations that were not written so", "[io][fault]") {
  struct Wrong {
    const char* name;
    std::function<void(const FirmBook&, txn::Migration*)> change;
    std::vector<std::string> problems;
  };
  const std::string at = "damaged-migration 0x08097a@0: ";
  const std::vector<Wrong> cases = {
      {"as it is", [](const FirmBook&, txn::Migration*) {}, {}},
      {"at its beginning",
       [](const FirmBook&, txn::Migration* each) {
         each->info.last_commit = CommitVersion();
         each->info.records = 0;
         each->info.changed = 0;
         each->next_key.clear();
       },
       {}},
      {"finished",
       [](const FirmBook&, txn::Migration* each) {
         each->info.finished = true;
         each->next_key = codec::PrefixEnd(codec::RecordPrefix(each->table));
       },
       {}},
      {"a table that is none",
       [](const FirmBook&, txn::Migration* each) {
         each->table = TableId(77);
         each->next_key.clear();
       },
       {at + "it is of no table"}},
      {"begun after the newest commit",
       [](const FirmBook&, txn::Migration* each) { each->info.begun = CommitVersion(5); },
       {at + "it speaks of a commit after the newest one"}},
      {"changed records after the newest commit",
       [](const FirmBook&, txn::Migration* each) { each->info.last_commit = CommitVersion(5); },
       {at + "it speaks of a commit after the newest one"}},
      {"abandoned after the newest commit",
       [](const FirmBook&, txn::Migration* each) { each->info.abandoned_by = CommitVersion(5); },
       {at + "it speaks of a commit after the newest one"}},
      {"changed records before it began",
       [](const FirmBook&, txn::Migration* each) { each->info.last_commit = CommitVersion(2); },
       {at + "its commits are not in their order"}},
      {"abandoned by the commit that changed records",
       [](const FirmBook&, txn::Migration* each) { each->info.abandoned_by = CommitVersion(4); },
       {at + "its commits are not in their order"}},
      {"abandoned",
       [](const FirmBook&, txn::Migration* each) {
         each->info.last_commit = CommitVersion();
         each->info.abandoned_by = CommitVersion(3);
       },
       {}},
      {"more changes than records",
       [](const FirmBook&, txn::Migration* each) { each->info.changed = 2; },
       {at + "it has changed more records than it came to"}},
      {"the next record of another table",
       [](const FirmBook&, txn::Migration* each) {
         each->next_key = codec::RecordPrefix(TableId(77)) + "k";
       },
       {at + "the record that comes next is of another table"}},
      {"a name that is none",
       [](const FirmBook&, txn::Migration* each) { each->info.definition.name = "\n"; },
       {"damaged-migration 0x08090a@0: no migration can have this name"}},
  };
  for (const Wrong& test : cases) {
    Check({test.name,
           [&](FirmBook* book) {
             txn::Migration migration = Sizes(*book);
             test.change(*book, &migration);
             PlantMigration(book, migration);
           },
           test.problems});
  }
}

TEST_CASE("verify: migrations whose bytes are damaged", "[io][fault]") {
  const std::string cause = "journal entry does not verify; cause=";
  const std::vector<Case> cases = {
      {"cut short",
       [](FirmBook* book) { book->Plant(txn::MigrationKey("z"), "\x01"); },
       {"damaged-migration 0x08097a@0: " + cause + "it is cut short; key=0x08097a"}},
      {"under another name",
       [](FirmBook* book) {
         const std::string key = txn::MigrationKey("z");
         book->Plant(txn::MigrationKey("y"), txn::EncodeMigration(key, Sizes(*book)));
       },
       {"damaged-migration 0x080979@0: " + cause + "wrong checksum; key=0x080979"}},
      {"a right checksum over nothing that decodes",
       [](FirmBook* book) {
         const std::string key = txn::MigrationKey("z");
         std::string value(journal::kFrameBytes, '\0');
         value += '\x07';
         journal::SealFrame(key, &value);
         book->Plant(key, value);
       },
       {"damaged-migration 0x08097a@0: a migration is damaged; key=0x08097a; cause=a migration has "
        "an unknown state; state=7"}},
      {"of a later format",
       [](FirmBook* book) {
         const std::string key = txn::MigrationKey("z");
         std::string value(journal::kFrameBytes, '\0');
         journal::SealFrame(key, &value, 9);
         book->Plant(key, value);
       },
       {"damaged-migration 0x08097a@0: journal entry is of a newer format; open it with a newer "
        "Daftar; format=9; key=0x08097a"}},
      // Others are looked at all the same.
      {"one of two",
       [](FirmBook* book) {
         book->Plant(txn::MigrationKey("a"), "");
         txn::Migration migration = Sizes(*book);
         migration.info.begun = CommitVersion(99);
         PlantMigration(book, migration);
       },
       {"damaged-migration 0x080961@0: " + cause + "it is cut short; key=0x080961",
        "damaged-migration 0x08097a@0: it speaks of a commit after the newest one"}},
  };
  for (const Case& test : cases) Check(test);
  // Every flipped byte.
  FirmBook book = MakeBook();
  PlantMigration(&book, Sizes(book));
  const std::string key = txn::MigrationKey("z");
  const std::string value = book.Value(key);
  for (size_t i = 0; i < value.size(); ++i) {
    CAPTURE(i);
    std::string flipped = value;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x04);
    book.Plant(key, flipped);
    CHECK(KindsOf(book.Verify()) == std::vector{ProblemKind::kDamagedMigration});
  }
}

TEST_CASE("verify: where a history begins, and keys of nothing", "[io][fault]") {
  const auto start = [](const FirmBook& book) {
    return txn::HistoryStartKey(FirmTable(*book.core()).id);
  };
  const std::vector<Case> cases = {
      {"a start that is damaged",
       [&](FirmBook* book) { book->Plant(start(*book), "\xff"); },
       {"damaged-start @0: number is cut short"}},
      {"a start after the newest commit",
       [&](FirmBook* book) {
         book->Plant(start(*book), txn::EncodeHistoryStart(CommitVersion(9)));
       },
       {"damaged-start @9: history begins after the newest commit"}},
      {"history of no table",
       [](FirmBook* book) {
         book->Plant(history::HistoryKey(codec::RecordPrefix(TableId(77)) + "k", CommitVersion(2)),
                     "v");
       },
       {"unknown-key 0x05024d6b0000000000000002@0: the key belongs to no table or index of the "
        "schema"}},
      {"a history key that is too short",
       [](FirmBook* book) {
         book->Plant(history::HistoryPrefix(codec::RecordPrefix(FirmTable(*book->core()).id)) + "k",
                     "v");
       },
       {"unknown-key 0x0502016b@0: the key is none of the history"}},
      {"a helper of no kind",
       [](FirmBook* book) { book->Plant("\x08\x0a", "v"); },
       {"unknown-key 0x080a@0: the key belongs to no table or index of the schema"}},
      {"a space that is not in use",
       [](FirmBook* book) { book->Plant("\x07k", "v"); },
       {"unknown-key 0x076b@0: the key belongs to no table or index of the schema"}},
  };
  for (const Case& test : cases) Check(test);
}

}  // namespace
}  // namespace daftar::testing
