// COLLATE persian, urdu, arabic: what is ordered and compared by them, and that no index is.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

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
    $Daftar.index(name = "byName", on = ["name"])
    $Daftar.index(name = "byNameDown", on = ["name desc"], covering = ["size"]) {
  no @0 :Int64;
  name @1 :Text;
  size @2 :Int32;
}
)";

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;

  Opened() {
    database = MakeDatabase(directory, kSchema, InMemory()).value();
    int no = 0;
    for (const char* name :
         {"گل", "کار", "پارس", "تاج", "ابر", "یزد", "هما", "وب", "كاج", "Zagros"}) {
      ++no;
      REQUIRE_OK(database->Put("firm", absl::StrCat(R"({"no": )", no, R"(, "name": ")", name,
                                                    R"(", "size": )", no % 3, "}")));
    }
  }
};

TEST_CASE("sql: texts are ordered and compared as a language does", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT name FROM firm ORDER BY name COLLATE persian",
       "'ابر' 'پارس' 'تاج' 'كاج' 'کار' 'گل' 'وب' 'هما' 'یزد' 'Zagros'"},
      {"SELECT name FROM firm ORDER BY name COLLATE urdu LIMIT 3", "'ابر' 'پارس' 'تاج'"},
      {"SELECT name FROM firm WHERE name COLLATE arabic IN ('هما', 'وب') ORDER BY name COLLATE "
       "arabic",
       "'هما' 'وب'"},
      {"SELECT name FROM firm ORDER BY name COLLATE Persian DESC LIMIT 2", "'Zagros' 'یزد'"},
      {"SELECT name FROM firm WHERE name COLLATE persian > 'ک' AND name < 'م' COLLATE persian "
       "ORDER BY 1 COLLATE persian",
       "'كاج' 'کار' 'گل'"},
      {"SELECT name FROM firm WHERE name COLLATE persian BETWEEN 'ب' AND 'ت'", "'پارس'"},
      {"SELECT max(name COLLATE persian) FROM firm WHERE name != 'Zagros'", "'یزد'"},
      {"SELECT count(*) FROM firm WHERE name = 'گ\u200cل' COLLATE persian", "1"},
      {"SELECT count(*) FROM firm WHERE name = 'گ\u200cل'", "0"},
      {"SELECT size, min(name COLLATE persian) FROM firm GROUP BY size ORDER BY size",
       "0|'پارس' 1|'تاج' 2|'ابر'"},
      {"SELECT group_concat(name) FROM (SELECT name FROM firm WHERE size = 1 ORDER BY name COLLATE "
       "persian)",
       "'تاج,گل,هما,Zagros'"},
  }));
  CAPTURE(text);
  CHECK(Ask(*sql, text) == expected);
}

TEST_CASE("sql: no index is read in the order of a language", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto plan = [&](const char* text) {
    auto statement = sql->Prepare(text);
    REQUIRE_OK(statement);
    return statement->Explain().value();
  };
  CHECK(plan("SELECT name FROM firm ORDER BY name") ==
        "SCAN firm VIRTUAL TABLE INDEX 0:by index byName; order name; read no record: name\n");
  CHECK(plan("SELECT no FROM firm ORDER BY name COLLATE persian").find("USE TEMP B-TREE") !=
        std::string::npos);
  CHECK(plan("SELECT no FROM firm WHERE name > 'ک' COLLATE persian").find("where") ==
        std::string::npos);
  CHECK(plan("SELECT no FROM firm WHERE name > 'ک'").find("where name > literal") !=
        std::string::npos);
}

TEST_CASE("sql: a collation that is not there is refused with those there are", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  CHECK_THAT(
      Refused(*sql, "SELECT no FROM firm ORDER BY name COLLATE farsi"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "no such collation sequence: farsi; collations=persian, urdu, arabic, BINARY"));
}

// A plain TEMP table has no index that a wrong plan could read.
TEST_CASE("sql: orders and comparisons by a collation are those of a plain table",
          "[sql][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const Opened opened;
  static constexpr const char* kNames[] = {"ک", "ك", "گ", "پ", "ب", "کا", "كب", "و", "ه", "ی", "ي"};
  static constexpr const char* kOperators[] = {"<", "<=", "=", ">=", ">", "IS", "!="};
  static constexpr const char* kCollations[] = {"persian", "urdu", "arabic", "BINARY"};
  constexpr int kRows = 100;
  for (int i = 0; i < kRows; ++i) {
    REQUIRE_OK(opened.database->Put(
        "firm", absl::StrCat(R"({"no": )", 100 + i, R"(, "name": ")", random.Pick(kNames),
                             random.Pick(kNames), R"(", "size": )", random.Below(4), "}")));
  }
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  REQUIRE(Ask(*sql, "CREATE TEMP TABLE plain AS SELECT no, name, size FROM firm") == "");
  constexpr int kQueries = 150;
  for (int i = 0; i < kQueries; ++i) {
    const std::string collation = random.Pick(kCollations);
    std::string rest = absl::StrCat(" WHERE name ", random.Pick(kOperators), " '",
                                    random.Pick(kNames), "' COLLATE ", collation);
    if (random.OneIn(3)) absl::StrAppend(&rest, " AND size = ", random.Below(4));
    absl::StrAppend(&rest, " ORDER BY name COLLATE ", random.Pick(kCollations),
                    random.OneIn(2) ? " DESC" : "", ", no");
    if (random.OneIn(2)) absl::StrAppend(&rest, " LIMIT ", random.Below(20));
    CAPTURE(rest);
    REQUIRE_OK_AND_ASSIGN(const auto expected,
                          SqlRows(*sql, absl::StrCat("SELECT no, name FROM plain", rest)));
    REQUIRE_OK_AND_ASSIGN(const auto actual,
                          SqlRows(*sql, absl::StrCat("SELECT no, name FROM firm", rest)));
    CHECK(actual == expected);
  }
}

}  // namespace
}  // namespace daftar
