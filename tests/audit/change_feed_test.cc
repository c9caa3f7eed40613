#include "audit/change_feed.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "codec/keyspace.h"
#include "history/history_key.h"
#include "record/sample.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

// "1 A {...}" for each change after a commit.
std::vector<std::string> Changes(const txn::Core& core, uint64_t after) {
  std::vector<std::string> changes;
  audit::ChangeFeed feed(core.View(), CommitVersion(after));
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool commit, feed.NextCommit());
    if (!commit) return changes;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool change, feed.NextChange());
      if (!change) break;
      const audit::RecordChange& each = feed.change();
      REQUIRE(each.key.table != nullptr);
      changes.push_back(std::to_string(feed.commit().version.value()) + " " +
                        each.key.values[0].ToString() + " " +
                        (each.record.has_value() ? ToJson(*each.record) : "-"));
    }
  }
}

std::unique_ptr<txn::Core> Sample() {
  auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code":"A","size":1})"),
                    Put(*core, R"({"code":"B","size":1})")));
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code":"A","size":2})")));
  REQUIRE_OK(Commit(core.get(), Delete(*core, "A"), Put(*core, R"({"code":"C","size":3})")));
  return core;
}

TEST_CASE("change feed: each commit with what it wrote, resumable after any", "[audit][unit]") {
  const auto core = Sample();
  const std::vector<std::string> all = {
      R"(1 A {"code":"A","size":1})", R"(1 B {"code":"B","size":1})",
      R"(2 A {"code":"A","size":2})", "3 A -", R"(3 C {"code":"C","size":3})"};
  CHECK(Changes(*core, 0) == all);
  CHECK(Changes(*core, 1) == std::vector(all.begin() + 2, all.end()));
  CHECK(Changes(*core, 2) == std::vector(all.begin() + 3, all.end()));
  CHECK(Changes(*core, 3).empty());
  CHECK(Changes(*core, 99).empty());
}

TEST_CASE("change feed: some commits, backwards, and the changes of one record", "[audit][unit]") {
  const auto core = Sample();
  audit::ChangeFeed feed(core->View(), {CommitVersion(2), CommitVersion(9), true},
                         std::string(Delete(*core, "A").key.view()));
  std::vector<std::string> found;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool commit, feed.NextCommit());
    if (!commit) break;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool change, feed.NextKey());
      if (!change) break;
      CHECK_FALSE(feed.change().record.has_value());
      REQUIRE_OK(feed.ReadRecord());
      found.push_back(std::to_string(feed.commit().version.value()) + " " +
                      (feed.change().record.has_value() ? ToJson(*feed.change().record) : "-"));
    }
  }
  CHECK(found == std::vector<std::string>{"3 -", R"(2 {"code":"A","size":2})"});
}

TEST_CASE("change feed: ends with its view", "[audit][unit]") {
  const auto core = Sample();
  audit::ChangeFeed feed(core->View(), CommitVersion(3));
  REQUIRE_OK(Commit(core.get(), Delete(*core, "B")));
  REQUIRE_OK_AND_ASSIGN(const bool found, feed.NextCommit());
  CHECK_FALSE(found);
  CHECK(Changes(*core, 3) == std::vector<std::string>{"4 B -"});
}

TEST_CASE("change feed: a record that is not the journal's, or missing, is DataLoss",
          "[audit][fault]") {
  const auto core = Sample();
  const codec::EncodedKey key = Delete(*core, "A").key;
  const std::string old_key = history::HistoryKey(key.view(), CommitVersion(2));
  storage::Batch batch;
  std::string message;
  SECTION("another record in its place") {
    const record::Message other = Firm(*core, R"({"code":"A","size":9})");
    batch.Put(old_key, record::EncodeEnvelope(key.view(),
                                              {SchemaVersion(1), CommitVersion(1), other.bytes()}));
    message = "a record is not the one that the journal knows; commit=1";
  }
  SECTION("removed") {
    batch.Delete(old_key);
    message = "the history lacks a record that the journal names; commit=1";
  }
  REQUIRE_OK(core->store().Write(batch, storage::Durability::kBuffered));
  {
    const txn::WriteLock lock(core.get());
    core->ShowStore();
  }
  audit::ChangeFeed feed(core->View(), CommitVersion(0));
  REQUIRE_OK(feed.NextCommit());
  CHECK_THAT(feed.NextChange(), StatusIs(absl::StatusCode::kDataLoss, message));
}

}  // namespace
}  // namespace daftar::testing
