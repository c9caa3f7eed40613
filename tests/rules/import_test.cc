// Rules over imports, which write sorted runs and not batches.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "rules/zone_book.h"

namespace daftar {
namespace {

using testing::NewZoneBook;
using testing::StatusIs;
using testing::TempDir;

constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

absl::StatusOr<ImportReport> Import(Database& database, const TempDir& directory, const char* table,
                                    const std::string& lines, bool with_rejects = false) {
  const auto file = directory / "rows.jsonl";
  testing::WriteFile(file, lines);
  ImportOptions options;
  options.mode = ImportMode::kUpsert;
  if (with_rejects) options.rejects = directory / "rejects.jsonl";
  return database.Import(table, file, options);
}

TEST_CASE("rules: an import that breaks one writes nothing", "[rules]") {
  const auto [name, table, lines, refusal] =
      GENERATE(Catch::Generators::table<const char*, const char*, const char*, const char*>({
          {"reference", "lease", R"({"no":"L9","firm":"F1"}
{"no":"L8","firm":"F9"})",
           "rows.jsonl:2: firm is 'F9', but firm has no such record"},
          {"reference to a later line", "firm", R"({"no":"F8","parent":"F9"}
{"no":"F9"})",
           ""},
          {"reference to an earlier line", "firm", R"({"no":"F9"}
{"no":"F8","parent":"F9"})",
           ""},
          {"reference to what the database has", "firm", R"({"no":"F8","parent":"F1"})", ""},
          {"reference to no line", "firm", R"({"no":"F8","parent":"F9"}
{"no":"F7"})",
           "parent is 'F9', but firm has no such record; put that one first or in the same commit; "
           "rule=parentFirm; table=firm; key=F8; line=1"},
          {"condition", "lease", R"({"no":"L9","rent":-1})", "does not meet rent > 0"},
          {"own sum", "firm", R"({"no":"F8","hosts":[{"country":"IR","ppm":5}]})",
           "the sum of hosts.ppm is 5"},
          {"overlap of two lines", "lease",
           R"({"no":"L8","plot":"P8","from":"2024-01-01","to":"2024-03-01"}
{"no":"L9","plot":"P8","from":"2024-02-01"})",
           "overlaps with"},
          {"overlap with what is there", "lease", R"({"no":"L9","plot":"P1","from":"2024-02-01"})",
           "rule=onePerPlot; table=lease; key=L1; other key=L9"},
          {"what is there makes room", "lease",
           R"({"no":"L9","plot":"P1","from":"2024-02-01"}
{"no":"L1","plot":"P1","from":"2024-01-01","to":"2024-02-01"})",
           ""},
          {"shares", "share", R"({"firm":"F1","holder":"a","ppm":500000}
{"firm":"F1","holder":"b","ppm":500000})",
           ""},
          {"shares that are not whole", "share", R"({"firm":"F1","holder":"a","ppm":500000}
{"firm":"F2","holder":"b","ppm":1000000})",
           "the sum of ppm is 500000, but must be 1000000 for firm 'F1'"},
          {"shares with those that are there", "share", R"({"firm":"F3","holder":"a","ppm":400000}
{"firm":"F3","holder":"b","ppm":600000})",
           ""},
          {"lifecycle", "permit", R"({"no":"P9","state":"active"})",
           "a record cannot begin with state 'active'"},
          {"a number that another had", "firm", R"({"no":"F2","number":"31"})",
           "what one had no other gets"},
          {"a number that another gives up", "firm", R"({"no":"F3"}
{"no":"F2","number":"33"})",
           "what one had no other gets"},
      }));
  CAPTURE(name);
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  REQUIRE_OK(database->Put("firm", R"({"no":"F3","number":"31"})"));
  REQUIRE_OK(database->Put("firm", R"({"no":"F3","number":"33"})"));
  REQUIRE_OK(
      database->Put("lease", R"({"no":"L1","plot":"P1","from":"2024-01-01","to":"2025-01-01"})"));
  REQUIRE_OK(database->Put("share", R"({"firm":"F3","holder":"a","ppm":1000000})"));
  const auto version = database->View().version();
  const auto report = Import(*database, directory, table, lines);
  if (*refusal == '\0') {
    CHECK(report.status() == absl::OkStatus());
    REQUIRE_OK_AND_ASSIGN(const AuditReport audit, database->Audit());
    CHECK(audit.violation_count == 0);
    REQUIRE_OK_AND_ASSIGN(const VerifyReport verified, database->Verify());
    CHECK(verified.clean());
    return;
  }
  CHECK_THAT(report.status(), StatusIs(kRefused, refusal));
  CHECK(database->View().version() == version);
}

TEST_CASE("rules: a row that breaks one goes to the rejects", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  REQUIRE_OK_AND_ASSIGN(const ImportReport report,
                        Import(*database, directory, "lease", R"({"no":"L1","firm":"F1"}
{"no":"L2","firm":"F9"}
{"no":"L3","firm":"F2","rent":0}
{"no":"L4","firm":"F2"})",
                               true));
  CHECK(report.records_written == 2);
  CHECK(report.rows_rejected == 2);
  const std::string rejects = testing::ReadFile(directory / "rejects.jsonl");
  CHECK(rejects.find("firm has no such record") != std::string::npos);
  CHECK(rejects.find("does not meet rent > 0") != std::string::npos);
}

// Rows are read and judged ahead of those that are taken in, and what many refer to is looked up in
// another way than what few do: the outcome does not depend on it.
TEST_CASE("rules: many inserted rows are judged each by itself, in their order", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  constexpr int kFirms = 3000;
  std::string firms = "no\n";
  for (int i = 0; i < kFirms; ++i) absl::StrAppend(&firms, "G", i, "\n");
  testing::WriteFile(directory / "firms.csv", firms);
  REQUIRE_OK(database->Import("firm", directory / "firms.csv", {}));
  std::string rows = "no,firm,rent\n";
  std::string refused;
  for (int i = 0; i < 6000; ++i) {
    const int line = i + 2;
    if (i % 700 == 699) {
      absl::StrAppend(&rows, "M", i, ",H", i, ",1\n");
      absl::StrAppend(&refused, line, " firm is 'H", i, "'\n");
    } else if (i % 900 == 899) {
      absl::StrAppend(&rows, "M", i, ",G1,0\n");
      absl::StrAppend(&refused, line, " the record does not meet rent > 0\n");
    } else if (i % 1100 == 1099) {
      // Its key is looked at before its rules.
      absl::StrAppend(&rows, "M0,H,0\n");
      absl::StrAppend(&refused, line, " line 2 has the same key\n");
    } else {
      absl::StrAppend(&rows, "M", i, ",G", i * 7 % kFirms, ",5\n");
    }
  }
  testing::WriteFile(directory / "leases.csv", rows);
  const auto version = database->View().version();
  CHECK_THAT(database->Import("lease", directory / "leases.csv", {}).status(),
             StatusIs(kRefused, "leases.csv:701: firm is 'H699', but firm has no such record"));
  CHECK(database->View().version() == version);
  ImportOptions options;
  options.rejects = directory / "rejects.csv";
  REQUIRE_OK_AND_ASSIGN(const ImportReport report,
                        database->Import("lease", directory / "leases.csv", options));
  const std::vector<std::string> expected = absl::StrSplit(refused, '\n', absl::SkipEmpty());
  CHECK(report.rows_rejected == expected.size());
  CHECK(report.records_written == 6000 - expected.size());
  const std::vector<std::string> rejects =
      absl::StrSplit(testing::ReadFile(*options.rejects), '\n', absl::SkipEmpty());
  REQUIRE(rejects.size() == expected.size() + 1);
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(expected[i], absl::MaxSplits(' ', 1));
    CAPTURE(rejects[i + 1]);
    CHECK(absl::StrContains(rejects[i + 1], absl::StrCat("leases.csv:", parts.first, ": ")));
    CHECK(absl::StrContains(rejects[i + 1], parts.second));
  }
  REQUIRE_OK_AND_ASSIGN(const AuditReport audit, database->Audit());
  CHECK(audit.violation_count == 0);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport verified, database->Verify());
  CHECK(verified.clean());
}

}  // namespace
}  // namespace daftar
