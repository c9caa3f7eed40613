// Entries of every shape come back as they were written, however they are cut into parts.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "journal/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using journal::Change;
using Random = std::mt19937_64;

std::string RandomKey(Random& random) {
  // Sometimes longer than a length of one byte, and often a prefix of another.
  const size_t bytes_max = std::uniform_int_distribution<size_t>(1, 400)(random);
  std::string key(std::uniform_int_distribution<size_t>(1, bytes_max)(random), '\0');
  for (char& byte : key) byte = static_cast<char>(random() % 3);
  return key;
}

std::vector<Change> RandomChanges(size_t count, Random& random) {
  std::set<std::string> keys;
  while (keys.size() < count) keys.insert(RandomKey(random));
  std::vector<Change> changes;
  for (const std::string& key : keys) {
    const bool deleted = random() % 3 == 0;
    changes.push_back({deleted, key, deleted ? journal::Hash{} : journal::HashOf(key)});
  }
  return changes;
}

void AppendChanges(std::string_view stored, std::vector<Change>* changes) {
  journal::ChangeReader reader(stored);
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, reader.Next());
    if (!more) break;
    changes->push_back(reader.change());
  }
}

// Reads an entry back and checks everything there is to say about its parts.
std::vector<Change> ReadEntry(const WrittenEntry& written, size_t part_change_bytes) {
  const auto& [head_key, head_value] = written.parts.back();
  REQUIRE_OK_AND_ASSIGN(const journal::HeadPart head, journal::DecodeHead(head_key, head_value));
  CHECK(head.head == written.head);
  CHECK(journal::HashOf(head.head) == journal::HashOf(written.head));
  REQUIRE(written.parts.size() == written.head.part_count);
  std::vector<Change> changes;
  journal::Sha256 hash;
  hash.Update(head.changes);
  AppendChanges(head.changes, &changes);
  for (uint32_t number = 1; number < written.head.part_count; ++number) {
    const auto& [key, value] = written.parts[number - 1];
    REQUIRE_OK_AND_ASSIGN(const journal::ChangesPart part, journal::DecodePart(key, value));
    CHECK(part.id == journal::PartId{written.head.version, number});
    // Full but for the last, and no fuller than the change that filled it made it.
    const bool last = number + 1 == written.head.part_count;
    CHECK((last || part.changes.size() > part_change_bytes));
    CHECK(part.changes.size() <= part_change_bytes + 500);
    hash.Update(part.changes);
    AppendChanges(part.changes, &changes);
  }
  CHECK(hash.Finish() == written.head.changes_hash);
  CHECK(changes.size() == written.head.change_count);
  return changes;
}

TEST_CASE("journal entry: comes back however it is cut into parts", "[journal][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (const size_t count : std::vector<size_t>{0, 1, 2, 3, 10, 500}) {
    const std::vector<Change> changes = RandomChanges(count, random);
    const journal::Hash hash = WriteEntry(changes, journal::kPartChangeBytes).head.changes_hash;
    for (const size_t part_change_bytes :
         std::vector<size_t>{0, 1, 33, 34, 35, 100, 1000, 10'000, size_t{1} << 20}) {
      CAPTURE(count, part_change_bytes);
      const WrittenEntry written = WriteEntry(changes, part_change_bytes);
      CHECK(written.head.changes_hash == hash);
      CHECK(ReadEntry(written, part_change_bytes) == changes);
      if (part_change_bytes == 0) CHECK(written.parts.size() == std::max(count, size_t{1}));
    }
  }
}

TEST_CASE("journal entry: parts are handed out as they fill, part 0 last", "[journal][unit]") {
  Parts parts;
  journal::EntryWriter writer(
      CommitVersion(7),
      [&](std::string_view key, std::string_view value) {
        parts.emplace_back(key, value);
        return absl::OkStatus();
      },
      40);  // two of these changes fill a part
  const std::vector<size_t> handed_out = {0, 0, 0, 1, 1, 2, 2};
  for (size_t i = 0; i < handed_out.size(); ++i) {
    REQUIRE_OK(writer.Add(ChangeOf(std::string(1, static_cast<char>('a' + i)), false)));
    CHECK(parts.size() == handed_out[i]);
  }
  REQUIRE_OK_AND_ASSIGN(const journal::EntryHead head, writer.Finish({}, -1, {}));
  CHECK(head.part_count == 4);
  REQUIRE(parts.size() == 4);
  for (const auto& [at, number] : {std::pair(0, 1), {1, 2}, {2, 3}, {3, 0}}) {
    REQUIRE_OK_AND_ASSIGN(const journal::PartId id,
                          journal::DecodePartKey(parts[static_cast<size_t>(at)].first));
    CHECK(id == journal::PartId{CommitVersion(7), static_cast<uint32_t>(number)});
  }
}

TEST_CASE("journal entry: a chain shows what was altered in the past", "[journal][unit]") {
  std::vector<journal::EntryHead> chain;
  journal::Hash previous{};
  for (uint64_t version = 1; version <= 5; ++version) {
    journal::EntryWriter writer(CommitVersion(version), [](std::string_view, std::string_view) {
      return absl::OkStatus();
    });
    REQUIRE_OK(writer.Add(ChangeOf("a", version % 2 == 0)));
    REQUIRE_OK_AND_ASSIGN(journal::EntryHead head, writer.Finish({"clerk", "", ""}, 0, previous));
    CHECK(head.previous == previous);
    previous = journal::HashOf(head);
    chain.push_back(std::move(head));
  }
  const auto first_break = [&] {
    for (size_t i = 1; i < chain.size(); ++i) {
      if (chain[i].previous != journal::HashOf(chain[i - 1])) return i;
    }
    return chain.size();
  };
  CHECK(first_break() == 5);
  chain[2].actor = "nobody";
  CHECK(first_break() == 3);
}

}  // namespace
}  // namespace daftar::testing
