// A database that has lost commits or its anchor: what is said of it, and that it can be made whole
// also when that fails halfway.
#include "txn/recover.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"
#include "txn/journal_reader.h"

namespace daftar::testing {
namespace {

using storage::FaultPoint;
using storage::FaultyStore;

constexpr int64_t kNow = kTestTime + 5'000'000;

std::string Json(uint64_t version) {
  return R"({"code": "A", "size": )" + std::to_string(version) + "}";
}

// The contents of a database of so many commits, and its anchor.
struct Book {
  Model contents;
  std::string anchor;
};

Book MakeBook(uint64_t commits) {
  const auto core = NewFirmDatabase();
  for (uint64_t version = 1; version <= commits; ++version) {
    REQUIRE_OK(core->Commit(*core->catalog(), Writes(Put(*core, Json(version))), {}));
  }
  return {Contents(core->store()), core->store().ReadAnchor().value().value()};
}

// The commits up to `kept` of a database that acknowledged those up to `acknowledged`.
std::unique_ptr<storage::Store> Damaged(uint64_t kept, uint64_t acknowledged) {
  auto store = storage::NewMemoryStore();
  storage::Batch batch;
  for (const auto& [key, value] : MakeBook(kept).contents) batch.Put(key, value);
  REQUIRE_OK(store->Write(batch, storage::Durability::kBuffered));
  REQUIRE_OK(store->WriteAnchor(MakeBook(acknowledged).anchor, storage::Durability::kSynced));
  return store;
}

absl::Status Recover(storage::Store* store) {
  const auto assessment = txn::Assess(*store);
  if (!assessment.ok()) return assessment.status();
  if (assessment->cause.empty()) return absl::OkStatus();
  return txn::CloseGap(store, *assessment, {.actor = "operator"}, kNow);
}

std::string ReasonOf(const txn::Core& core, uint64_t version) {
  return txn::ReadEntry(*core.View().reader, CommitVersion(version)).value().reason;
}

TEST_CASE("recover: says what is lost and closes the gap", "[txn]") {
  auto store = Damaged(3, 5);
  REQUIRE_OK_AND_ASSIGN(const txn::Assessment assessment, txn::Assess(*store));
  CHECK(assessment.cause == "acknowledged commits are missing");
  CHECK(assessment.header.last_commit == CommitVersion(3));
  REQUIRE(assessment.anchor.has_value());
  CHECK(assessment.anchor->version == CommitVersion(5));
  REQUIRE_OK(txn::CloseGap(store.get(), assessment,
                           {.actor = "operator", .reason = "disk was replaced"}, kNow));
  CHECK(txn::Assess(*store).value().cause.empty());
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(store), TestOptions()));
  // The numbers of lost commits are not given out again.
  CHECK(core->View().version == CommitVersion(6));
  REQUIRE_OK_AND_ASSIGN(const auto entry, txn::ReadEntry(*core->View().reader, CommitVersion(6)));
  CHECK(entry.actor == "operator");
  CHECK(entry.reason == "recovered: commits 4 to 5 are lost; disk was replaced");
  CHECK(entry.time == kNow);
  CHECK(Commit(core.get(), Put(*core, Json(9))).value() == CommitVersion(7));
  CHECK(CheckedFirms(core->store()).size() == 1);
}

TEST_CASE("recover: time does not go back behind what was acknowledged", "[txn]") {
  auto store = Damaged(3, 5);
  REQUIRE_OK_AND_ASSIGN(const txn::Assessment assessment, txn::Assess(*store));
  REQUIRE_OK(txn::CloseGap(store.get(), assessment, {}, kTestTime - 1));
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(store), TestOptions()));
  CHECK(txn::ReadEntry(*core->View().reader, CommitVersion(6)).value().time == kTestTime);
}

TEST_CASE("recover: knows every state of the anchor", "[txn]") {
  struct Case {
    const char* name;
    std::optional<std::string> anchor;
    const char* cause;
    const char* reason;  // of the commit that recovers
  };
  const std::string own = MakeBook(3).anchor;
  txn::Anchor other = txn::DecodeAnchor(own).value();
  other.id[0] ^= 1;
  txn::Anchor forked = txn::DecodeAnchor(own).value();
  forked.entry[0] ^= 1;
  const std::vector<Case> cases = {
      {"its own", own, "", ""},
      {"an earlier one", MakeBook(1).anchor, "", ""},
      {"a later one", MakeBook(4).anchor, "acknowledged commits are missing",
       "recovered: commits 4 to 4 are lost"},
      {"none", std::nullopt, "the anchor is missing", "recovered without an anchor ("},
      {"a damaged one", std::string("\x01", 1), "anchor is damaged",
       "recovered without an anchor ("},
      {"another database's", txn::EncodeAnchor(other), "the anchor is another database's",
       "recovered without an anchor ("},
      {"of another history", txn::EncodeAnchor(forked),
       "the journal is not the one that the anchor knows", "recovered without an anchor ("},
  };
  for (const Case& each : cases) {
    CAPTURE(each.name);
    auto store = storage::NewMemoryStore();
    storage::Batch batch;
    for (const auto& [key, value] : MakeBook(3).contents) batch.Put(key, value);
    REQUIRE_OK(store->Write(batch, storage::Durability::kBuffered));
    if (each.anchor.has_value()) {
      REQUIRE_OK(store->WriteAnchor(*each.anchor, storage::Durability::kSynced));
    }
    REQUIRE_OK_AND_ASSIGN(const txn::Assessment assessment, txn::Assess(*store));
    CHECK(assessment.cause.empty() == (*each.cause == '\0'));
    CHECK(assessment.cause.find(each.cause) != std::string::npos);
    REQUIRE_OK(Recover(store.get()));
    REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(store), TestOptions()));
    const uint64_t last = core->View().version.value();
    CHECK((last == 3) == (*each.cause == '\0'));
    if (last > 3) CHECK(ReasonOf(*core, last).starts_with(each.reason));
    CHECK(CheckedFirms(core->store()).at("A") == CheckedFirms(*Damaged(3, 3)).at("A"));
  }
}

TEST_CASE("recover: refuses what never was a state of the database", "[txn][fault]") {
  SECTION("nothing") {
    CHECK_THAT(txn::Assess(*storage::NewMemoryStore()),
               StatusIs(absl::StatusCode::kNotFound, "directory holds no database"));
  }
  SECTION("a header that does not verify") {
    auto store = Damaged(3, 3);
    std::string header = store->Get(txn::HeaderKey(), {}).value().value();
    header.back() ^= 1;
    REQUIRE_OK(store->Write(PutBatch(txn::HeaderKey(), header), storage::Durability::kBuffered));
    CHECK_THAT(txn::Assess(*store), StatusIs(absl::StatusCode::kDataLoss, "header"));
  }
}

TEST_CASE("recover: a fault anywhere leaves what can be recovered again", "[txn][fault]") {
  const FaultPoint point =
      GENERATE(FaultPoint::kGet, FaultPoint::kIterate, FaultPoint::kWrite, FaultPoint::kAnchor);
  const bool takes_effect = GENERATE(false, true);
  CAPTURE(static_cast<int>(point), takes_effect);
  FaultyStore clean(Damaged(3, 5));
  clean.Disarm();
  REQUIRE_OK(Recover(&clean));
  const uint64_t operations = clean.count(point);
  REQUIRE(operations > 0);
  for (uint64_t nth = 1; nth <= operations; ++nth) {
    CAPTURE(nth);
    FaultyStore faults(Damaged(3, 5));
    faults.Arm({.point = point, .nth = nth, .takes_effect = takes_effect});
    CHECK_THAT(Recover(&faults), StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
    auto inner = faults.TakeInner();
    REQUIRE_OK(Recover(inner.get()));
    CHECK(txn::Assess(*inner).value().cause.empty());
    REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Open(std::move(inner), TestOptions()));
    // The loss is written down once at least, and no number stands for two commits.
    CHECK(core->View().version >= CommitVersion(6));
    CHECK(ReasonOf(*core, 6) == "recovered: commits 4 to 5 are lost");
    CHECK(CheckedFirms(core->store()).size() == 1);
    REQUIRE_OK_AND_ASSIGN(const CommitVersion next, Commit(core.get(), Put(*core, Json(9))));
    CHECK(next.value() == core->View().version.value());
  }
}

}  // namespace
}  // namespace daftar::testing
