#include "txn/journal_reader.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <vector>

#include "journal/sample.h"
#include "support/status_matchers.h"
#include "txn/journal_book.h"

namespace daftar::testing {
namespace {

using journal::Change;

constexpr uint64_t kAll = UINT64_MAX;

// `count` changes, every third of them a deletion.
std::vector<Change> Changes(int count) {
  std::vector<Change> changes;
  for (int i = 0; i < count; ++i) {
    changes.push_back(ChangeOf(std::to_string(1000 + i), i % 3 == 0));
  }
  return changes;
}

TEST_CASE("journal reader: finds the entry of a commit", "[txn]") {
  JournalBook book;
  book.Append(1, 10, Changes(20));
  const journal::EntryHead head = book.Append(3, 20);
  const auto reader = book.reader();
  REQUIRE_OK_AND_ASSIGN(const auto found, txn::FindEntry(*reader, CommitVersion(3)));
  CHECK(found == head);
  REQUIRE_OK_AND_ASSIGN(const auto none, txn::FindEntry(*reader, CommitVersion(2)));
  CHECK(none == std::nullopt);
  CHECK_THAT(txn::ReadEntry(*reader, CommitVersion(2)),
             StatusIs(absl::StatusCode::kDataLoss,
                      "journal lacks the entry of a commit; run `daftar recover --dry-run`; "
                      "commit=2"));
  const auto first_from = [&](uint64_t from, uint64_t last) -> uint64_t {
    REQUIRE_OK_AND_ASSIGN(const auto entry,
                          txn::FirstEntryFrom(*reader, CommitVersion(from), CommitVersion(last)));
    return entry.has_value() ? entry->version.value() : 0;
  };
  CHECK(first_from(0, 9) == 1);
  CHECK(first_from(1, 9) == 1);
  CHECK(first_from(2, 9) == 3);
  CHECK(first_from(2, 2) == 0);
  CHECK(first_from(4, 9) == 0);
  CHECK(first_from(9, 1) == 0);
}

TEST_CASE("entry walk: gives the entries of a range, forwards and backwards", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 30; ++round) {
    JournalBook book;
    uint64_t version = 0;
    const int entries = static_cast<int>(random() % 12);
    for (int i = 0; i < entries; ++i) {
      version += 1 + random() % 3;
      book.Append(version, 10, Changes(random() % 2 == 0 ? 1 : 20));  // some have several parts
    }
    for (int i = 0; i < 20; ++i) {
      txn::CommitRange range = {CommitVersion(1 + random() % (version + 2)),
                                CommitVersion(random() % (version + 3)), random() % 2 == 0};
      if (random() % 5 == 0) range = {CommitVersion(1), CommitVersion(kAll), range.backwards};
      CAPTURE(range.first.value(), range.last.value(), range.backwards);
      std::vector<journal::EntryHead> expected;
      for (const journal::EntryHead& head : book.heads()) {
        if (head.version >= range.first && head.version <= range.last) expected.push_back(head);
      }
      if (range.backwards) std::reverse(expected.begin(), expected.end());
      txn::EntryWalk walk(book.reader(), range);
      std::vector<journal::EntryHead> found;
      while (true) {
        REQUIRE_OK_AND_ASSIGN(const bool more, walk.Next());
        if (!more) break;
        found.push_back(walk.head());
      }
      CHECK(found == expected);
    }
  }
}

TEST_CASE("commit at: is the newest commit until a moment", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 40; ++round) {
    JournalBook book;
    uint64_t version = 0;
    int64_t time = static_cast<int64_t>(random() % 10) - 5;
    for (uint64_t count = random() % 30; count > 0; --count) {
      // Gaps, and commits at one and the same time; entries of several parts between.
      version += random() % 4 == 0 ? 1 + random() % 1000 : 1;
      time += static_cast<int64_t>(random() % 3);
      book.Append(version, time, Changes(static_cast<int>(random() % 10)));
    }
    const auto reader = book.reader();
    for (int64_t asked = -8; asked <= time + 2; ++asked) {
      CommitVersion expected;
      for (const journal::EntryHead& head : book.heads()) {
        if (head.time <= asked) expected = head.version;
      }
      CAPTURE(round, asked);
      REQUIRE_OK_AND_ASSIGN(const CommitVersion found, txn::CommitAt(*reader, book.last(), asked));
      REQUIRE(found == expected);
    }
  }
}

TEST_CASE("commit at: does not look beyond the last commit of the view", "[txn]") {
  JournalBook book;
  for (uint64_t version = 1; version <= 9; ++version) book.Append(version, 100);
  REQUIRE_OK_AND_ASSIGN(const CommitVersion found,
                        txn::CommitAt(*book.reader(), CommitVersion(5), 100));
  CHECK(found == CommitVersion(5));
}

// Commits 1 to 4, then 11 to 15, of which 11 accounts for the gap; each of several parts.
JournalBook GappedBook() {
  JournalBook book;
  for (uint64_t version = 1; version <= 15; ++version) {
    if (version >= 5 && version <= 10) continue;
    book.Append(version, static_cast<int64_t>(version), Changes(10));
  }
  return book;
}

TEST_CASE("journal tail: a whole journal passes, gaps accounted for included", "[txn]") {
  const JournalBook book = GappedBook();
  for (const uint64_t count : {uint64_t{0}, uint64_t{1}, uint64_t{5}, uint64_t{14}, kAll}) {
    CAPTURE(count);
    REQUIRE_OK(txn::CheckJournalTail(*book.reader(), CommitVersion(15), count));
  }
  REQUIRE_OK(txn::CheckJournalTail(*book.reader(), CommitVersion(13), kAll));
  REQUIRE_OK(txn::CheckJournalTail(*JournalBook().reader(), CommitVersion(0), kAll));
}

TEST_CASE("journal tail: finds each single missing entry", "[txn][fault]") {
  const std::vector<journal::EntryHead> heads = GappedBook().heads();
  for (const journal::EntryHead& head : heads) {
    CAPTURE(head.version.value());
    JournalBook book = GappedBook();
    book.Delete(PartKey(head.version.value()));
    CHECK_THAT(txn::CheckJournalTail(*book.reader(), CommitVersion(15), kAll),
               StatusIs(absl::StatusCode::kDataLoss, "journal"));
    // Within the tail as well, and not beyond it.
    uint64_t newer = 0;
    for (const journal::EntryHead& other : book.heads()) newer += other.version > head.version;
    CHECK_THAT(txn::CheckJournalTail(*book.reader(), CommitVersion(15), newer),
               StatusIs(absl::StatusCode::kDataLoss, "run `daftar recover --dry-run`"));
    if (newer > 0) {
      REQUIRE_OK(txn::CheckJournalTail(*book.reader(), CommitVersion(15), newer - 1));
    }
  }
}

TEST_CASE("journal tail: says what is missing", "[txn][fault]") {
  JournalBook book = GappedBook();
  SECTION("the newest") {
    book.Delete(PartKey(15));
    CHECK_THAT(txn::CheckJournalTail(*book.reader(), CommitVersion(15), kAll),
               StatusIs(absl::StatusCode::kDataLoss,
                        "journal lacks the entry of a commit; run `daftar recover --dry-run`; "
                        "commit=15"));
  }
  SECTION("one between") {
    book.Delete(PartKey(3));
    CHECK_THAT(txn::CheckJournalTail(*book.reader(), CommitVersion(15), kAll),
               StatusIs(absl::StatusCode::kDataLoss,
                        "journal has a gap; run `daftar recover --dry-run`; after commit=2; "
                        "before commit=4"));
  }
  SECTION("the oldest") {
    book.Delete(PartKey(1));
    CHECK_THAT(txn::CheckJournalTail(*book.reader(), CommitVersion(15), kAll),
               StatusIs(absl::StatusCode::kDataLoss, "commit=1"));
  }
  SECTION("all of them") {
    CHECK_THAT(txn::CheckJournalTail(*JournalBook().reader(), CommitVersion(1), kAll),
               StatusIs(absl::StatusCode::kDataLoss, "commit=1"));
  }
}

TEST_CASE("journal tail: finds each single altered head", "[txn][fault]") {
  const Model whole = GappedBook().Contents();
  JournalBook book = GappedBook();
  for (const journal::EntryHead& head : book.heads()) {
    const std::string key = PartKey(head.version.value());
    for (size_t at = 0; at < whole.at(key).size(); at += 7) {
      CAPTURE(head.version.value(), at);
      std::string value = whole.at(key);
      value[at] = static_cast<char>(value[at] ^ 0x10);
      book.Put(key, value);
      REQUIRE_THAT(txn::CheckJournalTail(*book.reader(), CommitVersion(15), kAll),
                   StatusIs(absl::StatusCode::kDataLoss, "journal entry does not verify"));
    }
    book.Put(key, whole.at(key));
  }
}

std::vector<Change> AllChanges(const JournalBook& book, uint64_t version, absl::Status* status) {
  std::vector<Change> changes;
  const auto head = txn::ReadEntry(*book.reader(), CommitVersion(version));
  REQUIRE_OK(head);
  txn::EntryChanges reader(book.reader(), *head);
  while (true) {
    const auto found = reader.Next();
    *status = found.status();
    if (!found.ok() || !*found) return changes;
    changes.push_back(reader.change());
  }
}

TEST_CASE("entry changes: come from all parts, in order", "[txn]") {
  const int count = GENERATE(0, 1, 2, 3, 50);
  CAPTURE(count);
  JournalBook book;
  book.Append(1, 0);
  const journal::EntryHead head = book.Append(2, 0, Changes(count));
  CHECK((head.part_count > 1) == (count > 3));
  book.Append(3, 0, Changes(7));
  absl::Status status;
  CHECK(AllChanges(book, 2, &status) == Changes(count));
  REQUIRE_OK(status);
}

TEST_CASE("entry changes: a part that is missing or flipped is damage", "[txn][fault]") {
  JournalBook book;
  const uint32_t parts = book.Append(1, 0, Changes(20)).part_count;
  REQUIRE(parts > 3);
  const Model whole = book.Contents();
  absl::Status status;
  for (uint32_t part = 1; part < parts; ++part) {
    CAPTURE(part);
    const std::string key = PartKey(1, part);
    book.Delete(key);
    AllChanges(book, 1, &status);
    CHECK_THAT(status,
               StatusIs(absl::StatusCode::kDataLoss,
                        "journal entry lacks a part; commit=1; part=" + std::to_string(part)));
    for (size_t at = 0; at < whole.at(key).size(); ++at) {
      CAPTURE(at);
      std::string value = whole.at(key);
      value[at] = static_cast<char>(value[at] ^ 1);
      book.Put(key, value);
      AllChanges(book, 1, &status);
      REQUIRE_THAT(status, StatusIs(absl::StatusCode::kDataLoss, "journal entry"));
    }
    book.Put(key, whole.at(key));
  }
  CHECK(AllChanges(book, 1, &status) == Changes(20));
  REQUIRE_OK(status);
}

// Whoever forges a part can give it a right checksum, but not the hash in the head.
TEST_CASE("entry changes: other changes than the head's are damage", "[txn][fault]") {
  const auto [name, forged] = GENERATE(table<const char*, std::vector<Change>>({
      {"one altered",
       [] {
         std::vector<Change> changes = Changes(20);
         changes[19].digest[0] ^= 1;
         return changes;
       }()},
      {"one less", Changes(19)},
      {"one deleted instead",
       [] {
         std::vector<Change> changes = Changes(20);
         changes[19] = ChangeOf("1019", true);
         return changes;
       }()},
  }));
  CAPTURE(name);
  JournalBook book;
  const uint32_t parts = book.Append(1, 0, Changes(20)).part_count;
  JournalBook other;
  const journal::EntryHead head = other.Append(1, 0, forged);
  REQUIRE(head.part_count == parts);
  book.Put(PartKey(1, parts - 1), other.Contents().at(PartKey(1, parts - 1)));
  absl::Status status;
  AllChanges(book, 1, &status);
  CHECK_THAT(status, StatusIs(absl::StatusCode::kDataLoss,
                              "journal entry has other changes than its head says; commit=1"));
}

}  // namespace
}  // namespace daftar::testing
