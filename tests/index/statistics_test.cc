// Statistics: what is counted, how they are stored, and how far estimates are off.

#include "index/statistics.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "support/status_matchers.h"

namespace daftar::index {
namespace {

using testing::StatusIs;

constexpr codec::KeyPart kNumber{codec::KeyType::kUInt32, codec::Direction::kAscending,
                                 codec::Nulls::kNever};
constexpr codec::KeyPart kText{codec::KeyType::kText, codec::Direction::kAscending,
                               codec::Nulls::kFirst};

std::vector<catalog::Term> Terms() { return {{{}, kNumber}, {{}, kText}}; }

std::string Key(uint64_t number, std::string_view text, uint64_t serial) {
  std::string key;
  codec::AppendPart(kNumber, number, &key);
  codec::AppendPart(kText, text, &key);
  codec::AppendPart(kNumber, serial, &key);
  return key;
}

Statistics StatisticsOf(const std::vector<std::string>& keys) {
  StatisticsBuilder builder(Terms());
  for (const std::string& key : keys) REQUIRE_OK(builder.Add(key));
  return std::move(builder).Finish(CommitVersion(7));
}

// Numbers of which some are frequent, in order.
std::vector<std::string> RandomKeys(std::mt19937* random, size_t count) {
  std::geometric_distribution<uint64_t> number(0.05);
  std::uniform_int_distribution<int> letter(0, 2);
  std::vector<std::string> keys;
  for (size_t i = 0; i < count; ++i) {
    keys.push_back(
        Key(number(*random), std::string(1, static_cast<char>('a' + letter(*random))), i));
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

TEST_CASE("statistics: entries and distinct values are counted exactly", "[index]") {
  const Statistics none = StatisticsOf({});
  CHECK(none.entries == 0);
  CHECK(none.distinct == std::vector<uint64_t>{0, 0});
  CHECK(none.bounds.empty());
  const Statistics few = StatisticsOf({Key(1, "a", 1), Key(1, "a", 2), Key(1, "b", 3),
                                       Key(2, "", 4), Key(2, "b", 5), Key(3, "b", 6)});
  CHECK(few.version == CommitVersion(7));
  CHECK(few.entries == 6);
  CHECK(few.distinct == std::vector<uint64_t>{3, 5});
  CHECK(few.bounds.size() == 6);
  StatisticsBuilder builder(Terms());
  CHECK_THAT(builder.Add("\x01"), StatusIs(absl::StatusCode::kDataLoss, ""));
}

TEST_CASE("statistics: bounds are equally far apart, and not many", "[index]") {
  std::mt19937 random(1);
  for (const size_t count : std::vector<size_t>{255, 256, 257, 1000, 50'000}) {
    CAPTURE(count);
    const std::vector<std::string> keys = RandomKeys(&random, count);
    const Statistics statistics = StatisticsOf(keys);
    CHECK(statistics.bounds.size() <= 256);
    CHECK(statistics.bounds.size() >= std::min<size_t>(count, 128));
    const uint64_t depth = statistics.bounds[1].entries_before;
    for (size_t i = 0; i < statistics.bounds.size(); ++i) {
      CHECK(statistics.bounds[i].entries_before == i * depth);
      CHECK(statistics.bounds[i].key == keys[i * depth]);
    }
  }
}

TEST_CASE("statistics: estimates are off by little", "[index][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> keys = RandomKeys(&random, 20'000);
  const Statistics statistics = StatisticsOf(keys);
  const auto depth = static_cast<double>(statistics.bounds[1].entries_before);
  std::uniform_int_distribution<uint64_t> number(0, 100);
  for (int round = 0; round < 1000; ++round) {
    uint64_t from = number(random), until = number(random);
    if (from > until) std::swap(from, until);
    const bool is_point = from == until;
    std::string lower, upper;
    codec::AppendPart(kNumber, from, &lower);
    codec::AppendPart(kNumber, is_point ? from + 1 : until, &upper);
    const auto actual = static_cast<double>(std::lower_bound(keys.begin(), keys.end(), upper) -
                                            std::lower_bound(keys.begin(), keys.end(), lower));
    const double estimate = EstimateEntries(statistics, lower, upper, is_point ? 1 : 0, is_point);
    CAPTURE(from, until, depth);
    CHECK(estimate <= actual + 2 * depth);
    CHECK(estimate >= actual - 2 * depth);
    CHECK(estimate >= 0);
  }
}

TEST_CASE("statistics: what was stored is read back, and damage is noticed", "[index][format]") {
  std::mt19937 random(2);
  const std::string key = StatisticsKey(IndexId(300));
  const Statistics statistics = StatisticsOf(RandomKeys(&random, 40));
  const std::string value = EncodeStatistics(key, statistics);
  REQUIRE_OK_AND_ASSIGN(const Statistics decoded, DecodeStatistics(key, value));
  CHECK(decoded == statistics);
  CHECK_THAT(DecodeStatistics(StatisticsKey(IndexId(301)), value),
             StatusIs(absl::StatusCode::kDataLoss, "run `daftar analyze`"));
  for (size_t i = 0; i < value.size(); ++i) {
    CHECK_THAT(DecodeStatistics(key, value.substr(0, i)),
               StatusIs(absl::StatusCode::kDataLoss, ""));
    std::string flipped = value;
    flipped[i] ^= 0x10;
    CHECK_THAT(DecodeStatistics(key, flipped), StatusIs(absl::StatusCode::kDataLoss, ""));
  }
}

TEST_CASE("statistics: keys name their table or index", "[index]") {
  REQUIRE_OK_AND_ASSIGN(const StatisticsOwner index,
                        ParseStatisticsKey(StatisticsKey(IndexId(300))));
  CHECK(index.index == IndexId(300));
  CHECK(index.table == TableId());
  REQUIRE_OK_AND_ASSIGN(const StatisticsOwner table, ParseStatisticsKey(StatisticsKey(TableId(5))));
  CHECK(table.table == TableId(5));
  for (const std::string& key : {StatisticsKey(TableId(5)) + "x", std::string("\x08\x01\x01")}) {
    CHECK_THAT(ParseStatisticsKey(key), StatusIs(absl::StatusCode::kDataLoss, ""));
  }
}

}  // namespace
}  // namespace daftar::index
