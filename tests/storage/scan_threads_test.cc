// Pieces of ranges, and the threads that read them.
#include "storage/scan_threads.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/backend.h"
#include "storage/faulty_store.h"
#include "storage/range_division.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using storage::DivideRange;
using storage::KeyRange;
using storage::ScanLimits;
using storage::ScanTeam;
using storage::ScanThreads;

std::string BigEndian(uint32_t number) {
  std::string key;
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
  return key;
}

struct Keys {
  const char* name;
  std::vector<std::string> keys;
};

std::vector<Keys> KeysOfAllKinds() {
  std::vector<Keys> kinds = {{"numbers", {}},
                             {"digits", {}},
                             {"behind a long beginning", {}},
                             {"nearly all behind one beginning", {"b"}},
                             {"nearly all behind another", {"b"}},
                             {"of many lengths", {}},
                             {"one", {"b one"}}};
  std::mt19937 random(1);
  for (uint32_t i = 0; i < 2000; ++i) {
    kinds[0].keys.push_back(absl::StrCat("b", BigEndian(i)));
    kinds[1].keys.push_back(absl::StrCat("bP-", 100000 + i));
    kinds[2].keys.push_back(absl::StrCat("b", std::string(100, 'x'), BigEndian(i * 7919)));
    kinds[3].keys.push_back(absl::StrCat("b", std::string(30, 'y'), BigEndian(i)));
    kinds[4].keys.push_back(absl::StrCat("bA", std::string(30, 'y'), BigEndian(i)));
    kinds[5].keys.push_back(absl::StrCat("b", std::string(random() % 40, 'z'), BigEndian(i)));
  }
  kinds[4].keys.push_back("bZ");
  return kinds;
}

// Entries of about 500 bytes, and others around them.
void Fill(storage::Store& store, const std::vector<std::string>& keys) {
  storage::Batch batch;
  for (const std::string& key : keys) {
    std::mt19937 random(static_cast<uint32_t>(std::hash<std::string>()(key)));
    std::string value;
    for (int i = 0; i < 500; ++i) value.push_back(static_cast<char>(random()));
    batch.Put(key, value);
  }
  for (uint32_t i = 0; i < 100; ++i) {
    batch.Put(absl::StrCat("a", i), std::string(1000, 'v'));
    batch.Put(absl::StrCat("c", i), std::string(1000, 'v'));
  }
  REQUIRE_OK(store.Write(batch, storage::Durability::kSynced));
  std::atomic<bool> stop = false;
  REQUIRE_OK(store.Compact({}, &stop));
}

TEST_CASE("range division: pieces are all of the range, about equally large", "[storage]") {
  const auto kind = GENERATE(BackendKind::kMemory, BackendKind::kRocks);
  const auto [name, keys] = GENERATE(from_range(KeysOfAllKinds()));
  CAPTURE(ToString(kind), name);
  Backend backend(kind);
  Fill(backend.store(), keys);
  const KeyRange range{"b", "c"};
  const std::vector<KeyRange> pieces = DivideRange(backend.store(), range, 100000);
  REQUIRE(!pieces.empty());
  CHECK(pieces.front().lower == range.lower);
  CHECK(pieces.back().upper == range.upper);
  size_t entries = 0;
  size_t most = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) CHECK(pieces[i].lower == pieces[i - 1].upper);
    CHECK(pieces[i].lower < pieces[i].upper);
    size_t of_piece = 0;
    const auto iterator = backend.store().NewIterator(pieces[i], {});
    while (*iterator->Next()) ++of_piece;
    entries += of_piece;
    most = std::max(most, of_piece);
  }
  CHECK(entries == std::set(keys.begin(), keys.end()).size());
  // A megabyte in pieces that are less than twice as large as asked for, and blocks of 16 KiB.
  if (keys.size() > 1) {
    CHECK(pieces.size() >= 5);
    CHECK(most <= 500);
  }
}

TEST_CASE("range division: there are not very many pieces, and none without entries", "[storage]") {
  Backend backend(BackendKind::kMemory);
  Fill(backend.store(), KeysOfAllKinds()[0].keys);
  const auto many = DivideRange(backend.store(), {"b", "c"}, 1);
  CHECK(many.size() > 60);
  CHECK(many.size() <= 2 * storage::kPiecesMax);
  for (const KeyRange& piece : many) CHECK(*backend.store().NewIterator(piece, {})->Next());
  CHECK(DivideRange(backend.store(), {"d", "e"}, 1).size() == 1);
}

TEST_CASE("range division: a store that cannot be read is not divided", "[storage][fault]") {
  storage::FaultyStore store(storage::NewMemoryStore());
  Fill(store, KeysOfAllKinds()[0].keys);
  store.Arm({.point = storage::FaultPoint::kIterate, .nth = 1, .persistent = true});
  const auto pieces = DivideRange(store, {"b", "c"}, 1000);
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].lower == "b");
  CHECK(pieces[0].upper == "c");
}

TEST_CASE("scan threads: ranges are divided that are large together", "[storage]") {
  Backend backend(BackendKind::kMemory);
  Fill(backend.store(), KeysOfAllKinds()[0].keys);
  const KeyRange first{absl::StrCat("b", BigEndian(0)), absl::StrCat("b", BigEndian(1000))};
  const KeyRange second{first.upper, "c"};
  struct Case {
    const char* name;
    size_t threads;
    uint64_t range_bytes_min;
    std::vector<KeyRange> ranges;
    bool is_divided;
  };
  const auto [name, threads, range_bytes_min, ranges, is_divided] = GENERATE_REF(values<Case>({
      {"one thread", 1, 0, {first}, false},
      {"large enough", 2, 500000, {first}, true},
      {"too small", 2, 600000, {first}, false},
      {"together large enough", 2, 600000, {first, second}, true},
      {"nothing", 2, 0, {{"d", "e"}}, false},
  }));
  CAPTURE(name);
  ScanLimits limits;
  limits.threads = threads;
  limits.range_bytes_min = range_bytes_min;
  limits.piece_bytes = 100000;
  const ScanThreads scan(&backend.store(), limits);
  const std::vector<KeyRange> pieces = scan.Divide(ranges, false);
  CHECK((pieces.size() > 1) == is_divided);
  CHECK(pieces.empty() == !is_divided);
  // The other way, ranges are given so.
  std::vector<KeyRange> backwards = scan.Divide({ranges.rbegin(), ranges.rend()}, true);
  std::reverse(backwards.begin(), backwards.end());
  REQUIRE(backwards.size() == pieces.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    CHECK(backwards[i].lower == pieces[i].lower);
    CHECK(backwards[i].upper == pieces[i].upper);
  }
}

TEST_CASE("scan threads: two scans have theirs, others what is left", "[storage][threads]") {
  Backend backend(BackendKind::kMemory);
  ScanLimits limits;
  limits.threads = 3;
  ScanThreads scan(&backend.store(), limits);
  std::atomic<int> runs = 0;
  const auto work = [&runs] { ++runs; };
  {
    const ScanTeam first(&scan, 3, work);
    CHECK(first.size() == 3);
    const ScanTeam second(&scan, 2, work);
    CHECK(second.size() == 2);
    const ScanTeam third(&scan, 3, work);
    CHECK(third.size() == 1);
    const ScanTeam fourth(&scan, 3, work);
    CHECK(fourth.size() == 0);
    CHECK(scan.running() == 6);
  }
  CHECK(runs == 6);
  CHECK(scan.running() == 0);
  CHECK(scan.started() == 6);
  const ScanTeam again(&scan, 3, work);
  CHECK(again.size() == 3);
}

}  // namespace
}  // namespace daftar::testing
