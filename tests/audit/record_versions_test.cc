#include "audit/record_versions.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

#include "record/sample.h"
#include "storage/open.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

struct Expected {
  uint64_t commit;
  std::string json;  // empty: deleted
  friend bool operator==(const Expected&, const Expected&) = default;
};

std::vector<Expected> Versions(const txn::Core& core, const std::string& code, uint64_t until) {
  REQUIRE_OK_AND_ASSIGN(const auto found,
                        audit::VersionsOf(core.View(), FirmTable(core), Delete(core, code).key,
                                          CommitVersion(until)));
  std::vector<Expected> versions;
  for (const audit::RecordVersion& each : found) {
    CHECK(each.has_entry);
    CHECK(each.commit.time == kTestTime);
    versions.push_back({each.commit.version.value(),
                        each.record.has_value() ? ToJson(*each.record) : std::string()});
  }
  return versions;
}

std::vector<Expected> Changes(const txn::Core& core, const std::string& code,
                              const txn::CommitRange& range) {
  audit::RecordChanges changes(core.View(), FirmTable(core), Delete(core, code).key, range);
  std::vector<Expected> found;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, changes.Next());
    if (!more) return found;
    REQUIRE_OK_AND_ASSIGN(const auto record, changes.Record());
    CHECK(record.has_value() != changes.deleted());
    found.push_back(
        {changes.commit().value(), record.has_value() ? ToJson(*record) : std::string()});
  }
}

TEST_CASE("record versions: every version with its commit, deletions included",
          "[audit][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const auto core = NewFirmDatabase();
  std::map<std::string, std::vector<Expected>> model;
  std::map<std::string, std::string> now;
  constexpr int kCommits = 300;
  for (uint64_t version = 1; version <= kCommits;) {
    const std::string code(1, static_cast<char>('A' + random() % 4));
    std::string json;
    if (random() % 3 != 0 || !now.contains(code)) {
      json = R"({"code":")" + code + R"(","size":)" + std::to_string(random() % 5) + "}";
    }
    if (now.contains(code) && now[code] == json) continue;
    REQUIRE_OK(json.empty() ? Commit(core.get(), Delete(*core, code))
                            : Commit(core.get(), Put(*core, json)));
    model[code].push_back({version, json});
    if (json.empty()) {
      now.erase(code);
    } else {
      now[code] = json;
    }
    ++version;
  }
  for (const auto& [code, all] : model) {
    for (int i = 0; i < 100; ++i) {
      const txn::CommitRange range = {CommitVersion(1 + random() % kCommits),
                                      CommitVersion(random() % (kCommits + 9)), random() % 2 == 0};
      CAPTURE(code, range.first.value(), range.last.value(), range.backwards);
      std::vector<Expected> expected;
      for (const Expected& each : all) {
        const CommitVersion commit(each.commit);
        if (commit >= range.first && commit <= range.last) expected.push_back(each);
      }
      if (range.backwards) std::reverse(expected.begin(), expected.end());
      CHECK(Changes(*core, code, range) == expected);
    }
  }
  for (const uint64_t until : {uint64_t{0}, uint64_t{1}, uint64_t{77}, uint64_t{kCommits}}) {
    for (const auto& [code, all] : model) {
      CAPTURE(code, until);
      std::vector<Expected> expected;
      for (const Expected& each : all) {
        if (each.commit <= until) expected.push_back(each);
      }
      CHECK(Versions(*core, code, until) == expected);
    }
  }
  CHECK(Versions(*core, "Z", kCommits).empty());
}

TEST_CASE("record versions: keys that begin alike are kept apart", "[audit][unit]") {
  const auto core = NewFirmDatabase();
  for (const char* code : {"A", "AB", "A\\u0000", "A\\u0000B"}) {
    for (const char* size : {"1", "2"}) {
      REQUIRE_OK(Commit(core.get(), Put(*core, std::string(R"({"code":")") + code + R"(","size":)" +
                                                   size + "}")));
    }
  }
  CHECK(Versions(*core, "A", 100).size() == 2);
  CHECK(Versions(*core, "AB", 100).size() == 2);
  CHECK(Versions(*core, std::string("A\0", 2), 100).size() == 2);
}

}  // namespace
}  // namespace daftar::testing
