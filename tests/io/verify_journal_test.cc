// What verify says of a journal that is not whole, also of one with right checksums.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "io/firm_book.h"
#include "journal/entry_frame.h"
#include "journal/entry_writer.h"
#include "journal/sample.h"
#include "support/status_matchers.h"
#include "txn/format_one.h"
#include "txn/journal_book.h"
#include "txn/journal_reader.h"

namespace daftar::testing {
namespace {

using journal::Change;

// How an entry is written anew.
struct Rewrite {
  uint64_t version = 0;
  std::function<void(journal::EntryHead*, std::vector<Change>*)> edit = nullptr;
  size_t part_change_bytes = journal::kPartChangeBytes;
};

std::vector<Change> ChangesOf(const FirmBook& book, const journal::EntryHead& head) {
  std::vector<Change> changes;
  txn::EntryChanges reader(storage::NewLiveReader(book.core()->store()), head);
  while (reader.Next().value()) changes.push_back(reader.change());
  return changes;
}

// Writes an entry anew, with right checksums and a right hash of its changes. Gives its hash.
journal::Hash Write(FirmBook* book, const Rewrite& rewrite) {
  const auto reader = storage::NewLiveReader(book->core()->store());
  const CommitVersion version(rewrite.version);
  REQUIRE_OK_AND_ASSIGN(journal::EntryHead head, txn::ReadEntry(*reader, version));
  std::vector<Change> changes = ChangesOf(*book, head);
  if (rewrite.edit) rewrite.edit(&head, &changes);
  journal::EntryWriter writer(
      version,
      [&](std::string_view key, std::string_view value) {
        book->Plant(std::string(key), std::string(value));
        return absl::OkStatus();
      },
      rewrite.part_change_bytes);
  for (const Change& change : changes) REQUIRE_OK(writer.Add(change));
  REQUIRE_OK_AND_ASSIGN(
      const journal::EntryHead written,
      writer.Finish({head.actor, head.reason, head.decision}, head.time, head.previous));
  return journal::HashOf(written);
}

// Puts firms A to D with commit 1, changes A with 2 and 3, and deletes D with 4; a second apart.
// The entry of commit 1 is cut into a part for each change.
FirmBook MakeBook() {
  txn::CoreOptions options;
  options.clock = [time = kTestTime]() mutable { return time += 1'000'000; };
  FirmBook book(
      txn::Core::Create(storage::NewMemoryStore(), FirmCatalog(), kTestId, options).value());
  txn::Core& core = *book.core();
  const auto commit = [&](const std::vector<txn::RecordWrite>& writes) {
    REQUIRE_OK(core.Commit(*core.catalog(), writes, {.actor = "registrar"}));
  };
  commit(Writes(Put(core, R"({"code": "A"})"), Put(core, R"({"code": "B"})"),
                Put(core, R"({"code": "C"})"), Put(core, R"({"code": "D"})")));
  journal::Hash previous = Write(&book, {.version = 1, .part_change_bytes = 0});
  commit(Writes(Put(core, R"({"code": "A", "note": "2"})")));
  commit(Writes(Put(core, R"({"code": "A", "note": "3"})")));
  commit(Writes(Delete(core, "D")));
  // The later ones follow the entry as it is cut now.
  for (const uint64_t version : {2, 3, 4}) {
    previous = Write(&book, {.version = version, .edit = [&](auto* head, auto* /*changes*/) {
                               head->previous = previous;
                             }});
  }
  REQUIRE_OK(
      core.store().WriteAnchor(txn::EncodeAnchor({kTestId, CommitVersion(4), kTestTime, previous}),
                               storage::Durability::kSynced));
  return book;
}

std::string Problems(const FirmBook& book) {
  std::vector<std::string> problems;
  for (const Problem& problem : book.Verify().problems) {
    problems.push_back(
        absl::StrCat(problem.kind == ProblemKind::kDamagedJournal ? "journal" : "other", " ",
                     problem.key, "@", problem.commit.value(), ": ", problem.message));
  }
  return absl::StrJoin(problems, "\n");
}

TEST_CASE("verify: a journal of several parts is whole", "[io]") {
  const FirmBook book = MakeBook();
  CHECK(book.Keys(codec::Space::kJournal).size() == 7);
  CHECK(Problems(book).empty());
}

struct Case {
  const char* name;
  std::function<void(FirmBook*)> plant;
  std::vector<std::string> problems;
};

void CheckAll(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    CAPTURE(test.name);
    FirmBook book = MakeBook();
    test.plant(&book);
    CHECK(Problems(book) == absl::StrJoin(test.problems, "\n"));
  }
}

// What a damaged entry may have changed is not called wrong as well.
TEST_CASE("verify: parts of the journal that are missing", "[io][fault]") {
  CheckAll({
      {"the first entry",
       [](FirmBook* book) {
         for (uint32_t part = 0; part < 4; ++part) book->Plant(PartKey(1, part), std::nullopt);
       },
       {"journal @2: the entries before it are missing"}},
      {"an entry between",
       [](FirmBook* book) { book->Plant(PartKey(2), std::nullopt); },
       {"journal @3: the entries right before it are missing"}},
      {"the newest entry",
       [](FirmBook* book) { book->Plant(PartKey(4), std::nullopt); },
       {"journal @4: entries up to that of the newest commit are missing"}},
      {"all entries",
       [](FirmBook* book) {
         for (const std::string& key : book->Keys(codec::Space::kJournal)) {
           book->Plant(key, std::nullopt);
         }
       },
       {"journal @4: entries up to that of the newest commit are missing"}},
      {"the first part",
       [](FirmBook* book) { book->Plant(PartKey(1, 0), std::nullopt); },
       {"journal @1: its first part is missing"}},
      {"a part between",
       [](FirmBook* book) { book->Plant(PartKey(1, 2), std::nullopt); },
       {"journal @1: its part 2 is missing"}},
      {"the last part",
       [](FirmBook* book) { book->Plant(PartKey(1, 3), std::nullopt); },
       {"journal @1: it has 3 parts, its head says 4"}},
  });
}

TEST_CASE("verify: parts of the journal that do not verify, or are too many", "[io][fault]") {
  CheckAll({
      {"a head",
       [](FirmBook* book) { book->Plant(PartKey(1, 0), "x"); },
       {"journal @1: journal entry does not verify; cause=it is cut short; "
        "key=0x06000000000000000100000000"}},
      {"a part",
       [](FirmBook* book) { book->Plant(PartKey(1, 1), "x"); },
       {"journal @1: journal entry does not verify; cause=it is cut short; "
        "key=0x06000000000000000100000001"}},
      {"a part too many",
       [](FirmBook* book) {
         std::string value = std::string(journal::kFrameBytes, '\0');
         journal::AppendChange(ChangeOf("z", true), &value);
         journal::SealFrame(PartKey(1, 4), &value);
         book->Plant(PartKey(1, 4), value);
       },
       {"journal @1: it has 5 parts, its head says 4"}},
      {"an entry beyond the newest",
       [](FirmBook* book) {
         std::string value = book->Value(PartKey(4));
         journal::SealFrame(PartKey(5), &value);
         book->Plant(PartKey(5), value);
       },
       {"journal @5: it is newer than the newest commit"}},
      {"a key that is none",
       [](FirmBook* book) { book->Plant("\x06k", "v"); },
       {"other 0x066b@0: the key is none of the journal"}},
      {"an entry of commit 0",
       [](FirmBook* book) { book->Plant(PartKey(0), book->Value(PartKey(2))); },
       {"other 0x06000000000000000000000000@0: the key is none of the journal"}},
  });
}

// The forger computes checksums and the hash of the changes, but not all later hashes.
TEST_CASE("verify: entries written anew with right checksums", "[io][fault]") {
  CheckAll({
      {"who did it",
       [](FirmBook* book) {
         Write(book, {.version = 2, .edit = [](auto* head, auto*) { head->actor = "nobody"; }});
       },
       {"journal @3: it does not follow the entry before by its hash"}},
      {"who did the newest",
       [](FirmBook* book) {
         Write(book, {.version = 4, .edit = [](auto* head, auto*) { head->actor = "nobody"; }});
       },
       {"journal @4: it is not the entry that the anchor knows"}},
      {"when",
       [](FirmBook* book) {
         Write(book, {.version = 3, .edit = [](auto* head, auto*) { head->time = 0; }});
       },
       {"journal @3: its time is before that of the entry before",
        "journal @4: it does not follow the entry before by its hash"}},
      {"a digest",
       [](FirmBook* book) {
         Write(book,
               {.version = 3, .edit = [](auto*, auto* changes) { (*changes)[0].digest[0] ^= 1; }});
       },
       {"journal @4: it does not follow the entry before by its hash",
        "other A@0: it is not what the journal has the digest of"}},
      {"a deletion left out",
       [](FirmBook* book) {
         Write(book, {.version = 4, .edit = [](auto*, auto* changes) { changes->clear(); }});
       },
       {"journal @4: it is not the entry that the anchor knows",
        "other D@4: the journal knows no such version of the record",
        "other D@0: the version that commit 1 made is missing"}},
      {"a record of no table, deleted",
       [](FirmBook* book) {
         Write(book, {.version = 4, .edit = [](auto*, auto* changes) {
                        changes->push_back({true, "\x02\x4dk", {}});
                      }});
       },
       {"journal @4: it is not the entry that the anchor knows",
        "other 0x024d6b@4: the journal names a record of no table"}},
      {"a deletion of what never was",
       [](FirmBook* book) {
         Write(book, {.version = 4, .edit = [&](auto*, auto* changes) {
                        const std::string key(Delete(*book->core(), "Z").key.view());
                        changes->push_back({true, key, {}});
                      }});
       },
       {"journal @4: it is not the entry that the anchor knows",
        "other Z@4: the journal deletes a record that it says nothing of before"}},
  });
}

TEST_CASE("verify: an anchor that cannot be read is a problem, not an error", "[io][fault]") {
  FirmBook book = MakeBook();
  REQUIRE_OK(book.core()->store().WriteAnchor("\x01", storage::Durability::kSynced));
  CHECK(Problems(book) == "journal @0: anchor is damaged; bytes=1");
}

}  // namespace
}  // namespace daftar::testing
