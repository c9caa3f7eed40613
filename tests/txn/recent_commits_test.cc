#include "txn/recent_commits.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using txn::ReadSet;
using txn::RecentCommits;

constexpr size_t kNoLimit = SIZE_MAX;

RecentCommits::Written Wrote(uint64_t version, std::vector<std::string> keys) {
  return {CommitVersion(version), std::move(keys), {}};
}

ReadSet ReadsOf(const std::vector<std::string>& keys) {
  ReadSet reads;
  for (const std::string& key : keys) reads.AddKey(key);
  reads.Seal();
  return reads;
}

TEST_CASE("recent commits: only those after the view count", "[txn]") {
  RecentCommits recent(kNoLimit);
  recent.Add(Wrote(3, {"a"}));
  recent.Add(Wrote(4, {"b"}));
  recent.Add(Wrote(9, {"a", "c"}));  // versions may have gaps
  const ReadSet reads = ReadsOf({"a", "b"});
  for (uint64_t since = 0; since < 9; ++since) {
    CAPTURE(since);
    REQUIRE_OK_AND_ASSIGN(const bool hit, recent.Hit(reads, CommitVersion(since)));
    CHECK(hit);
    REQUIRE_OK_AND_ASSIGN(const bool hit_b, recent.Hit(ReadsOf({"b"}), CommitVersion(since)));
    CHECK(hit_b == (since < 4));
  }
  REQUIRE_OK_AND_ASSIGN(const bool hit, recent.Hit(reads, CommitVersion(9)));
  CHECK(!hit);
}

TEST_CASE("recent commits: a bulk load hits whatever was read in its ranges", "[txn]") {
  RecentCommits recent(kNoLimit);
  recent.Add({CommitVersion(1), {}, {{"b", "d"}, {"x", ""}}});
  ReadSet range;
  range.AddRange({"a", "bb"});
  range.Seal();
  REQUIRE_OK_AND_ASSIGN(const bool overlaps, recent.Hit(range, CommitVersion(0)));
  CHECK(overlaps);
  for (const auto& [key, expected] : std::vector<std::pair<std::string, bool>>{
           {"a", false}, {"b", true}, {"cz", true}, {"d", false}, {"zz", true}}) {
    CAPTURE(key);
    REQUIRE_OK_AND_ASSIGN(const bool hit, recent.Hit(ReadsOf({key}), CommitVersion(0)));
    CHECK(hit == expected);
  }
}

TEST_CASE("recent commits: what is no longer known is Aborted, not forgotten", "[txn]") {
  RecentCommits none(0);
  none.Add(Wrote(1, {"a"}));
  CHECK_THAT(none.Hit(ReadsOf({}), CommitVersion(0)),
             StatusIs(absl::StatusCode::kAborted,
                      "too much was committed since the transaction was begun; begin again; "
                      "begun at=0"));
  REQUIRE_OK(none.Hit(ReadsOf({}), CommitVersion(1)));
}

TEST_CASE("recent commits: agree with a list of all commits", "[txn][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const auto key = [&] { return std::string(1, static_cast<char>('a' + random() % 26)); };
  for (int round = 0; round < 50; ++round) {
    RecentCommits recent(2000);
    std::vector<RecentCommits::Written> all;
    uint64_t version = 0;
    uint64_t aborted = 0;
    for (int commit = 0; commit < 100; ++commit) {
      CAPTURE(round, commit);
      RecentCommits::Written written = Wrote(version += 1 + random() % 2, {});
      for (uint64_t count = random() % 8; count > 0; --count) written.keys.push_back(key());
      std::sort(written.keys.begin(), written.keys.end());
      all.push_back(written);
      recent.Add(written);
      ReadSet reads = ReadsOf({key()});
      if (random() % 2 == 0) {
        reads.AddRange({key(), random() % 8 == 0 ? std::string() : key()});
        reads.Seal();
      }
      const uint64_t since = random() % (version + 1);
      const auto hit = recent.Hit(reads, CommitVersion(since));
      if (!hit.ok()) {
        REQUIRE(absl::IsAborted(hit.status()));
        ++aborted;
        continue;
      }
      bool expected = false;
      for (const RecentCommits::Written& each : all) {
        if (each.version.value() <= since) continue;
        for (const std::string& wrote : each.keys) expected = expected || reads.Contains(wrote);
      }
      REQUIRE(*hit == expected);
    }
    CHECK(aborted > 0);
    CHECK(aborted < 100);
  }
}

}  // namespace
}  // namespace daftar::testing
