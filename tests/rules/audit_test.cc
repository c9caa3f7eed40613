// Rules over a book that is older than they are: every planted violation is found, and no other.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rules/zone_book.h"

namespace daftar {
namespace {

using testing::NewZoneBook;
using testing::PermitJson;
using testing::StatusIs;
using testing::TempDir;
using testing::ZoneSchema;
using testing::ZoneSchemaWithoutRules;

// "rule table key" of each violation.
std::multiset<std::string> Found(const AuditReport& report) {
  std::multiset<std::string> found;
  for (const RuleViolation& violation : report.violations) {
    found.insert(absl::StrCat(violation.rule, " ", violation.table, " ", violation.key));
  }
  return found;
}

// One of each kind, among records that are right.
std::unique_ptr<Database> BookWithViolations(const TempDir& directory) {
  auto database = NewZoneBook(directory, ZoneSchemaWithoutRules());
  const std::pair<const char*, std::string> records[] = {
      {"firm", R"({"no":"F4","parent":"F1","hosts":[{"country":"IR","ppm":1000000}]})"},
      {"firm", R"({"no":"F5","parent":"F99"})"},
      {"firm", R"({"no":"F6","hosts":[{"country":"IR","ppm":1}]})"},
      {"lease", R"({"no":"L1","plot":"P1","firm":"F1","from":"2024-01-01","to":"2024-06-01"})"},
      {"lease", R"({"no":"L2","plot":"P1","firm":"F1","from":"2024-06-01"})"},
      {"lease", R"({"no":"L3","plot":"P1","firm":"F1","from":"2024-05-01","to":"2024-05-02"})"},
      {"lease", R"({"no":"L4","plot":"P2","firm":"F98","from":"2024-01-01","rent":0})"},
      {"lease", R"({"no":"L5","plot":"P3","firm":"F1","from":"2025-01-01","to":"2024-01-01"})"},
      {"share", R"({"firm":"F1","holder":"a","ppm":1000000})"},
      {"share", R"({"firm":"F2","holder":"a","ppm":1})"},
      {"payment", R"({"no":"1","project":"J","currency":"USD","kind":"commitment","cents":5})"},
      {"payment", R"({"no":"2","project":"J","currency":"USD","kind":"paid","cents":6})"},
      {"permit", PermitJson("P1", "draft")},
      {"permit", PermitJson("P2", "approved")},
  };
  for (const auto& [table, json] : records) REQUIRE_OK(database->Put(table, json));
  REQUIRE_OK(database->Put("firm", R"({"no":"F7","number":"77"})"));
  REQUIRE_OK(database->Put("firm", R"({"no":"F7"})"));
  REQUIRE_OK(database->Put("firm", R"({"no":"F8","number":"77"})"));
  return database;
}

const std::multiset<std::string> kViolations = {
    "byNumber firm F8",    "parentFirm firm F5", "hosts firm F6",
    "onePerPlot lease L1", "firm lease L4",      "rentIsPositive lease L4",
    "endsLater lease L5",  "whole share F2, a",  "withinCommitment payment 2",
    "life permit P2",
};

TEST_CASE("audit: every violation of a book is found, and no other", "[rules]") {
  const TempDir directory;
  const auto database = BookWithViolations(directory);
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  // Before the rules are accepted.
  REQUIRE_OK_AND_ASSIGN(const AuditReport before,
                        database->AuditAgainst({directory / "rules.capnp", {}}));
  CHECK(Found(before) == kViolations);
  CHECK(before.violation_count == kViolations.size());
  REQUIRE_OK_AND_ASSIGN(const AuditReport without, database->Audit());
  CHECK(without.rules == 0);
  CHECK(without.violation_count == 0);
  // And after.
  REQUIRE_OK_AND_ASSIGN(const auto applied, database->ApplySchema({directory / "rules.capnp", {}}));
  CHECK(applied.rule_violation_count == kViolations.size());
  REQUIRE_OK_AND_ASSIGN(const AuditReport after, database->Audit());
  CHECK(Found(after) == kViolations);
  CHECK(after.rules == 15);
}

TEST_CASE("audit: one table, one rule, few lines", "[rules]") {
  const TempDir directory;
  const auto database = BookWithViolations(directory);
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  REQUIRE_OK(database->ApplySchema({directory / "rules.capnp", {}}));
  AuditOptions options;
  options.table = "lease";
  REQUIRE_OK_AND_ASSIGN(AuditReport report, database->Audit(options));
  CHECK(report.records == 5);
  CHECK(report.violation_count == 4);
  options.rules = {"onePerPlot"};
  REQUIRE_OK_AND_ASSIGN(report, database->Audit(options));
  CHECK(Found(report) == std::multiset<std::string>{"onePerPlot lease L1"});
  options = {};
  options.violations_max = 3;
  REQUIRE_OK_AND_ASSIGN(report, database->Audit(options));
  CHECK(report.violations.size() == 3);
  CHECK(report.violation_count == kViolations.size());
  options.rules = {"none"};
  CHECK_THAT(database->Audit(options).status(), StatusIs(absl::StatusCode::kInvalidArgument,
                                                         "the schema has no such rule; rule=none"));
  options.rules = {};
  options.table = "none";
  CHECK_THAT(database->Audit(options).status(), StatusIs(absl::StatusCode::kNotFound, "none"));
}

TEST_CASE("audit: of an earlier state", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  const auto version = database->View().version();
  REQUIRE_OK(database->Put("lease", R"({"no":"L5","from":"2025-01-01","to":"2024-01-01"})"));
  REQUIRE_OK_AND_ASSIGN(const AuditReport now, database->Audit());
  CHECK(Found(now) == std::multiset<std::string>{"endsLater lease L5"});
  CHECK(now.violations.front().reported_only);
  REQUIRE_OK_AND_ASSIGN(const ReadView view, database->View(AsOf::Commit(version)));
  REQUIRE_OK_AND_ASSIGN(const AuditReport then, database->Audit(view));
  CHECK(then.violation_count == 0);
  CHECK(then.version == version);
}

}  // namespace
}  // namespace daftar
