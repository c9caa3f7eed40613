// Totals of aggregates: they hold after faults and imports, and what damages them is found and put
// right.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "catalog/resolve.h"
#include "history/history_key.h"
#include "index/groups.h"
#include "io/firm_book.h"
#include "record/sample.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/bulk_load.h"
#include "txn/prune.h"

namespace daftar::testing {
namespace {

using codec::Space;
using storage::Fault;
using storage::FaultPoint;
using storage::FaultyStore;

constexpr const char* kSchema = R"(
  struct Claim @0xb000000000000001
      $Daftar.table(name = "claim", key = ["code"])
      $Daftar.aggregate(name = "all", sum = ["size"])
      $Daftar.aggregate(name = "byTag", by = ["tags"], sum = ["size", "fee"])
      $Daftar.aggregate(name = "big", by = ["desk desc", "size"], where = "size > 2") {
    code @0 :Text;
    tags @1 :List(Text);
    size @2 :UInt32;
    fee :union { none @3 :Void; value @4 :Int64; }
    desk @5 :Text;
  })";

std::unique_ptr<txn::Core> NewClaims(std::unique_ptr<storage::Store> store) {
  catalog::Catalog catalog = catalog::NewCatalog(Sample(kSchema).set()).value();
  return txn::Core::Create(std::move(store), std::move(catalog), kTestId, TestOptions()).value();
}
FirmBook NewBook() { return FirmBook(NewClaims(storage::NewMemoryStore())); }

std::string RandomClaim(std::mt19937* random) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>((*random)() % n); };
  std::string json = absl::StrCat(R"({"code": "c)", below(12), R"(", "size": )", below(5));
  if (below(2) == 0) absl::StrAppend(&json, R"(, "fee": )", static_cast<int>(below(9)) - 4);
  if (below(3) > 0) absl::StrAppend(&json, R"(, "desk": "d)", below(2), "\"");
  absl::StrAppend(&json, R"(, "tags": ["t)", below(3), R"(", "t)", below(3), "\"]");
  return json + "}";
}

// Up to three writes; some commits delete a claim.
void CommitRandomClaims(txn::Core* core, std::mt19937* random) {
  std::vector<txn::RecordWrite> writes;
  for (uint32_t n = 1 + static_cast<uint32_t>((*random)() % 3); n > 0; --n) {
    writes.push_back(Put(*core, RandomClaim(random)));
  }
  if ((*random)() % 3 == 0) {
    txn::RecordWrite last = Delete(*core, "");
    last.key = writes.back().key;
    writes.push_back(std::move(last));
  }
  REQUIRE_OK(core->Commit(*core->catalog(), writes, {}));
}

bool IsGroup(std::string_view key) {
  return key.front() == static_cast<char>(Space::kAggregate) ||
         (key.front() == static_cast<char>(Space::kHistory) &&
          key[1] == static_cast<char>(Space::kAggregate));
}

// The totals, present ones and old ones.
Model Groups(const storage::Store& store) {
  Model groups = Contents(store);
  std::erase_if(groups, [](const auto& item) { return !IsGroup(item.first); });
  return groups;
}

TEST_CASE("verify: totals follow from the versions of the records", "[io][aggregate][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 30; ++round) {
    CAPTURE(round);
    FirmBook book = NewBook();
    for (int i = 0; i < 40; ++i) CommitRandomClaims(book.core(), &random);
    const VerifyReport report = book.Verify();
    INFO(Described(report));
    REQUIRE(report.problems_found == 0);
    REQUIRE(report.groups == book.Keys(Space::kAggregate).size());
    // All of them are worked out anew from the records.
    const Model contents = book.Contents();
    for (const auto& [key, value] : contents) {
      if (IsGroup(key)) book.Plant(key, std::nullopt);
    }
    book.Verify(true);
    REQUIRE(book.Contents() == contents);
  }
}

TEST_CASE("verify: planted faults in totals are found and put right", "[io][aggregate][fault]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  FirmBook book = NewBook();
  for (int i = 0; i < 40; ++i) CommitRandomClaims(book.core(), &random);
  const Model contents = book.Contents();
  std::vector<std::string> keys;
  for (const auto& [key, value] : contents) {
    if (IsGroup(key)) keys.push_back(key);
  }
  REQUIRE(keys.size() > 50);
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::string& key = keys[i];
    std::string flipped = contents.at(key);
    flipped[random() % flipped.size()] ^= static_cast<char>(1 << random() % 8);
    std::string other_key = key;
    other_key[key.size() - 1 - (key.front() == static_cast<char>(Space::kHistory) ? 8 : 0)] ^= 1;
    const std::vector<std::pair<std::string, std::optional<std::string>>> plants = {
        {key, std::nullopt}, {key, flipped}, {key, ""}, {other_key, contents.at(key)}};
    const auto& [where, value] = plants[i % plants.size()];
    if (i % plants.size() == 3 && contents.contains(where)) continue;
    CAPTURE(i, i % plants.size());
    book.Plant(where, value);
    const VerifyReport found = book.Verify();
    INFO(Described(found));
    REQUIRE(found.problems_found == 1);
    // Without a path in `by` the altered byte is that of the aggregate's number.
    const bool is_old = key.front() == static_cast<char>(Space::kHistory);
    const ProblemKind kind = found.problems[0].kind;
    REQUIRE((kind == ProblemKind::kUnknownKey ||
             kind == (is_old ? ProblemKind::kWrongOldGroup : ProblemKind::kWrongGroup)));
    if (kind == ProblemKind::kUnknownKey) {
      book.Plant(where, std::nullopt);
      continue;
    }
    const VerifyReport repaired = book.Verify(true);
    REQUIRE(repaired.problems_repaired == 1);
    REQUIRE(book.Contents() == contents);
  }
}

TEST_CASE("verify: says which totals are wrong", "[io][aggregate]") {
  FirmBook book = NewBook();
  const auto commit = [&](const char* json) {
    REQUIRE_OK(book.core()->Commit(*book.core()->catalog(), Writes(Put(*book.core(), json)), {}));
  };
  commit(R"({"code": "A", "size": 3, "desk": "d"})");
  commit(R"({"code": "A", "size": 4, "desk": "d"})");
  REQUIRE(book.Verify().problems_found == 0);
  const auto& aggregates = book.core()->catalog()->tables[0].aggregates;
  const std::string all = codec::AggregatePrefix(aggregates[0].id);
  const std::string old = history::HistoryKey(all, CommitVersion(2));
  std::string big;
  for (const std::string& key : book.Keys(Space::kAggregate)) {
    if (key.starts_with(codec::AggregatePrefix(aggregates[2].id))) big = key;
  }
  const std::string big_value = book.Value(big);
  const std::string old_value = book.Value(old);
  const auto [name, key, value, problem] =
      GENERATE_COPY(table<const char*, std::string, std::optional<std::string>, const char*>({
          {"missing", all, std::nullopt, "claim all  0: totals of the group are missing"},
          {"another sum", all, index::EncodeGroup(CommitVersion(2), {1, {{1, 5}}}),
           "claim all  0: totals are not those of the group's records, or another commit's"},
          {"another commit", all, index::EncodeGroup(CommitVersion(1), {1, {{1, 4}}}),
           "claim all  0: totals are not those of the group's records, or another commit's"},
          {"too many", big.substr(0, big.size() - 1) + "\x09", big_value,
           "claim big d, 9 0: there are totals of a group without records"},
          {"an old one missing", old, std::nullopt,
           "claim all  2: totals of the group are missing"},
          {"an old one too many", history::HistoryKey(all, CommitVersion(1)), old_value,
           "claim all  1: there are totals of a group without records"},
      }));
  CAPTURE(name);
  book.Plant(key, value);
  const VerifyReport report = book.Verify();
  CHECK(report.problems_found == 1);
  CHECK_THAT(Described(report), Catch::Matchers::ContainsSubstring(problem));
}

TEST_CASE("commit: a damaged total is not built upon", "[io][aggregate][fault]") {
  FirmBook book = NewBook();
  txn::Core* const core = book.core();
  REQUIRE_OK(core->Commit(*core->catalog(), Writes(Put(*core, R"({"code": "A", "size": 3})")), {}));
  const Model contents = book.Contents();
  const std::string all = book.Keys(Space::kAggregate).front();
  const auto [name, value, message] = GENERATE(table<const char*, std::string, const char*>({
      {"does not decode", "x", ""},
      {"of fewer records", index::EncodeGroup(CommitVersion(1), {1, {{1, 2}}}),
       "an aggregate does not agree with its records; run `daftar verify --repair`; aggregate=all"},
  }));
  CAPTURE(name);
  book.Plant(all, value);
  {
    const txn::WriteLock lock(core);
    core->ShowStore();
  }
  CHECK_THAT(core->Commit(*core->catalog(), Writes(Delete(*core, "A")), {}),
             StatusIs(absl::StatusCode::kDataLoss, message));
  CHECK(book.Verify(true).problems_repaired == 1);
  REQUIRE(book.Contents() == contents);
  REQUIRE_OK(core->Commit(*core->catalog(), Writes(Delete(*core, "A")), {}));
  CHECK(book.Keys(Space::kAggregate).empty());
  CHECK(book.Verify().problems_found == 0);
}

// What the script writes: claims come, move, change and go.
std::vector<txn::RecordWrite> Script(const txn::Core& core, int commit) {
  switch (commit) {
    case 0:
      return Writes(Put(core, R"({"code": "A", "tags": ["x", "y"], "size": 1, "fee": 2})"),
                    Put(core, R"({"code": "B", "tags": ["x"], "size": 4, "desk": "d"})"));
    case 1:
      return Writes(Put(core, R"({"code": "A", "tags": ["z"], "size": 7, "desk": "d"})"));
    case 2:
      return Writes(Delete(core, "B"), Put(core, R"({"code": "C", "tags": ["x"]})"));
    default:
      return Writes(Delete(core, "A"), Delete(core, "C"));
  }
}
constexpr int kCommits = 4;

TEST_CASE("commit: totals hold whatever operation fails", "[io][aggregate][fault]") {
  const FaultPoint point = GENERATE(FaultPoint::kWrite, FaultPoint::kGet);
  const bool takes_effect = GENERATE(false, true);
  CAPTURE(static_cast<int>(point), takes_effect);
  std::vector<Model> states;
  const auto clean = NewClaims(storage::NewMemoryStore());
  for (int i = 0; i <= kCommits; ++i) {
    states.push_back(Groups(clean->store()));
    if (i < kCommits) REQUIRE_OK(clean->Commit(*clean->catalog(), Script(*clean, i), {}));
  }
  for (uint64_t nth = 1;; ++nth) {
    CAPTURE(nth);
    auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
    FaultyStore* const faults = store.get();
    auto core = NewClaims(std::move(store));
    faults->Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    int committed = 0;
    while (committed < kCommits &&
           core->Commit(*core->catalog(), Script(*core, committed), {}).ok()) {
      ++committed;
    }
    if (committed == kCommits) break;  // There are fewer operations than that.
    auto inner = faults->TakeInner();
    core.reset();
    REQUIRE_OK_AND_ASSIGN(auto reopened, txn::Core::Open(std::move(inner), TestOptions()));
    const auto expected = reopened->View().version.value();
    REQUIRE(expected >= static_cast<uint64_t>(committed));
    REQUIRE(Groups(reopened->store()) == states[expected]);
    FirmBook book(std::move(reopened));
    const VerifyReport report = book.Verify();
    INFO(Described(report));
    REQUIRE(report.problems_found == 0);
  }
}

TEST_CASE("bulk load: leaves the totals that commits would leave", "[io][aggregate][property]") {
  const unsigned seed = Catch::getSeed();
  const size_t sort_bytes = GENERATE(size_t{1}, size_t{1} << 20);
  CAPTURE(seed, sort_bytes);
  std::mt19937 random(seed);
  const TempDir folder;
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    FirmBook loaded = NewBook();
    FirmBook committed = NewBook();
    for (int load = 0; load < 3; ++load) {
      txn::BulkLoad bulk(loaded.core(), &FirmTable(*loaded.core()),
                         {.intent = WriteIntent::kUpsert,
                          .spill_folder = folder.path(),
                          .sort_bytes_max = sort_bytes});
      std::vector<txn::RecordWrite> writes;
      for (uint64_t line = 1; line <= 30; ++line) {
        const std::string json = RandomClaim(&random);
        const record::Message record = Firm(*loaded.core(), json);
        const txn::BulkRecord added{&record, journal::HashOf(record.bytes())};
        REQUIRE_OK(bulk.Add({&added, 1}, line));
        writes.push_back(Put(*committed.core(), json));
      }
      REQUIRE_OK(bulk.Finish());
      REQUIRE_OK(committed.core()->Commit(*committed.core()->catalog(), writes, {}));
      REQUIRE(Groups(loaded.core()->store()) == Groups(committed.core()->store()));
    }
    REQUIRE(loaded.Verify().problems_found == 0);
  }
}

TEST_CASE("prune: old totals go with the versions that they are of", "[io][aggregate][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 20; ++round) {
    FirmBook book = NewBook();
    for (int i = 0; i < 30; ++i) CommitRandomClaims(book.core(), &random);
    const uint64_t start = 1 + random() % book.core()->View().version.value();
    CAPTURE(round, start);
    const Model before = Groups(book.core()->store());
    PruneOptions options;
    options.table = PruneOptions::TableUntil{"claim", AsOf::Commit(CommitVersion(start))};
    REQUIRE_OK_AND_ASSIGN(const PruneReport report, txn::PruneHistory(book.core(), options));
    Model expected = before;
    std::erase_if(expected, [&](const auto& item) {
      const auto id = history::ParseHistoryKey(item.first);
      return id.ok() && id->ended.value() <= start;
    });
    REQUIRE(Groups(book.core()->store()) == expected);
    REQUIRE(report.tables[0].groups == before.size() - expected.size());
    const VerifyReport verified = book.Verify();
    INFO(Described(verified));
    REQUIRE(verified.problems_found == 0);
    // What is left can be worked out anew, but for the commit of what is older than the history.
    for (const auto& [key, value] : expected) book.Plant(key, std::nullopt);
    book.Verify(true);
    REQUIRE(book.Verify().problems_found == 0);
    REQUIRE(Groups(book.core()->store()).size() == expected.size());
  }
}

}  // namespace
}  // namespace daftar::testing
