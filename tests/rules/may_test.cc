// May this permit go to that state, now, by me? If not, why?

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "absl/strings/str_join.h"
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

TEST_CASE("may: says whether an act is possible, and if not, why", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory, ZoneSchemaWithoutRules());
  REQUIRE_OK(database->Put("permit", PermitJson("P1", "submitted", R"("reviewer":"carla")")));
  REQUIRE_OK(database->Put("permit", PermitJson("P2", "active", R"("validTo":"2024-11-30")")));
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  REQUIRE_OK(database->ApplySchema({directory / "rules.capnp", {}}));
  struct Case {
    const char* name;
    const char* no;
    const char* act;
    CommitOptions commit;
    Date on;
    const char* from;
    const char* obstacles;
  };
  const Date december{20061};  // 2024-12-04
  const std::vector<Case> cases = {
      {"possible", "P1", "review", By("carla"), december, "submitted", ""},
      {"by another", "P1", "review", By("bo"), december, "submitted",
       "it takes the role clerk, and bo does not have it | reviewer must hold who acts, 'bo', and "
       "holds 'carla'"},
      {"from elsewhere", "P1", "issue", By("carla"), december, "submitted",
       "the act does not start from 'submitted'; allowed from there: review (to underReview)"},
      {"in time", "P2", "renew", By("bo"), december, "expired", ""},
      {"too late", "P2", "renew", By("bo"), Date{20150}, "expired",
       "it takes the role board, and bo has it until before 2025-01-01, from 2025-06-01 on | it is "
       "possible from 2024-09-01 to 2024-12-30, as validTo is 2024-11-30, and not on 2025-03-03"},
      {"still running", "P2", "lapse", By("bo"), Date{20050}, "active",
       "the act does not start from 'active'; allowed from there: suspend (to suspended), renew "
       "(to "
       "active)"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    REQUIRE_OK_AND_ASSIGN(const MayAnswer answer,
                          database->May("permit", {test.no}, test.act, test.commit, test.on));
    CHECK(answer.from == test.from);
    CHECK(absl::StrJoin(answer.obstacles, " | ") == test.obstacles);
    CHECK(answer.allowed == (*test.obstacles == '\0'));
    CHECK(answer.violations.empty());
  }
  CHECK_THAT(
      database->May("permit", {"P9"}, "review").status(),
      StatusIs(absl::StatusCode::kNotFound, "no record with this key; table=permit; key=P9"));
  CHECK_THAT(database->May("permit", {"P1"}, "burn").status(),
             StatusIs(absl::StatusCode::kNotFound, "act=burn; acts=submit, review"));
}

TEST_CASE("may: names the other rules that the record would break", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory, ZoneSchemaWithoutRules());
  REQUIRE_OK(database->Put(
      "permit", PermitJson("P1", "underReview",
                           R"("reviewer":"both","approver":"both","validTo":"2025-01-01")")));
  testing::WriteFile(directory / "rules.capnp", ZoneSchema());
  REQUIRE_OK(database->ApplySchema({directory / "rules.capnp", {}}));
  REQUIRE_OK_AND_ASSIGN(const MayAnswer answer,
                        database->May("permit", {"P1"}, "approve", By("both", "ZC/7/2")));
  CHECK(!answer.allowed);
  CHECK(answer.obstacles.empty());
  REQUIRE(answer.violations.size() == 1);
  CHECK(answer.violations[0].rule == "fourEyes");
}

}  // namespace
}  // namespace daftar
