// The checks of kill, powerloss, ionth, flip and files: what the engine does passes, each kind of
// wrong is found.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "storage/open.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "torture/checker.h"
#include "torture/writers.h"

namespace daftar::torture {
namespace {

using testing::StatusIs;

LoggedOp Acknowledged(uint64_t id, uint64_t version, bool synced = true) {
  return {{id, 0, synced, false, {}}, CommitVersion(version), {}};
}
LoggedOp Attempted(uint64_t id) { return {{id, 0, true, false, {}}, {}, {}}; }

constexpr CommitVersion kAfter(10);

TEST_CASE("op log: gives back what was logged", "[torture]") {
  OpLog log;
  const Row row{LedgerTable::kPermit, 1, 7, -1, 3, 40, 5, 6};
  const Op op{9, 1, false, false, {{row, true, WriteIntent::kUpdate}, {row, false}}};
  REQUIRE(log.Begin(op));
  REQUIRE(log.Begin({10, 2, true, true, {}}));
  REQUIRE(log.Begin({11, 2, true, false, {}}));
  log.Acknowledge(9, CommitVersion(4));
  log.Refuse(10, absl::AbortedError("no"));
  const std::vector<LoggedOp> logged = log.Read();
  REQUIRE(logged.size() == 3);
  CHECK(logged[0].op.id == 9);
  CHECK(logged[0].op.changes == op.changes);
  CHECK_FALSE(logged[0].op.synced);
  CHECK(logged[0].acknowledged == CommitVersion(4));
  CHECK(logged[1].error == "ABORTED: no");
  CHECK(logged[1].op.bulk);
  CHECK((!logged[2].acknowledged.has_value() && logged[2].error.empty()));
  log.Clear();
  CHECK(log.Read().empty());
}

TEST_CASE("op log: a full one takes no more attempts but still answers", "[torture]") {
  OpLog log;
  const Op large{1, 0, true, false, std::vector<RowChange>(1000)};
  uint64_t count = 0;
  while (log.Begin({++count, 0, true, false, large.changes})) {
  }
  for (uint64_t id = 1; id < count; ++id) log.Acknowledge(id, CommitVersion(id));
  for (const LoggedOp& logged : log.Read()) {
    REQUIRE(logged.acknowledged == CommitVersion(logged.op.id));
  }
}

TEST_CASE("session: commits at their places, and attempts that may be there, pass", "[torture]") {
  const std::vector<LoggedOp> session = {Acknowledged(1, 11), Attempted(2), Acknowledged(3, 12)};
  REQUIRE_OK(CheckSession(session, kAfter, {1, 3}, {}));
  REQUIRE_OK(CheckSession(session, kAfter, {1, 3, 2}, {}));
  REQUIRE_OK(CheckSession({}, kAfter, {}, {}));
}

TEST_CASE("session: a buffered commit may be lost with the power, a synced one never",
          "[torture]") {
  const std::vector<LoggedOp> session = {Acknowledged(1, 11), Acknowledged(2, 12, false)};
  REQUIRE_OK(CheckSession(session, kAfter, {1}, {.buffered_may_be_lost = true}));
  CHECK_THAT(CheckSession(session, kAfter, {1}, {}),
             StatusIs(absl::StatusCode::kUnknown, "commit 12 (buffered) and is lost"));
  CHECK_THAT(CheckSession(session, kAfter, {}, {.buffered_may_be_lost = true}),
             StatusIs(absl::StatusCode::kUnknown, "commit 11 (synced) and is lost"));
}

TEST_CASE("session: finds what must not be", "[torture]") {
  const auto [name, session, order, text] =
      GENERATE(table<const char*, std::vector<LoggedOp>, std::vector<uint64_t>, const char*>({
          {"another place", {Acknowledged(1, 12), Attempted(2)}, {1, 2}, "where op 2 is found"},
          {"another session", {Acknowledged(1, 10)}, {1}, "which is another session's"},
          {"never attempted", {Attempted(1)}, {2}, "which was never attempted"},
          {"twice", {Attempted(1)}, {1, 1}, "which was found already"},
          {"refused", {{{1, 0, true, false, {}}, {}, "ABORTED: no"}}, {}, "was refused"},
      }));
  CAPTURE(name);
  CHECK_THAT(CheckSession(session, kAfter, order, {}), StatusIs(absl::StatusCode::kUnknown, text));
}

TEST_CASE("model: equals the engine after random commits, and nothing else", "[torture]") {
  const uint64_t seed = Catch::getSeed();
  CAPTURE(seed);
  const testing::TempDir folder;
  Choices choices(seed);
  Model model;
  REQUIRE_OK_AND_ASSIGN(const auto core, txn::Core::Create(storage::NewMemoryStore(),
                                                           LedgerCatalog(), kLedgerId, {}));
  OpLog log;
  WritersOptions options;
  options.threads = 2;
  options.commits = 60;
  options.session = 1;
  options.seed = seed;
  options.spill_folder = folder.path();
  CHECK(RunWriters(core.get(), model, &log, options) == 120);
  REQUIRE_OK_AND_ASSIGN(const auto order, ReadOrder(*core, model.last()));
  REQUIRE_OK(CheckSession(log.Read(), model.last(), order, {}));
  Adopt(log.Read(), order, &model);
  const CheckOptions everything{.past_states = 5, .point_reads = true};
  REQUIRE_OK(CheckLedger(*core, model, everything, &choices));
  Model more = model;
  more.Apply({1, 0, true, false, {}});
  CHECK_THAT(CheckLedger(*core, more, everything, &choices),
             StatusIs(absl::StatusCode::kUnknown, "newest commit is 120, expected 121"));
  model.Falsify();
  CHECK_THAT(CheckLedger(*core, model, everything, &choices),
             StatusIs(absl::StatusCode::kUnknown, "has another value at key"));
}

}  // namespace
}  // namespace daftar::torture
