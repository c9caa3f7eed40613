// Lifecycles: every pair of states by every way of writing, and what an act asks for.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "daftar/sql.h"
#include "rules/zone_book.h"

namespace daftar {
namespace {

using testing::By;
using testing::NewZoneBook;
using testing::PermitJson;
using testing::StatusIs;
using testing::TempDir;
using testing::ZoneSchema;
using testing::ZoneSchemaWithoutRules;

constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

const std::vector<std::string> kStates = {"draft",   "submitted", "underReview", "approved",
                                          "refused", "active",    "suspended",   "lapsed"};

// What the schema declares, but for acts that leave the state and those from a derived one.
const std::set<std::pair<std::string, std::string>> kMoves = {
    {"draft", "submitted"},     {"submitted", "underReview"}, {"underReview", "approved"},
    {"underReview", "refused"}, {"approved", "active"},       {"active", "suspended"},
    {"suspended", "active"}};

std::string No(const std::string& from, const std::string& to) {
  return absl::StrCat(from, "-", to);
}

// What an officer with all roles fills in on the way to a state.
std::string Filled(const std::string& to) {
  const char* const reviewer = to == "underReview" ? "all" : "carla";
  return absl::StrCat(R"("reviewer":")", reviewer, "\"",
                      to == "approved" ? R"(,"approver":"all","validTo":"2999-01-01")" : "");
}

// One way of bringing a permit from one state into another.
struct Path {
  const char* name;
  std::function<absl::Status(Database&, const TempDir&, const std::string& no,
                             const std::string& to, const CommitOptions&)>
      move;
};

absl::Status ByBatch(Database& database, const TempDir&, const std::string& no,
                     const std::string& to, const CommitOptions& commit) {
  return database.Put("permit", PermitJson(no, to, Filled(to)), WriteIntent::kUpsert, commit);
}

absl::Status ByTransaction(Database& database, const TempDir&, const std::string& no,
                           const std::string& to, const CommitOptions& commit) {
  auto transaction = database.Begin();
  if (!transaction.ok()) return transaction.status();
  const absl::Status put = transaction->Put("permit", PermitJson(no, to, Filled(to)));
  return put.ok() ? (*std::move(transaction)).Commit(commit).status() : put;
}

absl::Status BySql(Database& database, const TempDir&, const std::string& no, const std::string& to,
                   const CommitOptions& commit) {
  SqlOptions options;
  options.writable = true;
  options.commit = commit;
  auto connection = SqlConnection::Open(database, options);
  if (!connection.ok()) return connection.status();
  const std::string officers =
      absl::StrCat("reviewer = '", to == "underReview" ? "all" : "carla", "'",
                   to == "approved" ? ", approver = 'all', validTo = '2999-01-01'" : "");
  auto statement = connection->Prepare(
      absl::StrCat("UPDATE permit SET state = '", to, "', ", officers, " WHERE no = '", no, "'"));
  if (!statement.ok()) return statement.status();
  return statement->Next().status();
}

absl::Status ByImport(Database& database, const TempDir& directory, const std::string& no,
                      const std::string& to, const CommitOptions& commit) {
  const auto file = directory / "move.jsonl";
  testing::WriteFile(file, PermitJson(no, to, Filled(to)) + "\n");
  ImportOptions options;
  options.mode = ImportMode::kUpsert;
  options.commit = commit;
  return database.Import("permit", file, options).status();
}

TEST_CASE("lifecycle: exactly the declared moves pass, by every way of writing", "[rules]") {
  const Path path = GENERATE(values<Path>(
      {{"batch", ByBatch}, {"transaction", ByTransaction}, {"sql", BySql}, {"import", ByImport}}));
  CAPTURE(path.name);
  const TempDir directory;
  // The permits were there before the rules.
  const auto database = NewZoneBook(directory, ZoneSchemaWithoutRules());
  Batch batch = database->NewBatch();
  for (const std::string& from : kStates) {
    for (const std::string& to : kStates) {
      REQUIRE_OK(batch.Put("permit", PermitJson(No(from, to), from, R"("reviewer":"carla")")));
    }
  }
  for (const char* role : {"clerk", "board", "legal"}) {
    REQUIRE_OK(batch.Put("power", absl::StrCat(R"({"actor":"all","no":1,"role":")", role, "\"}")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  REQUIRE_OK(database->ApplySchema({directory / "rules.capnp", {}}));
  CommitOptions commit = By("all", "ZC/7/2");
  commit.reason = "test";
  for (const std::string& from : kStates) {
    for (const std::string& to : kStates) {
      if (from == to) continue;
      CAPTURE(from, to);
      const absl::Status status = path.move(*database, directory, No(from, to), to, commit);
      if (kMoves.contains({from, to})) {
        CHECK(status == absl::OkStatus());
      } else {
        CHECK_THAT(status, StatusIs(kRefused, absl::StrCat("state cannot go from '", from, "' to '",
                                                           to, "'; allowed from ")));
      }
      REQUIRE_OK_AND_ASSIGN(const Record record, database->Get("permit", {No(from, to)}));
      REQUIRE_OK_AND_ASSIGN(const Value state, record.Get("state"));
      CHECK(state.ToString() == (status.ok() ? to : from));
    }
  }
}

TEST_CASE("lifecycle: every beginning but the declared one is refused", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  for (const std::string& state : kStates) {
    CAPTURE(state);
    const absl::Status status = database->Put("permit", PermitJson("P-" + state, state));
    if (state == "draft") {
      CHECK(status == absl::OkStatus());
    } else {
      CHECK_THAT(status, StatusIs(kRefused, absl::StrCat("a record cannot begin with state '",
                                                         state, "'; it begins as draft")));
    }
  }
  CHECK_THAT(database->Delete("permit", {"P-draft"}),
             StatusIs(kRefused, "records of the table are never deleted"));
}

// A permit that has come to `state`, and the answer to bringing it on.
absl::Status Move(const char* from, const char* before, const char* to, const char* after,
                  const CommitOptions& commit) {
  const TempDir directory;
  const auto database = NewZoneBook(directory, ZoneSchemaWithoutRules());
  REQUIRE_OK(database->Put("permit", PermitJson("P", from, before)));
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  REQUIRE_OK(database->ApplySchema({directory / "rules.capnp", {}}));
  return database->Put("permit", PermitJson("P", to, after), WriteIntent::kUpsert, commit);
}

TEST_CASE("lifecycle: an act asks for role, zone, day, decision and signature", "[rules]") {
  struct Case {
    const char* name;
    const char* from;
    const char* before;
    const char* to;
    const char* after;
    CommitOptions commit;
    const char* refusal;
  };
  const char* const kReviewed = R"("reviewer":"carla")";
  const char* const kApproved =
      R"("reviewer":"carla","approver":"bo","validTo":"2025-01-01","since":"2024-06-01")";
  const std::vector<Case> cases = {
      {"all of it", "underReview", kReviewed, "approved", kApproved, By("bo", "ZC/7/2"), ""},
      {"no actor", "submitted", "", "underReview", kReviewed, By(""),
       "it takes the role clerk, and the commit states no actor"},
      {"another role", "submitted", "", "underReview", R"("reviewer":"bo")", By("bo"),
       "act review is not possible: it takes the role clerk, and bo does not have it"},
      {"another zone", "submitted", R"("zone":"south")", "underReview",
       R"("reviewer":"carla","zone":"south")", By("carla"), "and carla has it in north only"},
      {"powers that have ended", "underReview", kReviewed, "approved",
       R"("reviewer":"carla","approver":"bo","validTo":"2026-01-01","since":"2025-03-01")",
       By("bo", "ZC/7/2"), "bo has it until before 2025-01-01, from 2025-06-01 on"},
      {"no decision", "underReview", kReviewed, "approved", kApproved, By("bo"),
       "the commit must state the decision"},
      {"no end", "underReview", kReviewed, "approved",
       R"("reviewer":"carla","approver":"bo","since":"2024-06-01")", By("bo", "ZC/7/2"),
       "validTo must be set"},
      {"another's name", "underReview", kReviewed, "approved",
       R"("reviewer":"carla","approver":"lena","validTo":"2025-01-01","since":"2024-06-01")",
       By("bo", "ZC/7/2"), "approver must hold who acts, 'bo', and holds 'lena'"},
      {"two eyes", "underReview", R"("reviewer":"both")", "approved",
       R"("reviewer":"both","approver":"both","validTo":"2025-01-01","since":"2024-06-01")",
       By("both", "ZC/7/2"),
       "the record does not meet reviewer <> approver; it has reviewer both, approver both"},
      {"a longer term by no act", "approved", R"("validTo":"2025-01-01")", "approved",
       R"("validTo":"2026-01-01")", By("bo"), "no act changes validTo of a record with state"},
      {"renewal in time", "active", R"("validTo":"2024-12-31")", "active",
       R"("validTo":"2025-12-31","since":"2024-12-01")", By("bo"), ""},
      {"renewal too early", "active", R"("validTo":"2024-12-31")", "active",
       R"("validTo":"2025-12-31","since":"2024-06-01")", By("bo"),
       "it is possible from 2024-10-02 to 2025-01-30, as validTo is 2024-12-31, and not on "
       "2024-06-01"},
      {"renewal within grace", "active", R"("validTo":"2024-11-30")", "active",
       R"("validTo":"2025-12-31","since":"2024-12-15")", By("bo"), ""},
      {"suspending what has expired", "active", R"("validTo":"2024-11-30")", "suspended",
       R"("validTo":"2024-11-30","since":"2024-12-15")", By("lena"),
       "state cannot go from 'expired' to 'suspended'; allowed from expired: renew (to active), "
       "lapse (to lapsed)"},
      {"what has expired lapses", "active", R"("validTo":"2024-11-30")", "lapsed",
       R"("validTo":"2024-11-30","since":"2024-12-15")", By("lena"), ""},
      {"a note", "active", R"("validTo":"2024-11-30")", "active",
       R"("validTo":"2024-11-30","note":"n")", By(""), ""},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    const absl::Status status = Move(test.from, test.before, test.to, test.after, test.commit);
    if (*test.refusal == '\0') {
      CHECK(status == absl::OkStatus());
    } else {
      CHECK_THAT(status, StatusIs(kRefused, test.refusal));
    }
  }
}

TEST_CASE("lifecycle: a schema change names the records that no act leads to", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory, ZoneSchemaWithoutRules());
  REQUIRE_OK(database->Put("permit", PermitJson("P1", "approved")));
  REQUIRE_OK(database->Put("permit", PermitJson("P2", "approved", R"("validTo":"2025-01-01")")));
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  REQUIRE_OK_AND_ASSIGN(const auto report, database->ApplySchema({directory / "rules.capnp", {}}));
  CHECK(!report.complete);
  REQUIRE(report.rule_violations.size() == 1);
  CHECK(report.rule_violations[0].key == "P1");
  CHECK(report.rule_violations[0].text == "with state 'approved' validTo must be set");
}

}  // namespace
}  // namespace daftar
