// One commit that breaks each kind of rule, and the refusal in full.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rules/zone_book.h"

namespace daftar {
namespace {

using testing::By;
using testing::NewZoneBook;
using testing::StatusIs;
using testing::TempDir;

constexpr auto kRefused = absl::StatusCode::kFailedPrecondition;

// Puts and deletes, as one commit: "table {json}" or "delete table key".
absl::Status Commit(Database& database, const std::vector<std::string>& writes,
                    const CommitOptions& options = {}) {
  Batch batch = database.NewBatch();
  for (const std::string& write : writes) {
    const size_t space = write.find(' ');
    const std::string first = write.substr(0, space);
    const std::string rest = write.substr(space + 1);
    if (first == "delete") {
      const size_t next = rest.find(' ');
      if (auto status = batch.Delete(rest.substr(0, next), {rest.substr(next + 1)}); !status.ok()) {
        return status;
      }
    } else if (auto status = batch.Put(first, rest); !status.ok()) {
      return status;
    }
  }
  return database.Commit(std::move(batch), options).status();
}

std::string Lease(const char* no, const char* from, const char* to, const char* more = "") {
  std::string json = absl::StrCat(R"(lease {"no":")", no, R"(","plot":"P1","firm":"F1")");
  if (*from != '\0') absl::StrAppend(&json, R"(,"from":")", from, "\"");
  if (*to != '\0') absl::StrAppend(&json, R"(,"to":")", to, "\"");
  return absl::StrCat(json, more, "}");
}

std::string Share(const char* holder, int ppm, const char* more = "") {
  return absl::StrCat(R"(share {"firm":"F1","holder":")", holder, R"(","ppm":)", ppm, more, "}");
}

std::string Payment(const char* no, const char* kind, int cents) {
  return absl::StrCat(R"(payment {"no":")", no, R"(","project":"J1","currency":"USD","kind":")",
                      kind, R"(","cents":)", cents, "}");
}

TEST_CASE("rules: what a commit may and may not do", "[rules]") {
  struct Case {
    const char* name;
    std::vector<std::string> before;  // one commit, which goes through
    std::vector<std::string> writes;
    const char* refusal;  // empty: it goes through, too
  };
  const std::vector<Case> cases = {
      {"a reference to what is not there",
       {},
       {R"(lease {"no":"L1","firm":"F9"})"},
       "firm is 'F9', but firm has no such record; put that one first or in the same commit; "
       "rule=firm; table=lease; key=L1"},
      {"a reference to what comes with it",
       {},
       {R"(lease {"no":"L1","firm":"F9"})", R"(firm {"no":"F9"})"},
       ""},
      {"a reference that is not set", {}, {R"(lease {"no":"L1"})"}, ""},
      {"a reference to itself", {}, {R"(firm {"no":"F9","parent":"F9"})"}, ""},
      {"deleting what is referred to",
       {R"(lease {"no":"L1","firm":"F2"})"},
       {"delete firm F2"},
       "the record cannot be deleted while lease refers to it by firm; rule=firm; table=firm; "
       "key=F2; other table=lease; other key=L1"},
      {"deleting both",
       {R"(lease {"no":"L1","firm":"F2"})"},
       {"delete firm F2", "delete lease L1"},
       ""},
      {"deleting what may be gone",
       {R"(share {"firm":"F2","holder":"x","ppm":1000000})"},
       {"delete firm F2"},
       ""},
      {"leases one after the other",
       {Lease("L1", "2024-01-01", "2025-01-01")},
       {Lease("L2", "2025-01-01", "")},
       ""},
      {"leases that overlap",
       {Lease("L1", "2024-01-01", "2025-01-01")},
       {Lease("L2", "2024-12-31", "2026-01-01")},
       "[2024-12-31, 2026-01-01) overlaps with [2024-01-01, 2025-01-01) of plot 'P1'; this one may "
       "begin on 2025-01-01; rule=onePerPlot; table=lease; key=L2; other key=L1"},
      {"a lease that reaches into the next",
       {Lease("L1", "2024-01-01", "2025-01-01")},
       {Lease("L2", "2023-01-01", "")},
       "[2023-01-01, open) overlaps with [2024-01-01, 2025-01-01) of plot 'P1'; this one may last "
       "until 2024-01-01"},
      {"a lease inside an open one",
       {Lease("L1", "", "")},
       {Lease("L2", "2024-01-01", "2024-02-01")},
       "end that one first"},
      {"two leases of one commit",
       {},
       {Lease("L1", "2024-01-01", "2025-01-01"), Lease("L2", "2024-06-01", "2024-07-01")},
       "overlaps"},
      {"two leases that exchange their times",
       {Lease("L1", "2024-01-01", "2025-01-01"), Lease("L2", "2025-01-01", "2026-01-01")},
       {Lease("L2", "2024-01-01", "2025-01-01"), Lease("L1", "2025-01-01", "2026-01-01")},
       ""},
      {"an empty lease inside another",
       {Lease("L1", "2024-01-01", "2025-01-01")},
       {Lease("L2", "2024-06-01", "2024-06-01")},
       ""},
      {"a lease beyond an empty one",
       {Lease("L1", "2024-01-01", "2025-01-01"), Lease("L2", "2024-06-01", "2024-06-01")},
       {Lease("L3", "2024-07-01", "2024-08-01")},
       "other key=L1"},
      {"a condition",
       {},
       {Lease("L1", "", "", R"(,"rent":0)")},
       "the record does not meet rent > 0; it has rent 0; rule=rentIsPositive; table=lease; "
       "key=L1"},
      {"a condition that is reported only", {}, {Lease("L1", "2025-01-01", "2024-01-01")}, ""},
      {"shares that make a whole", {}, {Share("a", 600000), Share("b", 400000)}, ""},
      {"shares that do not",
       {},
       {Share("a", 600000), Share("b", 300000)},
       "the sum of ppm is 900000, but must be 1000000 for firm 'F1'; rule=whole; table=share; "
       "key=F1, a"},
      {"a share that goes away",
       {Share("a", 600000), Share("b", 400000)},
       {R"(share {"firm":"F1","holder":"b","ppm":399999})"},
       "the sum of ppm is 999999"},
      {"a share that changes hands on a day",
       {Share("a", 1000000, R"(,"to":"2024-05-01")")},
       {Share("b", 1000000, R"(,"from":"2024-05-01")")},
       ""},
      {"a share that is nobody's for a month",
       {Share("a", 500000), Share("b", 500000)},
       {Share("b", 500000, R"(,"to":"2024-05-01")"), Share("c", 500000, R"(,"from":"2024-06-01")")},
       "the sum of ppm is 500000, but must be 1000000 for firm 'F1' from 2024-05-01 on"},
      {"payments within what was promised",
       {Payment("1", "commitment", 100)},
       {Payment("2", "paid", 60), Payment("3", "paid", 40)},
       ""},
      {"payments beyond it",
       {Payment("1", "commitment", 100), Payment("2", "paid", 60)},
       {Payment("3", "paid", 41)},
       "the sum of cents is 101, but must be at most 100 for project 'J1', currency 'USD'"},
      {"a promise taken back",
       {Payment("1", "commitment", 100), Payment("2", "paid", 60)},
       {"delete payment 1"},
       "the sum of cents is 60, but must be at most 0"},
      {"a reversal",
       {Payment("1", "commitment", 100), Payment("2", "paid", 60)},
       {Payment("3", "paid", 50), Payment("4", "paid", -10)},
       ""},
      {"shares inside a record",
       {},
       {R"(firm {"no":"F9","hosts":[{"country":"IR","ppm":500000},)"
        R"({"country":"PK","ppm":499999}]})"},
       "the sum of hosts.ppm is 999999, but must be 1000000; rule=hosts; table=firm; key=F9"},
      {"numbers of their schemes",
       {},
       {R"(firm {"no":"F9","ids":[{"scheme":"ir-legal-id","value":"۱۰۳۸۰۲۸۴۷۹۰"},)"
        R"({"scheme":"own","value":"1"}]})"},
       ""},
      {"a number with a wrong digit",
       {},
       {R"(firm {"no":"F9","ids":[{"scheme":"ir-legal-id","value":"10380284791"}]})"},
       "ids.value '10380284791': the check digit does not fit"},
      {"a number that is reported only",
       {},
       {R"(firm {"no":"F9","ids":[{"scheme":"isin","value":"IRO1MSMI0001"}]})"},
       ""},
      {"no shares inside a record", {}, {R"(firm {"no":"F9","hosts":[]})"}, ""},
      {"a number that another had",
       {R"(firm {"no":"F1","number":"11"})", R"(firm {"no":"F3"})"},
       {R"(firm {"no":"F1","number":"12"})", R"(firm {"no":"F2","number":"11"})"},
       "another record had number '11', and what one had no other gets; rule=byNumber; table=firm; "
       "key=F2; other key=F1"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.name);
    const TempDir directory;
    const auto database = NewZoneBook(directory);
    if (!test.before.empty()) REQUIRE_OK(Commit(*database, test.before));
    const auto version = database->View().version();
    const absl::Status status = Commit(*database, test.writes);
    if (*test.refusal == '\0') {
      CHECK(status == absl::OkStatus());
      continue;
    }
    CHECK_THAT(status, StatusIs(kRefused, test.refusal));
    CHECK(database->View().version() == version);
  }
}

TEST_CASE("rules: a number is never given again, also much later", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  REQUIRE_OK(Commit(*database, {R"(firm {"no":"F1","number":"11"})"}));
  REQUIRE_OK(Commit(*database, {R"(firm {"no":"F1"})"}));
  REQUIRE_OK(Commit(*database, {R"(firm {"no":"F3"})"}));
  CHECK_THAT(Commit(*database, {R"(firm {"no":"F2","number":"11"})"}),
             StatusIs(kRefused, "what one had no other gets"));
  // Its own it may have again.
  CHECK(Commit(*database, {R"(firm {"no":"F1","number":"11"})"}) == absl::OkStatus());
}

TEST_CASE("rules: a commit rests on a decision that is in the book", "[rules]") {
  const TempDir directory;
  const auto database = NewZoneBook(directory);
  const auto [name, decision, refusal] = GENERATE(table<const char*, const char*, const char*>({
      {"one that was made", "ZC/7/2", ""},
      {"one that is not there", "ZC/77", "the decision is not in the book"},
      {"of the future", "ZC/8", "the decision is of 2999-01-01, which is in the future"},
      {"without a day", "ZC/9", "the decision has no day; nothing rests on it yet"},
      {"without its parts", "ZC", "a decision is named by 2 parts joined by '/'"},
  }));
  CAPTURE(name);
  const absl::Status status = Commit(*database, {R"(firm {"no":"F9"})"}, By("bo", decision));
  if (*refusal == '\0') {
    CHECK(status == absl::OkStatus());
  } else {
    CHECK_THAT(status, StatusIs(kRefused, refusal));
  }
}

TEST_CASE("rules: a schema whose rules say nothing is refused", "[rules]") {
  const auto [name, rule, cause] = GENERATE(table<const char*, const char*, const char*>({
      {"table", R"($Daftar.reference(name = "r", on = ["a"], table = "x"))", "no such table"},
      {"count", R"($Daftar.reference(name = "r", on = ["a", "b"], table = "t"))",
       "one path for each part of the key"},
      {"type", R"($Daftar.reference(name = "r", on = ["b"], table = "t"))", "of another type"},
      {"index of a reference", R"($Daftar.reference(name = "r", on = ["a"], table = "t"))",
       R"(declare it; index=$index(on = ["a"]))"},
      {"index of an exclusion",
       R"($Daftar.exclusive(name = "r", by = ["a"], from = "b", to = "c"))",
       R"(index=$index(on = ["a", "b"], covering = ["c"]))"},
      {"interval of text", R"($Daftar.exclusive(name = "r", from = "a", to = "b"))",
       "a date, an instant or a whole number"},
      {"sum of text", R"($Daftar.sumsTo(name = "r", sum = "a", by = ["b"]))",
       "only integers and decimals"},
      {"sum of nothing", R"($Daftar.sumsTo(name = "r", sum = "b"))", "what makes a group in `by`"},
      {"condition", R"($Daftar.check(name = "r", expression = "d > 1"))", "no such column: d"},
      {"condition with a question",
       R"x($Daftar.check(name = "r", expression = "a IN (SELECT 1)"))x", "subqueries prohibited"},
      {"lifecycle of text", R"($Daftar.lifecycle(name = "r", field = "a"))", "an enumeration"},
      {"state", R"($Daftar.lifecycle(name = "r", field = "e", initial = ["z"]))",
       "no such state; state=z; states=x, y"},
      {"no beginning", R"($Daftar.lifecycle(name = "r", field = "e"))", "`initial` names no state"},
      {"act without change",
       R"($Daftar.lifecycle(name = "r", field = "e", initial = ["x"],
          acts = [(name = "n", from = ["x"], to = "x")]))",
       "must say in `changes`"},
      {"roles without powers",
       R"($Daftar.lifecycle(name = "r", field = "e", initial = ["x"],
          acts = [(name = "n", from = ["x"], to = "y", by = ["clerk"])]))",
       "put $powers on one"},
      {"scheme", R"($Daftar.identifier(name = "r", value = "a", scheme = "x"))",
       "there is no such scheme; scheme=x; schemes=lei"},
      {"no scheme", R"($Daftar.identifier(name = "r", value = "a"))",
       "either `scheme` or `schemeIn`"},
      {"two of a name",
       R"($Daftar.check(name = "r", expression = "b > 1")
          $Daftar.check(name = "r", expression = "b > 2"))",
       "two rules of the table have one name"},
  }));
  CAPTURE(name);
  const TempDir directory;
  testing::WriteFile(directory / "schema.capnp", absl::StrCat(R"(@0xbf5147cbbecf40c1;
using Daftar = import "/daftar/daftar.capnp";
struct T $Daftar.table(name = "t", key = ["a"]) )",
                                                              rule, R"( {
  a @0 :Text;
  b @1 :Int32;
  c @2 :Int32;
  e @3 :E;
  enum E { x @0; y @1; }
})"));
  const auto made = Database::Create(directory / "db", {directory / "schema.capnp", {}});
  CHECK_THAT(made.status(), StatusIs(absl::StatusCode::kInvalidArgument, cause));
}

}  // namespace
}  // namespace daftar
