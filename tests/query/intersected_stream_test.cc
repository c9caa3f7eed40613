// What several scans have in common, step by step, and with a store that fails.

#include "query/intersected_stream.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "base/status.h"
#include "catalog/resolve.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "query/executor.h"
#include "query/planner.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "storage/faulty_store.h"
#include "storage/open.h"
#include "storage/reader.h"
#include "txn/core.h"

namespace daftar {
namespace {

using query::IntersectedEntries;
using query::StreamStep;
using storage::FaultPoint;
using testing::StatusIs;

// Keys in memory that count how they are read.
class ListStream final : public query::SeekingStream {
 public:
  ListStream(std::vector<std::string> keys, bool reverse, uint64_t* read)
      : keys_(std::move(keys)), reverse_(reverse), read_(*read) {
    std::sort(keys_.begin(), keys_.end());
    if (reverse_) std::reverse(keys_.begin(), keys_.end());
  }

  absl::StatusOr<StreamStep> Next() override {
    if (next_ == keys_.size()) return StreamStep::kEnd;
    ++read_;
    ++next_;
    is_at_entry_ = true;
    return StreamStep::kEntry;
  }
  void Seek(std::string_view key) override {
    is_at_entry_ = false;
    while (next_ < keys_.size() && (reverse_ ? keys_[next_] > key : keys_[next_] < key)) ++next_;
  }
  std::string_view key() const override {
    REQUIRE(is_at_entry_);
    return keys_[next_ - 1];
  }
  std::string_view value() const override { return {}; }

 private:
  std::vector<std::string> keys_;
  const bool reverse_;
  uint64_t& read_;
  size_t next_ = 0;
  bool is_at_entry_ = false;
};

struct Walked {
  std::vector<std::string> keys;
  uint64_t read = 0;
};

// Walks through what all of `lists` have, and checks each step on the way.
Walked Walk(const std::vector<std::vector<std::string>>& lists, bool reverse, bool passes) {
  Walked walked;
  std::vector<IntersectedEntries> scans;
  for (size_t i = 0; i < lists.size(); ++i) {
    const std::string prefix(i + 1, static_cast<char>('A' + i));
    std::vector<std::string> keys;
    for (const std::string& key : lists[i]) keys.push_back(prefix + key);
    scans.push_back({std::make_unique<ListStream>(keys, reverse, &walked.read), prefix});
  }
  const auto stream = query::NewIntersectedStream(std::move(scans), reverse, passes);
  const auto comes_before = [&](std::string_view a, std::string_view b) {
    return reverse ? a > b : a < b;
  };
  std::string last;  // of which the answer is known
  while (true) {
    const uint64_t before = walked.read;
    REQUIRE_OK_AND_ASSIGN(const StreamStep step, stream->Next());
    REQUIRE(walked.read <= before + 1);
    if (step == StreamStep::kEnd) return walked;
    const std::string key(step == StreamStep::kEntry ? stream->key() : stream->passed());
    if (key.empty()) continue;
    REQUIRE(key.starts_with("A"));
    // What was said to be known stays so.
    REQUIRE((last.empty() || !comes_before(key, last)));
    if (step == StreamStep::kEntry) {
      REQUIRE(key != last);
      walked.keys.push_back(key.substr(1));
    }
    last = key;
  }
}

TEST_CASE("intersection: is what all scans have, and reads little more", "[query][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  int found = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::vector<std::string>> lists(2 + below(3));
    size_t least = SIZE_MAX;
    std::set<std::string> common;
    for (size_t i = 0; i < lists.size(); ++i) {
      // From dense to sparse, and some that have nothing.
      const size_t part = size_t{1} << below(7);
      for (size_t key = 0; key < 200; ++key) {
        if (below(part) == 0) lists[i].push_back(absl::StrCat(1000 + key));
      }
      if (below(20) == 0) lists[i].clear();
      least = std::min(least, lists[i].size());
      std::set<std::string> kept;
      for (const std::string& key : lists[i]) {
        if (i == 0 || common.contains(key)) kept.insert(key);
      }
      common = std::move(kept);
    }
    found += static_cast<int>(common.size());
    for (const bool reverse : {false, true}) {
      std::vector<std::string> expected(common.begin(), common.end());
      if (reverse) std::reverse(expected.begin(), expected.end());
      for (const bool passes : {false, true}) {
        CAPTURE(round, reverse, passes, least);
        const Walked walked = Walk(lists, reverse, passes);
        REQUIRE(walked.keys == expected);
        // Each scan moves once for each entry of the smallest one, and once to find that it ends;
        // after each row it may be that all but one begin anew.
        const uint64_t moves = lists.size() * (least + 1) + (lists.size() - 1) * expected.size();
        REQUIRE(walked.read <= moves * (passes ? 1 + query::kPassedEntriesMax : 1));
      }
    }
  }
  CHECK(found > 1000);
}

TEST_CASE("intersection: a long way is not walked", "[query]") {
  std::vector<std::string> many;
  for (int i = 0; i < 5000; ++i) many.push_back(absl::StrCat(10000 + i));
  const std::vector<std::string> few = {"10007", "13000", "14999"};
  for (const bool reverse : {false, true}) {
    for (const bool first : {false, true}) {
      CAPTURE(reverse, first);
      const Walked walked =
          first ? Walk({few, many}, reverse, true) : Walk({many, few}, reverse, true);
      CHECK(walked.keys.size() == 3);
      CHECK(walked.read <= 3 * (query::kPassedEntriesMax + 3));
    }
  }
}

constexpr txn::DatabaseId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["authority", "serial"])
    $Daftar.index(name = "byZone", on = ["zone"], covering = ["note"])
    $Daftar.index(name = "byState", on = ["state"])
    $Daftar.index(name = "byKind", on = ["kind", "state"])
    $Daftar.index(name = "byTag", on = ["tags"]) {
  authority @0 :Text; serial @1 :UInt32; zone @2 :UInt8; state @3 :UInt8; kind @4 :UInt8;
  tags @5 :List(Text); note @6 :Text;
})";

// 240 permits over a store that can fail.
class FaultyPermits {
 public:
  FaultyPermits() {
    auto store = std::make_unique<storage::FaultyStore>(storage::NewMemoryStore());
    store_ = store.get();
    const auto set =
        record::SchemaSet::ParseText("permits.capnp", testing::SchemaText(kSchema)).value();
    core_ = txn::Core::Create(std::move(store), catalog::NewCatalog(set).value(), kId).value();
    const auto catalog = core_->catalog();
    std::vector<txn::RecordWrite> writes;
    for (int i = 0; i < 240; ++i) {
      const std::string json = absl::StrCat(
          R"({"authority":"A)", i % 7, R"(","serial":)", i, R"(,"zone":)", i % 3, R"(,"state":)",
          i % 4, R"(,"kind":)", i % 5, R"(,"tags":["t)", i % 2, R"("],"note":"n)", i, R"("})");
      record::Message message =
          record::MessageFromJson(table().schema, record::ParseJson(json).value()).value();
      codec::EncodedKey key = index::RecordKey(table(), message).value();
      writes.push_back({&table(), std::move(key), std::move(message), WriteIntent::kUpsert});
    }
    REQUIRE_OK(core_->Commit(*catalog, writes, {}));
  }

  storage::FaultyStore& store() { return *store_; }
  const catalog::TableDef& table() const { return core_->catalog()->tables[0]; }

  // The rows of zone 1 and state 2, by both indexes.
  absl::StatusOr<std::vector<std::string>> Ask(Query query) const {
    // What the store holds now, and nothing that is kept of it.
    txn::ReadView view = core_->View();
    view.reader = storage::NewLiveReader(*store_);
    view.columns = nullptr;
    DAFTAR_ASSIGN_OR_RETURN(query::BoundQuery bound, query::Bind(*view.catalog, query));
    DAFTAR_ASSIGN_OR_RETURN(query::Plan plan, query::MakePlan(std::move(bound)));
    REQUIRE(plan.intersected.size() == 1);
    query::Executor executor(view, std::move(plan));
    std::vector<std::string> rows;
    while (true) {
      auto more = executor.Next();
      given_ = rows;
      if (!more.ok()) return more.status();
      if (!*more) return rows;
      rows.push_back(executor.values()[0].ToString());
    }
  }
  const std::vector<std::string>& given() const { return given_; }

  // Takes what stands at the first key in `range` out of the store, behind the engine's back.
  void Damage(const storage::KeyRange& range) {
    const auto entries = store_->NewIterator(range, {});
    REQUIRE_OK_AND_ASSIGN(const bool found, entries->Next());
    REQUIRE(found);
    storage::Batch batch;
    batch.Delete(entries->key());
    REQUIRE_OK(store_->Write(batch, storage::Durability::kBuffered));
  }

 private:
  storage::FaultyStore* store_ = nullptr;
  std::unique_ptr<txn::Core> core_;
  mutable std::vector<std::string> given_;  // by the last run, also when it failed
};

Query BothOf() {
  return Query("permit")
      .Where("zone = 1")
      .Where("state = 2")
      .UseIndex("byZone and byState")
      .Select({"note", "tags"})
      .Paged();
}

TEST_CASE("intersection: a read that fails fails the query, and no row is wrong before",
          "[query][fault]") {
  FaultyPermits permits;
  const auto point = GENERATE(FaultPoint::kIterate, FaultPoint::kGet);
  CAPTURE(point);
  permits.store().Disarm();
  const auto all = permits.Ask(BothOf());
  REQUIRE_OK(all);
  REQUIRE(all->size() == 20);
  const uint64_t operations = permits.store().count(point);
  REQUIRE(operations > 0);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    CAPTURE(nth);
    permits.store().Arm({.point = point, .nth = nth});
    CHECK_THAT(permits.Ask(BothOf()).status(),
               StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
    REQUIRE(permits.given().size() <= all->size());
    CHECK(std::equal(permits.given().begin(), permits.given().end(), all->begin()));
  }
  permits.store().Disarm();
  REQUIRE_OK_AND_ASSIGN(const std::vector<std::string> again, permits.Ask(BothOf()));
  CHECK(again == *all);
}

TEST_CASE("intersection: a record that is gone is told of, an entry that is gone leaves it out",
          "[query][fault]") {
  FaultyPermits permits;
  REQUIRE_OK_AND_ASSIGN(const std::vector<std::string> all, permits.Ask(BothOf()));
  const catalog::IndexDef& by_state = *permits.table().FindIndex("byState");
  std::string prefix = codec::IndexPrefix(by_state.id);
  codec::AppendPart(by_state.on[0].part, Scalar(uint64_t{2}), &prefix);
  // The first with this state is in zone 1 or not; all of them are gone in the end.
  const std::vector<std::string> rest(all.begin() + 1, all.end());
  std::vector<std::string> left = all;
  while (left == all) {
    permits.Damage({prefix, codec::PrefixEnd(prefix)});
    REQUIRE_OK_AND_ASSIGN(left, permits.Ask(BothOf()));
  }
  CHECK(left == rest);
  const std::string records = codec::RecordPrefix(permits.table().id);
  absl::Status status;
  while (status.ok()) {
    permits.Damage({records, codec::PrefixEnd(records)});
    status = permits.Ask(BothOf()).status();
  }
  CHECK_THAT(status, StatusIs(absl::StatusCode::kDataLoss, "index entry has no record"));
}

}  // namespace
}  // namespace daftar
