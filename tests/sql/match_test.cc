// MATCH: rows by their names, in statements.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <set>

#include "sql/fixtures.h"

namespace daftar {
namespace {

using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Random;
using testing::Refused;
using testing::SqlRows;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Firm $Daftar.table(name = "firm", key = ["no"])
    $Daftar.search(name = "names", fields = ["name", "former.name"], to = "former.until") {
  no @0 :Text;
  name @1 :Text;
  size @2 :Int32;
  former @3 :List(Former);
}
struct Former { name @0 :Text; until @1 :Int32 $Daftar.date; }
struct Permit $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byFirm", on = ["firm"]) {
  no @0 :Text;
  firm @1 :Text;
}
struct Ship $Daftar.table(name = "ship", key = ["no"])
    $Daftar.search(name = "names", fields = ["ship"]) {
  no @0 :Int64;
  ship @1 :Text;
  rank @2 :Int32;
}
)";

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;

  Opened() {
    database = MakeDatabase(directory, kSchema, InMemory()).value();
    for (const char* firm : {R"({"no": "1", "name": "پارس خودرو", "size": 7})",
                             R"({"no": "2", "name": "Parsian Trade", "size": 3})",
                             R"({"no": "3", "name": "Sahel", "size": 9,
              "former": [{"name": "Pars Darya", "until": "2020-01-01"}]})",
                             R"({"no": "4", "name": "Zagros Steel", "size": 1})"}) {
      REQUIRE_OK(database->Put("firm", firm));
    }
    for (const char* permit : {R"({"no": "p1", "firm": "1"})", R"({"no": "p2", "firm": "3"})",
                               R"({"no": "p3", "firm": "1"})", R"({"no": "p4", "firm": "4"})"}) {
      REQUIRE_OK(database->Put("permit", permit));
    }
    REQUIRE_OK(database->Put("ship", R"({"no": 5, "ship": "Pars", "rank": 9})"));
  }
};

TEST_CASE("sql: MATCH gives the rows whose names are found", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT no, firm, rank FROM firm WHERE firm MATCH 'Pars Khodro' LIMIT 1",
       "'1'|'پارس خودرو'|1"},
      {"SELECT no FROM firm WHERE firm MATCH '\"pars\"' ORDER BY no", "'1' '3'"},
      {"SELECT no, firm FROM firm WHERE firm MATCH '*arsi*'", "'2'|'Parsian Trade'"},
      // A column's names only.
      {"SELECT no FROM firm WHERE name MATCH '\"pars\"'", "'1'"},
      {"SELECT no, firm FROM firm WHERE former MATCH 'pars'", "'3'|'Pars Darya'"},
      // Beside other conditions, orders and limits.
      {"SELECT no FROM firm WHERE firm MATCH '\"pars\"' AND size > 7", "'3'"},
      {"SELECT no FROM firm WHERE firm MATCH '\"pars\"' AND no = '1'", "'1'"},
      {"SELECT no FROM firm WHERE firm MATCH '*pars*' ORDER BY size DESC LIMIT 1", "'3'"},
      {"SELECT no FROM firm WHERE firm MATCH 'zagros steel' ORDER BY rank", "'4'"},
      {"SELECT no FROM firm WHERE firm MATCH 'zagros steel' ORDER BY similarity DESC LIMIT 1",
       "'4'"},
      {"SELECT no FROM firm WHERE firm MATCH '*pars*' ORDER BY rank LIMIT 1 OFFSET 1", "'2'"},
      {"SELECT count(*) FROM firm WHERE firm MATCH '*pars*'", "2"},
      {"SELECT no FROM firm WHERE firm MATCH '*pars*' LIMIT 0", ""},
      {"SELECT no FROM firm WHERE firm MATCH NULL", ""},
      {"SELECT no FROM firm WHERE firm MATCH 'Pars Khodro' AND similarity >= 0.9", "'1'"},
      // Joins, and texts that come from other tables.
      {"SELECT p.no FROM permit p JOIN firm f ON f.no = p.firm WHERE f.firm MATCH '\"pars\"' "
       "ORDER BY p.no",
       "'p1' 'p2' 'p3'"},
      {"SELECT p.no, f.no FROM permit p LEFT JOIN firm f ON f.no = p.firm AND f.firm MATCH 'zagros'"
       " ORDER BY p.no",
       "'p1'|null 'p2'|null 'p3'|null 'p4'|'4'"},
      {"SELECT s.no, f.no FROM ship s JOIN firm f ON f.firm MATCH '\"' || s.ship || '\"' ORDER BY "
       "2",
       "5|'1' 5|'3'"},
      {"SELECT no FROM permit WHERE firm IN (SELECT no FROM firm WHERE firm MATCH 'zagros')",
       "'p4'"},
      {"SELECT no FROM firm WHERE firm MATCH 'zagros' UNION SELECT no FROM firm WHERE size = 9",
       "'3' '4'"},
      // A field that is called like a hidden column takes its place.
      {"SELECT no, ship, rank, similarity FROM ship WHERE ship MATCH 'pars'", "5|'Pars'|9|r1"},
      {"SELECT rank FROM firm WHERE former MATCH 'pars'", "1"},
      // Without MATCH there is nothing to show, and names are what they were.
      {"SELECT firm.firm, similarity, rank FROM firm WHERE no = '1'", "null|null|null"},
      {"SELECT p.no, firm FROM permit p JOIN firm ON firm.no = firm WHERE size = 9", "'p2'|'3'"},
      {"SELECT rank FROM ship JOIN firm ON firm.size < ship.no WHERE size = 3", "9"},
  }));
  CAPTURE(text);
  CHECK(Ask(*sql, text) == expected);
}

TEST_CASE("sql: MATCH reads the moment that its table is read at", "[sql]") {
  const Opened opened;
  const std::string before = "9";  // the commits of Opened
  REQUIRE_OK(opened.database->Put("firm", R"({"no": "4", "name": "Alborz"})"));
  REQUIRE_OK(opened.database->Delete("firm", {"1"}));
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  CHECK(Ask(*sql, "SELECT no FROM firm WHERE firm MATCH 'zagros'") == "");
  CHECK(Ask(*sql, absl::StrCat("SELECT no, name FROM firm('", before,
                               "') f WHERE f.firm MATCH 'zagros'")) == "'4'|'Zagros Steel'");
  CHECK(Ask(*sql, absl::StrCat("SELECT new.no FROM firm('", before,
                               "') old LEFT JOIN firm new USING (no) WHERE old.firm MATCH "
                               "'pars khodro' AND old.similarity > 0.9")) == "null");
}

TEST_CASE("sql: rows found by MATCH are changed and deleted", "[sql]") {
  const Opened opened;
  SqlOptions options;
  options.writable = true;
  auto sql = SqlConnection::Open(*opened.database, options);
  REQUIRE_OK(sql);
  CHECK(Ask(*sql, "UPDATE firm SET size = size + 100 WHERE firm MATCH '\"pars\"'") == "");
  CHECK(Ask(*sql, "SELECT no FROM firm WHERE size > 100 ORDER BY no") == "'1' '3'");
  CHECK(Ask(*sql, "SELECT json_array_length(former) FROM firm WHERE no = '3'") == "1");
  CHECK(Ask(*sql, "DELETE FROM firm WHERE firm MATCH 'zagros'") == "");
  CHECK(Ask(*sql, "SELECT count(*) FROM firm") == "3");
  // What the transaction wrote is found before it commits.
  CHECK(Ask(*sql, "BEGIN") == "");
  CHECK(Ask(*sql, "INSERT INTO firm (no, name) VALUES ('9', 'Kavir Yazd')") == "");
  CHECK(Ask(*sql, "SELECT no FROM firm WHERE firm MATCH 'Kavir'") == "'9'");
  CHECK(Ask(*sql, "ROLLBACK") == "");
  CHECK(Ask(*sql, "SELECT no FROM firm WHERE firm MATCH 'Kavir'") == "");
  CHECK_THAT(Refused(*sql, "INSERT INTO firm (no, firm) VALUES ('10', 'x')"),
             StatusIs(absl::StatusCode::kInvalidArgument, "it shows what MATCH finds"));
}

// The table gets its columns for MATCH in the middle of a transaction that has written to it.
TEST_CASE("sql: the first MATCH of a connection leaves its transaction alone", "[sql]") {
  const Opened opened;
  SqlOptions options;
  options.writable = true;
  auto sql = SqlConnection::Open(*opened.database, options);
  REQUIRE_OK(sql);
  for (const char* statement :
       {"BEGIN", "INSERT INTO firm (no, name) VALUES ('9', 'Kavir Yazd')"}) {
    CHECK(Ask(*sql, statement) == "");
  }
  CHECK(Ask(*sql, "SELECT no FROM firm WHERE firm MATCH 'Kavir'") == "'9'");
  for (const char* statement : {"SAVEPOINT s", "INSERT INTO firm (no) VALUES ('10')",
                                "ROLLBACK TO s", "INSERT INTO firm (no) VALUES ('11')", "COMMIT"}) {
    CHECK(Ask(*sql, statement) == "");
  }
  CHECK(Ask(*sql, "SELECT no FROM firm WHERE no IN ('9', '10', '11') ORDER BY no") == "'11' '9'");
}

TEST_CASE("sql: a MATCH that nothing can answer says why", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto [text, message] = GENERATE(table<const char*, const char*>({
      {"SELECT * FROM firm WHERE size MATCH 'x'",
       "the column has none that $search declares; table=firm; column=size; columns with names="
       "\"firm\".\"name\", \"firm\".\"former\", \"firm\".\"firm\""},
      {"SELECT * FROM firm WHERE rank MATCH 'x'", "the column has none that $search declares"},
      {"SELECT * FROM permit WHERE firm MATCH 'x'",
       "the table declares none; add $search to it; table=permit; column=firm"},
      {"SELECT * FROM permit WHERE permit MATCH 'x'",
       "no such column: permit; MATCH finds names, and the table declares none: add $search"},
      {"SELECT * FROM firm f WHERE f MATCH 'x'",
       "no such column: f; left of MATCH stands a column: after an alias write f.TABLE MATCH"},
      {"SELECT * FROM firm WHERE firm MATCH 'a' AND name MATCH 'b'",
       "a table is asked for one MATCH at a time; put all words into one text"},
      {"SELECT * FROM firm WHERE firm MATCH 'x' OR size = 3", "for OR, join two SELECTs by UNION"},
      {"SELECT firm MATCH 'x' FROM firm", "MATCH finds rows of a table whose names"},
      {"SELECT * FROM \"firm.former\" WHERE name MATCH 'x'", "for names in lists, MATCH the table"},
      {"SELECT * FROM firm WHERE firm MATCH '!'", "there is nothing to search for"},
      {"SELECT firm FROM permit, firm WHERE firm.firm MATCH 'x'",
       "ambiguous column name: firm; it is a field, and what MATCH looks in; write which one, as"},
  }));
  CAPTURE(text);
  CHECK_THAT(Refused(*sql, text), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("sql: statements that were there before the first MATCH go on", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  auto running = sql->Prepare("SELECT no FROM firm ORDER BY no");
  REQUIRE_OK(running);
  auto waiting = sql->Prepare("SELECT count(*) FROM firm WHERE size > 2");
  REQUIRE_OK(waiting);
  REQUIRE_OK_AND_ASSIGN(const bool first, running->Next());
  REQUIRE(first);
  CHECK(Ask(*sql,
            "CREATE TEMP VIEW found AS SELECT no, rank FROM firm WHERE firm MATCH 'zagros'") == "");
  CHECK(Ask(*sql, "SELECT * FROM found") == "'4'|1");
  REQUIRE_OK_AND_ASSIGN(const bool second, running->Next());
  REQUIRE(second);
  CHECK(running->value(0) == Value("2"));
  CHECK(SqlRows(*waiting).value() == std::vector<std::string>{"3"});
}

TEST_CASE("sql: MATCH shows its plan and says when names were left out", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  auto ranked = sql->Prepare("SELECT no FROM firm WHERE firm MATCH 'pars' ORDER BY rank LIMIT 1");
  REQUIRE_OK(ranked);
  REQUIRE_OK_AND_ASSIGN(const std::string plan, ranked->Explain());
  CHECK(plan == "SCAN firm VIRTUAL TABLE INDEX 8:by names for firm; order rank\n");
  CHECK(SqlRows(*ranked).value().size() == 1);
  auto sorted = sql->Prepare("SELECT no FROM firm WHERE name MATCH 'pars' ORDER BY rank DESC");
  REQUIRE_OK(sorted);
  REQUIRE_OK_AND_ASSIGN(const std::string sorts, sorted->Explain());
  CHECK(sorts ==
        "SCAN firm VIRTUAL TABLE INDEX 8:by names for name\nUSE TEMP B-TREE FOR ORDER BY\n");

  Batch batch = opened.database->NewBatch();
  constexpr int kMoreThanAreLookedAt = 3000;
  for (int i = 0; i < kMoreThanAreLookedAt; ++i) {
    REQUIRE_OK(
        batch.Put("firm", absl::StrCat(R"({"no": "n)", i, R"(", "name": "Noor )", i, "\"}")));
  }
  REQUIRE_OK(opened.database->Commit(std::move(batch)));
  auto many = sql->Prepare("SELECT count(*) FROM firm WHERE firm MATCH 'noor'");
  REQUIRE_OK(many);
  CHECK(SqlRows(*many).value() == std::vector<std::string>{"1000"});
  CHECK(many->names_left_out());
  auto one = sql->Prepare("SELECT no FROM firm WHERE firm MATCH 'zagros steel'");
  REQUIRE_OK(one);
  CHECK(SqlRows(*one).value() == std::vector<std::string>{"'4'"});
  CHECK_FALSE(one->names_left_out());
}

// The words of a random name; few, so that many names share some.
constexpr const char* kWords[] = {"Pars",  "Noor", "Sahel", "پارس", "Zagros",
                                  "Steel", "شیر",  "Kavir", "نور",  "Trade"};

TEST_CASE("sql: MATCH finds what Database::Search finds", "[sql][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const Opened opened;
  constexpr int kFirms = 60;
  for (int i = 0; i < kFirms; ++i) {
    REQUIRE_OK(opened.database->Put(
        "firm", absl::StrCat(R"({"no": "r)", i, R"(", "size": )", random.Below(5), R"(, "name": ")",
                             random.Pick(kWords), " ", random.Pick(kWords), "\"}")));
  }
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  constexpr int kQueries = 40;
  for (int i = 0; i < kQueries; ++i) {
    SearchQuery query;
    query.table = "firm";
    query.text = random.Pick(kWords);
    if (random.OneIn(2)) absl::StrAppend(&query.text, " ", random.Pick(kWords));
    std::string text = query.text;
    if (random.OneIn(3)) {
      query.mode = SearchMode::kWord;
      text = absl::StrCat("\"", text, "\"");
    } else if (random.OneIn(2)) {
      query.mode = SearchMode::kSubstring;
      text = absl::StrCat("*", text, "*");
    }
    constexpr size_t kLimitMax = 1000;
    query.limit = kLimitMax;
    CAPTURE(text);
    REQUIRE_OK_AND_ASSIGN(const SearchResult result, opened.database->Search(query));
    std::string all;
    std::set<std::string> keys;
    for (const SearchHit& hit : result.hits) {
      absl::StrAppend(&all, all.empty() ? "" : " ", testing::Shown(hit.key[0]), "|",
                      testing::Shown(Value(hit.text)));
      keys.insert(testing::Shown(hit.key[0]));
    }
    CHECK(Ask(*sql, absl::StrCat("SELECT no, firm FROM firm WHERE firm MATCH '", text,
                                 "' ORDER BY rank")) == all);
    // Another condition leaves of them what it leaves of the table.
    REQUIRE_OK_AND_ASSIGN(const auto small, SqlRows(*sql, "SELECT no FROM firm WHERE size < 2"));
    std::vector<std::string> both;
    std::copy_if(small.begin(), small.end(), std::back_inserter(both),
                 [&](const std::string& key) { return keys.count(key) > 0; });
    CHECK(SqlRows(*sql, absl::StrCat("SELECT no FROM firm WHERE size < 2 AND firm MATCH '", text,
                                     "' ORDER BY no"))
              .value() == both);
  }
}

}  // namespace
}  // namespace daftar
