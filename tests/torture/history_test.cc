// The checker itself: histories with each anomaly are found, clean ones are not.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "torture/history_check.h"
#include "torture/replay.h"

namespace daftar::torture {
namespace {

// A committed transaction. `version` 0: it wrote nothing.
Recorded Committed(uint64_t begin, uint64_t end, uint64_t begun_at, uint64_t version,
                   std::vector<Operation> operations) {
  Recorded recorded;
  recorded.begin = begin;
  recorded.end = end;
  recorded.begun_at = CommitVersion(begun_at);
  recorded.version = CommitVersion(version == 0 ? begun_at : version);
  recorded.operations = std::move(operations);
  return recorded;
}

Recorded Aborted(Recorded recorded) {
  recorded.outcome = Outcome::kAborted;
  recorded.version = CommitVersion(0);
  return recorded;
}

// The names of all findings, as "G1c" or "G1c, lost append".
std::string NamesOf(const Findings& findings) {
  std::string names;
  for (const auto& [name, count] : findings.counts()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

std::string Check(const History& history) {
  Findings findings;
  CheckCounts counts;
  CheckHistory(history, &findings, &counts);
  return NamesOf(findings);
}

std::string CheckReplay(const History& history) {
  Findings findings;
  Replay(history, &findings);
  return NamesOf(findings);
}

ItemState At(int32_t group, uint32_t value) { return {group, value, std::nullopt}; }
WriteItem Insert(uint32_t item, int32_t group, uint32_t value) {
  return {item, At(group, value), WriteIntent::kInsert, false};
}
WriteItem Upsert(uint32_t item, int32_t group, uint32_t value) {
  return {item, At(group, value), WriteIntent::kUpsert, false};
}
WriteItem Delete(uint32_t item) { return {item, std::nullopt, WriteIntent::kUpdate, false}; }
Scan Scanned(int32_t low, int32_t high, std::vector<Scan::Seen> seen) {
  Scan scan;
  scan.low = low;
  scan.high = high;
  scan.seen = std::move(seen);
  return scan;
}

TEST_CASE("checker: finds nothing in clean histories", "[torture]") {
  CHECK(Check({}).empty());
  const History history = {
      Committed(1, 4, 0, 1, {ReadList{1, {}}, Append{1, 10}, Insert(1, 5, 11)}),
      Committed(2, 8, 0, 0, {ReadList{1, {}}, Scanned(0, 9, {})}),
      Committed(5, 9, 1, 2, {ReadList{1, {10}}, Append{1, 20}, ReadList{1, {10, 20}}}),
      Committed(6, 10, 1, 3, {Upsert(1, 6, 30), Scanned(6, 7, {{1, At(6, 30)}})}),
      Committed(11, 12, 3, 4, {ReadItem{1, At(6, 30)}, Delete(1), ReadItem{1, std::nullopt}}),
      Committed(13, 14, 4, 0, {ReadList{1, {10, 20}}, Scanned(0, 9, {})}),
  };
  CHECK(Check(history).empty());
  CHECK(CheckReplay(history).empty());
}

TEST_CASE("checker: G0, writes of two transactions in opposite orders", "[torture]") {
  CHECK(Check({
            Committed(1, 5, 0, 1, {Append{1, 10}, Append{2, 11}}),
            Committed(2, 6, 0, 2, {Append{1, 20}, Append{2, 21}}),
            Committed(7, 8, 2, 0, {ReadList{1, {10, 20}}, ReadList{2, {21, 11}}}),
        }) == "G0");
}

TEST_CASE("checker: G1a, a read of what was rolled back", "[torture]") {
  CHECK(Check({
            Aborted(Committed(1, 3, 0, 0, {ReadList{1, {}}, Append{1, 10}})),
            Committed(2, 4, 0, 0, {ReadList{1, {10}}}),
        }) == "aborted read");
  CHECK(Check({
            Aborted(Committed(1, 3, 0, 0, {Insert(1, 5, 10)})),
            Committed(2, 4, 0, 0, {Scanned(0, 9, {{1, At(5, 10)}})}),
        }) == "aborted read");
}

TEST_CASE("checker: G1b, a read of what its writer replaced", "[torture]") {
  CHECK(Check({
            Committed(1, 3, 0, 1, {ReadList{1, {}}, Append{1, 10}, Append{1, 11}}),
            Committed(2, 4, 0, 0, {ReadList{1, {10}}}),
        }) == "intermediate read");
  CHECK(Check({
            Committed(1, 3, 0, 1, {Upsert(1, 5, 10), Upsert(1, 5, 11)}),
            Committed(2, 4, 0, 0, {ReadItem{1, At(5, 10)}}),
        }) == "intermediate read");
}

TEST_CASE("checker: G1c, two transactions that read each other", "[torture]") {
  CHECK(Check({
            Committed(1, 3, 0, 1, {ReadList{2, {20}}, Append{1, 10}}),
            Committed(2, 4, 0, 2, {ReadList{1, {10}}, Append{2, 20}}),
        }) == "G1c");
}

TEST_CASE("checker: a lost update", "[torture]") {
  const History history = {
      Committed(1, 3, 0, 1, {ReadList{1, {}}, Append{1, 10}}),
      Committed(2, 4, 0, 2, {ReadList{1, {}}, Append{1, 20}}),
      Committed(5, 6, 2, 0, {ReadList{1, {20}}}),
  };
  CHECK(Check(history) == "G-single, lost append");
  CHECK(CheckReplay(history) == "replay, replay of the beginning");
}

TEST_CASE("checker: G-single, a reader between two writes of one transaction", "[torture]") {
  const History history = {
      Committed(1, 4, 0, 1, {ReadList{1, {}}, Append{1, 10}, ReadList{2, {}}, Append{2, 11}}),
      Committed(2, 5, 0, 0, {ReadList{1, {}}, ReadList{2, {11}}}),
  };
  CHECK(Check(history) == "G-single");
  CHECK(CheckReplay(history) == "replay of the beginning");
}

TEST_CASE("checker: write skew between lists, G2-item", "[torture]") {
  const History history = {
      Committed(1, 4, 0, 1, {ReadList{1, {}}, ReadList{2, {}}, Append{2, 10}}),
      Committed(2, 5, 0, 2, {ReadList{1, {}}, ReadList{2, {}}, Append{1, 20}}),
      Committed(6, 7, 2, 0, {ReadList{1, {20}}, ReadList{2, {10}}}),
  };
  CHECK(Check(history) == "G2-item");
  CHECK(CheckReplay(history) == "replay");
}

TEST_CASE("checker: write skew through a scan, G2", "[torture]") {
  const History history = {
      Committed(1, 4, 0, 1, {Scanned(0, 9, {}), Insert(1, 5, 10)}),
      Committed(2, 5, 0, 2, {Scanned(0, 9, {}), Insert(2, 5, 20)}),
  };
  CHECK(Check(history) == "G2");
  CHECK(CheckReplay(history) == "replay");
  // Beyond the last row of a limit nothing was read.
  Scan limited = Scanned(0, 9, {{3, At(1, 1)}});
  limited.limit = 1;
  CHECK(Check({
                  Committed(1, 2, 0, 1, {Insert(3, 1, 1)}),
                  Committed(3, 6, 1, 2, {limited, Insert(1, 5, 10)}),
                  Committed(4, 7, 1, 3, {limited, Insert(2, 5, 20)}),
              })
            .empty());
}

TEST_CASE("checker: a scan that misses what was moved into it", "[torture]") {
  // Item 1 moves from group 8 to group 2, and is in neither half of the scan.
  const History history = {
      Committed(1, 2, 0, 1, {Insert(1, 8, 10)}),
      Committed(3, 6, 1, 2, {ReadItem{1, At(8, 10)}, Upsert(1, 2, 20)}),
      Committed(4, 7, 1, 0, {Scanned(0, 5, {}), Scanned(5, 9, {})}),
  };
  CHECK(Check(history) == "G-single");
  CHECK(CheckReplay(history) == "replay of the beginning");
}

TEST_CASE("checker: a read that is too old for its time", "[torture]") {
  CHECK(Check({
            Committed(1, 2, 0, 1, {ReadList{1, {}}, Append{1, 10}}),
            Committed(3, 4, 0, 0, {ReadList{1, {}}}),
            Committed(5, 6, 1, 0, {ReadList{1, {10}}}),
        }) == "G-single-realtime");
  // The item had been there and was gone before the scan began.
  CHECK(Check({
            Committed(1, 2, 0, 1, {Insert(1, 5, 10)}),
            Committed(3, 4, 1, 2, {Delete(1)}),
            Committed(5, 6, 1, 0, {Scanned(0, 9, {{1, At(5, 10)}})}),
        }) == "G-single-realtime");
  CHECK(Check({
            Committed(1, 2, 0, 1, {Insert(1, 5, 10)}),
            Committed(3, 4, 0, 0, {Scanned(0, 9, {})}),
        }) == "impossible read");
}

TEST_CASE("checker: two transactions seen in opposite orders by readers, by time alone",
          "[torture]") {
  // Nothing but time orders the readers with the writers: each list alone is fine.
  CHECK(Check({
            Committed(1, 8, 0, 1, {ReadList{1, {}}, Append{1, 10}}),
            Committed(2, 9, 0, 2, {ReadList{2, {}}, Append{2, 20}}),
            Committed(3, 4, 0, 0, {ReadList{1, {10}}}),
            Committed(5, 6, 0, 0, {ReadList{1, {}}, ReadList{2, {20}}}),
        }) == "G-single-realtime");
}

TEST_CASE("checker: reads of one list that disagree", "[torture]") {
  CHECK(Check({
            Committed(1, 5, 0, 1, {Append{1, 10}}),
            Committed(2, 6, 0, 2, {Append{1, 20}}),
            Committed(3, 7, 2, 0, {ReadList{1, {10, 20}}}),
            Committed(4, 8, 2, 0, {ReadList{1, {20}}}),
        }) == "incompatible reads");
  CHECK(Check({
            Committed(1, 5, 0, 1, {Append{1, 10}}),
            Committed(2, 6, 1, 0, {ReadList{1, {10, 10}}}),
        }) == "duplicate append");
  CHECK(Check({Committed(2, 6, 1, 0, {ReadList{1, {99}}})}) == "garbage read");
}

TEST_CASE("checker: a transaction sees its own writes", "[torture]") {
  CHECK(Check({Committed(1, 2, 0, 1, {ReadList{1, {}}, Append{1, 10}, ReadList{1, {}}})}) ==
        "internal");
  CHECK(Check({Committed(1, 2, 0, 1, {Insert(1, 5, 10), ReadItem{1, std::nullopt}})}) ==
        "internal");
  CHECK(Check({Committed(1, 2, 0, 1, {Insert(1, 5, 10), Scanned(0, 9, {})})}) == "internal");
  CHECK(Check({Committed(1, 2, 0, 1, {Insert(1, 5, 10), Delete(1), Scanned(0, 9, {})})}).empty());
}

TEST_CASE("checker: outcomes of writes are reads", "[torture]") {
  WriteItem refused = Insert(1, 5, 20);
  refused.refused = true;
  CHECK(Check({Committed(1, 2, 0, 0, {refused})}) == "impossible read");
  CHECK(Check({
            Committed(1, 4, 0, 1, {Insert(1, 5, 10)}),
            Committed(2, 5, 0, 2, {Insert(1, 5, 20)}),
        }) == "G-single");
}

TEST_CASE("checker: two commits of one version", "[torture]") {
  CHECK(Check({
            Committed(1, 4, 0, 1, {Append{1, 10}}),
            Committed(2, 5, 0, 1, {Append{2, 20}}),
        }) == "one version for two commits");
}

TEST_CASE("replay: a code is held by one item", "[torture]") {
  WriteItem first = Insert(1, 5, 10);
  WriteItem second = Insert(2, 5, 20);
  first.state->code = second.state->code = 7;
  CHECK(CheckReplay({Committed(1, 2, 0, 1, {first}), Committed(3, 4, 1, 2, {second})}) ==
        "code held twice");
}

// A serial execution on plain maps, told as if the transactions had overlapped.
class Simulation {
 public:
  explicit Simulation(uint32_t seed) : random_(seed) {}

  History Run(size_t transactions) {
    History history;
    for (size_t i = 0; i < transactions; ++i) {
      // Each happens at the moment 100 (i + 1).
      Recorded recorded;
      const uint64_t moment = 100 * (i + 1);
      recorded.begin = moment - Below(99) - (i > 5 ? 100 * Below(5) : 0);
      recorded.end = moment + Below(400);
      recorded.begun_at = CommitVersion(version_);
      for (uint32_t n = 1 + Below(4); n > 0; --n) AddOperation(&recorded.operations);
      if (wrote_) ++version_;
      wrote_ = false;
      recorded.version = CommitVersion(version_);
      history.push_back(std::move(recorded));
    }
    return history;
  }

 private:
  uint32_t Below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  void AddOperation(std::vector<Operation>* operations) {
    const uint32_t object = Below(5);
    switch (Below(6)) {
      case 0:
        operations->push_back(ReadList{object, lists_[object]});
        return;
      case 1:
        operations->push_back(ReadList{object, lists_[object]});
        lists_[object].push_back(++value_);
        operations->push_back(Append{object, value_});
        wrote_ = true;
        return;
      case 2:
        operations->push_back(ReadItem{
            object, items_.contains(object) ? std::optional(items_.at(object)) : std::nullopt});
        return;
      case 3:
        AddWrite(object, operations);
        return;
      default:
        AddScan(operations);
    }
  }

  void AddWrite(uint32_t object, std::vector<Operation>* operations) {
    if (Below(3) == 0) {
      WriteItem gone = Delete(object);
      gone.refused = items_.erase(object) == 0;
      wrote_ = wrote_ || !gone.refused;
      operations->push_back(gone);
      return;
    }
    const WriteItem write = Upsert(object, static_cast<int32_t>(Below(6)), ++value_);
    items_[object] = *write.state;
    wrote_ = true;
    operations->push_back(write);
  }

  void AddScan(std::vector<Operation>* operations) {
    Scan scan = Scanned(static_cast<int32_t>(Below(6)), static_cast<int32_t>(Below(7)), {});
    std::map<Scan::Place, Scan::Seen> rows;
    for (const auto& [item, state] : items_) {
      if (scan.Covers(scan.PlaceOf(item, state))) {
        rows[scan.PlaceOf(item, state)] = {item, state};
      }
    }
    scan.limit = Below(3);
    for (const auto& [place, row] : rows) {
      if (scan.limit == 0 || scan.seen.size() < scan.limit) scan.seen.push_back(row);
    }
    operations->push_back(std::move(scan));
  }

  std::mt19937 random_;
  std::map<uint32_t, std::vector<uint32_t>> lists_;
  std::map<uint32_t, ItemState> items_;
  uint32_t value_ = 0;
  uint64_t version_ = 0;
  bool wrote_ = false;
};

TEST_CASE("checker: a serial execution is clean, whatever overlaps", "[torture][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  for (uint32_t run = 0; run < 50; ++run) {
    const History history = Simulation(seed + run).Run(100);
    CHECK(Check(history).empty());
    CHECK(CheckReplay(history).empty());
  }
}

TEST_CASE("checker: a scan that lost a row is found", "[torture][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  size_t planted = 0;
  size_t found = 0;
  for (uint32_t run = 0; run < 50; ++run) {
    History history = Simulation(seed + run).Run(100);
    for (Recorded& recorded : history) {
      auto* scan = std::get_if<Scan>(&recorded.operations.back());
      if (scan == nullptr || scan->seen.empty() || scan->limit > 0) continue;
      scan->seen.pop_back();
      ++planted;
      CHECK(CheckReplay(history) != "");
      // Where transactions overlap, another order may explain it.
      if (!Check(history).empty()) ++found;
      break;
    }
  }
  CHECK(planted > 40);
  CHECK(found > planted / 2);
}

}  // namespace
}  // namespace daftar::torture
