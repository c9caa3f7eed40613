#include "history/history_key.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "codec/key.h"
#include "codec/keyspace.h"
#include "history/versions.h"
#include "record/envelope.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using history::HistoryKey;

TEST_CASE("history key: is the space, the live key and the commit, big-endian",
          "[history][format]") {
  CHECK(HistoryKey("\x02\x01k", CommitVersion(0x0102030405060708)) ==
        std::string("\x05\x02\x01k\x01\x02\x03\x04\x05\x06\x07\x08"));
  CHECK(history::HistoryPrefix("\x02\x01k") == "\x05\x02\x01k");
}

TEST_CASE("history key: gives back what it was made of, and orders by it", "[history][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  using Id = std::tuple<std::string, uint64_t>;
  std::vector<Id> ids;
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 4, '\0');
    for (char& c : text) c = "\0a\xff"[random() % 3];
    const uint64_t number = random() % 3 == 0 ? random() : random() % 4;
    const std::string live_key =
        std::vector{TextKey(text), NumberKey(number), EntryKey(text, number)}[random() % 3];
    ids.emplace_back(live_key, random() >> (1 + random() % 63));
  }
  std::sort(ids.begin(), ids.end());
  std::string before;
  for (const auto& [live_key, ended] : ids) {
    const std::string key = HistoryKey(live_key, CommitVersion(ended));
    REQUIRE_OK_AND_ASSIGN(const history::HistoryId id, history::ParseHistoryKey(key));
    REQUIRE(id.live_key == live_key);
    REQUIRE(id.ended.value() == ended);
    REQUIRE(before <= key);
    REQUIRE(key.starts_with(history::HistoryPrefix(live_key)));
    before = key;
  }
}

TEST_CASE("history key: what is too short or of another space does not parse", "[history]") {
  const std::string key = HistoryKey("k", CommitVersion(7));
  REQUIRE_OK(history::ParseHistoryKey(key));
  for (size_t length = 0; length < key.size(); ++length) {
    CAPTURE(length);
    CHECK_THAT(history::ParseHistoryKey(key.substr(0, length)),
               StatusIs(absl::StatusCode::kDataLoss, "history key is malformed; key=0x"));
  }
  CHECK_THAT(history::ParseHistoryKey(HistoryKey("k", CommitVersion(UINT64_MAX))),
             StatusIs(absl::StatusCode::kDataLoss, "history key is malformed; key=0x"));
  for (int space = 0; space < 256; ++space) {
    if (space == static_cast<int>(codec::Space::kHistory)) continue;
    CAPTURE(space);
    const std::string other = std::string(1, static_cast<char>(space)) + key.substr(1);
    CHECK_THAT(history::ParseHistoryKey(other),
               StatusIs(absl::StatusCode::kDataLoss, "history key is malformed; key=0x"));
  }
}

TEST_CASE("history range: holds the history of the keys in a range", "[history]") {
  const storage::KeyRange range =
      history::HistoryRange({TextKey("b"), codec::RecordPrefix(TableId(2))});
  const auto inside = [&](const std::string& live_key) {
    const std::string first = HistoryKey(live_key, CommitVersion(0));
    const std::string last = HistoryKey(live_key, CommitVersion(UINT64_MAX));
    return first >= range.lower && last < range.upper;
  };
  CHECK(inside(TextKey("b")));
  CHECK(inside(TextKey("zz")));
  CHECK(!inside(TextKey("a")));
}

TEST_CASE("created by: is the commit inside a record or an entry", "[history]") {
  const std::string record_key = NumberKey(1);
  const std::string record = record::EncodeEnvelope(
      record_key, {SchemaVersion(1), CommitVersion(300), std::string(8, '\0')});
  const std::string entry_key = EntryKey("a", 1);
  std::string entry;
  codec::AppendOrderedVarint(300, &entry);
  entry += "covered";
  const auto [name, key, value, bytes_needed] =
      GENERATE_COPY(table<const char*, std::string, std::string, size_t>(
          {{"record", record_key, record, record::kEnvelopeBytes},
           {"entry", entry_key, entry, 3}}));
  CAPTURE(name);
  REQUIRE_OK_AND_ASSIGN(const CommitVersion created, history::CreatedBy(key, value));
  CHECK(created == CommitVersion(300));
  for (size_t length = 0; length < bytes_needed; ++length) {
    CAPTURE(length);
    CHECK_THAT(history::CreatedBy(key, value.substr(0, length)),
               StatusIs(absl::StatusCode::kDataLoss, ""));
  }
}

}  // namespace
}  // namespace daftar::testing
