// Every operation of the store fails once, at every place of a script of commits; afterwards the
// database is as before the failed commit or as after it, never between.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "storage/faulty_store.h"
#include "storage/forwarding_store.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using storage::Fault;
using storage::FaultPoint;
using storage::FaultyStore;

constexpr int kCommits = 6;

std::vector<txn::RecordWrite> Script(const txn::Core& core, int commit) {
  switch (commit) {
    case 0:
      return Writes(Put(core, R"({"code": "A", "seal": "s", "tags": ["x", "y"], "size": 1})"),
                    Put(core, R"({"code": "B", "seal": "t", "tags": ["z"]})"));
    case 1:
      return Writes(Put(core, R"({"code": "A", "seal": "t", "tags": ["z"]})"),
                    Put(core, R"({"code": "B", "seal": "s", "tags": ["x"], "size": 9})"));
    case 2:
      return Writes(Delete(core, "A"), Put(core, R"({"code": "C", "seal": "t"})"));
    case 3:
      return Writes(Put(core, R"({"code": "C", "seal": "t", "size": 3})"));
    case 4:
      return Writes(Put(core, R"({"code": "A"})", WriteIntent::kInsert), Delete(core, "B"));
    default:
      return Writes(Put(core, R"({"code": "D", "tags": ["x", "y", "z"]})"), Delete(core, "C"));
  }
}

// The firms after each number of commits.
std::vector<Firms> States() {
  const auto core = NewFirmDatabase();
  std::vector<Firms> states = {CheckedFirms(core->store())};
  for (int i = 0; i < kCommits; ++i) {
    REQUIRE_OK(Commit(core.get(), Script(*core, i)));
    states.push_back(CheckedFirms(core->store()));
  }
  return states;
}

struct Database {
  FaultyStore* faults;
  std::unique_ptr<txn::Core> core;
};

Database MakeDatabase() {
  auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
  FaultyStore* faults = store.get();
  return {faults, NewFirmDatabase(std::move(store))};
}

// How often the script meets `point` without faults.
uint64_t CountOf(FaultPoint point) {
  Database database = MakeDatabase();
  database.faults->Disarm();
  for (int i = 0; i < kCommits; ++i) {
    REQUIRE_OK(Commit(database.core.get(), Script(*database.core, i)));
  }
  return database.faults->count(point);
}

TEST_CASE("commit: a failed write leaves the state before or after it", "[txn][fault]") {
  const bool takes_effect = GENERATE(false, true);
  CAPTURE(takes_effect);
  const std::vector<Firms> states = States();
  const uint64_t writes = CountOf(FaultPoint::kWrite);
  REQUIRE(writes == kCommits);
  for (uint64_t nth = 1; nth <= writes; ++nth) {
    CAPTURE(nth);
    Database database = MakeDatabase();
    database.faults->Arm({.point = FaultPoint::kWrite, .nth = nth, .takes_effect = takes_effect});
    for (uint64_t i = 0; i + 1 < nth; ++i) {
      REQUIRE_OK(Commit(database.core.get(), Script(*database.core, static_cast<int>(i))));
    }
    const auto failed =
        Commit(database.core.get(), Script(*database.core, static_cast<int>(nth) - 1));
    CHECK_THAT(failed, StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
    CHECK_THAT(Commit(database.core.get(), Put(*database.core, R"({"code": "Z"})")),
               StatusIs(absl::StatusCode::kFailedPrecondition, "writes are refused"));
    auto inner = database.faults->TakeInner();
    database.core.reset();
    const uint64_t committed = takes_effect ? nth : nth - 1;
    CHECK(LastCommit(*inner) == CommitVersion(committed));
    CHECK(CheckedFirms(*inner) == states[committed]);
    REQUIRE_OK_AND_ASSIGN(const auto reopened, txn::Core::Open(std::move(inner)));
    REQUIRE_OK_AND_ASSIGN(const CommitVersion next,
                          Commit(reopened.get(), Put(*reopened, R"({"code": "Z"})")));
    CHECK(next == CommitVersion(committed + 1));
    CheckedFirms(reopened->store());
  }
}

TEST_CASE("commit: a failed read changes nothing and may be repeated", "[txn][fault]") {
  const FaultPoint point = GENERATE(FaultPoint::kGet, FaultPoint::kIterate);
  CAPTURE(static_cast<int>(point));
  const std::vector<Firms> states = States();
  const uint64_t reads = CountOf(point);
  REQUIRE(reads > 3);
  for (uint64_t nth = 1; nth <= reads; ++nth) {
    CAPTURE(nth);
    Database database = MakeDatabase();
    database.faults->Arm({.point = point, .nth = nth});
    int failures = 0;
    for (int i = 0; i < kCommits; ++i) {
      auto version = Commit(database.core.get(), Script(*database.core, i));
      if (!version.ok()) {
        CHECK_THAT(version, StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
        CHECK(CheckedFirms(database.core->store()) == states[static_cast<size_t>(i)]);
        ++failures;
        version = Commit(database.core.get(), Script(*database.core, i));
      }
      REQUIRE_OK(version);
      CHECK(*version == CommitVersion(static_cast<uint64_t>(i) + 1));
    }
    CHECK(failures == 1);
    CHECK(CheckedFirms(database.core->store()) == states[kCommits]);
  }
}

TEST_CASE("create: a failed write leaves an empty store or a database", "[txn][fault]") {
  const bool takes_effect = GENERATE(false, true);
  auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
  store->Arm({.point = FaultPoint::kWrite, .takes_effect = takes_effect});
  // The failed Create destroys the store it was given, but not what that passes on to.
  CHECK_THAT(
      txn::Core::Create(std::make_unique<ForwardingStore>(store.get()), FirmCatalog(), kTestId),
      StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
  auto inner = store->TakeInner();
  if (takes_effect) {
    REQUIRE_OK(txn::Core::Open(std::move(inner)));
  } else {
    CHECK(Contents(*inner).empty());
  }
}

}  // namespace
}  // namespace daftar::testing
