// Rules over imports, which write sorted runs and not batches.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "absl/strings/str_cat.h"
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

}  // namespace
}  // namespace daftar
