// The lists of records as tables.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "absl/strings/str_cat.h"
#include "sql/fixtures.h"

namespace daftar {
namespace {

using Catch::Matchers::ContainsSubstring;
using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Random;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Firm $Daftar.table(name = "firm", key = ["no"])
    $Daftar.index(name = "byName", on = ["names.text"])
    $Daftar.index(name = "byTag", on = ["tags"])
    $Daftar.index(name = "shares", on = ["parts.owner", "parts.share desc"]) {
  no @0 :UInt32;
  names @1 :List(Name);
  tags @2 :List(Text);
  parts @3 :List(Part);
  home :group { phones @4 :List(Text); }
  seat @5 :Seat;
  scores :union { none @6 :Void; list @7 :List(Int16); }
}
struct Name { lang @0 :Text; text @1 :Text; no @2 :UInt8;
  since :union { none @3 :Void; day @4 :Int32 $Daftar.date; } }
struct Part { owner @0 :Text; share @1 :Int32 $Daftar.decimal(2); steps @2 :List(Step); }
struct Step { at @0 :UInt16; place :group { town @1 :Text; } }
struct Seat { rooms @0 :List(Room); }
struct Room { size @0 :UInt16; inner @1 :List(Room); }
)";

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database = MakeDatabase(directory, kSchema, InMemory()).value();

  void Put(const std::string& json) {
    REQUIRE_OK(database->Put("firm", json, WriteIntent::kUpsert, CommitOptions()));
  }
  std::string Answer(const std::string& text) const {
    auto sql = SqlConnection::Open(*database, {});
    REQUIRE_OK(sql);
    return Ask(*sql, text);
  }
};

TEST_CASE("sql: lists are tables", "[sql]") {
  Opened opened;
  opened.Put(R"({"no": 1, "names": [{"lang": "fa", "text": "پارس", "since": "2020-01-02"},
    {"lang": "en", "text": "Pars", "no": 7}], "tags": ["a", "b"],
    "parts": [{"owner": "X", "share": "12.50", "steps": [{"at": 3, "place": {"town": "Yazd"}},
                                                      {"at": 4}]},
              {"share": "-0.01"}, {"owner": "Y", "steps": [{"at": 5}]}],
    "home": {"phones": ["021"]}, "seat": {"rooms": [{"size": 2, "inner": [{"size": 1}]}]},
    "scores": [5, -6]})");
  opened.Put(R"({"no": 2, "names": [{"lang": "en", "text": "Indus"}], "tags": []})");
  opened.Put(R"({"no": 3})");
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT * FROM \"firm.names\"",
       "1|0|'fa'|'پارس'|0|'2020-01-02' 1|1|'en'|'Pars'|7|null 2|0|'en'|'Indus'|0|null"},
      {"SELECT no, position, \"names.no\" FROM \"firm.names\" WHERE \"names.no\" = 7", "1|1|7"},
      {"SELECT * FROM \"firm.tags\"", "1|0|'a' 1|1|'b'"},
      {"SELECT * FROM \"firm.parts\"", "1|0|'X'|r12.5 1|1|null|r-0.01 1|2|'Y'|r0"},
      {"SELECT sum(\"share.unscaled\") FROM \"firm.parts\"", "1249"},
      {"SELECT * FROM \"firm.parts.steps\"", "1|0|0|3|'Yazd' 1|0|1|4|null 1|2|0|5|null"},
      {"SELECT \"parts.position\", position FROM \"firm.parts.steps\" WHERE at > 3", "0|1 2|0"},
      {"SELECT * FROM \"firm.home.phones\"", "1|0|'021'"},
      {"SELECT * FROM \"firm.seat.rooms\"", "1|0|2"},
      {"SELECT * FROM \"firm.scores\"", "1|0|5 1|1|-6"},
      {"SELECT no FROM firm WHERE no IN (SELECT no FROM \"firm.names\" WHERE text = 'Indus')", "2"},
      {"SELECT f.no, n.text FROM firm f LEFT JOIN \"firm.names\" n ON n.no = f.no AND n.lang = 'en'"
       " ORDER BY f.no",
       "1|'Pars' 2|'Indus' 3|null"},
      {"SELECT count(*) FROM \"firm.names\"('1')", "2"},
      {"SELECT as_of, text FROM \"firm.names\" WHERE as_of = '1' AND lang = 'en'", "'1'|'Pars'"},
      {"SELECT lang, count(*) FROM \"firm.names\" GROUP BY lang ORDER BY lang", "'en'|2 'fa'|1"},
      {"SELECT no FROM \"firm.names\" WHERE since >= '2020'", "1"},
      {"SELECT no FROM \"firm.names\" WHERE text LIKE 'pa%'", "1"},
      {"SELECT no FROM \"firm.parts\" WHERE owner IS NULL", "1"},
      // Rows that the one part of an OR finds are not those that the other finds.
      {"SELECT no, text FROM \"firm.names\" WHERE no = 1 OR text = 'Indus' ORDER BY no, position",
       "1|'پارس' 1|'Pars' 2|'Indus'"},
      {"SELECT no, text FROM \"firm.names\" WHERE no = 1 OR text = 'Pars' ORDER BY position",
       "1|'پارس' 1|'Pars'"},
  }));
  CAPTURE(text);
  CHECK(opened.Answer(text) == expected);
}

TEST_CASE("sql: elements are found by the indexes of their lists", "[sql]") {
  Opened opened;
  for (int i = 0; i < 200; ++i) {
    opened.Put(absl::StrCat(R"({"no": )", i, R"(, "names": [{"text": "n)", i, R"("}]})"));
  }
  auto sql = SqlConnection::Open(*opened.database, {});
  REQUIRE_OK(sql);
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement,
                        sql->Prepare("SELECT no FROM \"firm.names\" WHERE text = 'n77'"));
  REQUIRE_OK_AND_ASSIGN(const bool found, statement.Next());
  REQUIRE(found);
  CHECK(*statement.value(0).get_if<int64_t>() == 77);
  statement.Reset();
  CHECK(statement.counts().entries_read <= 1);
  REQUIRE_OK_AND_ASSIGN(const SqlStatement join,
                        sql->Prepare("SELECT f.no FROM \"firm.names\" n JOIN firm f USING (no)"
                                     " WHERE n.text = 'n77'"));
  REQUIRE_OK_AND_ASSIGN(const std::string plan, join.Explain());
  CHECK_THAT(plan, ContainsSubstring("where text = ?"));
  CHECK_THAT(plan, ContainsSubstring("SCAN f VIRTUAL TABLE INDEX 0:by primary key where no = ?"));
}

TEST_CASE("sql: lists answer as json_each does", "[sql][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  Opened opened;
  const auto text = [&](int n) { return std::string(1, static_cast<char>('a' + random.Below(n))); };
  for (int i = 0; i < 120; ++i) {
    std::string names;
    for (int n = random.Below(4); n > 0; --n) {
      absl::StrAppend(&names, names.empty() ? "" : ",", R"({"lang": ")", text(3), R"(")");
      if (random.Below(4) != 0) absl::StrAppend(&names, R"(, "text": ")", text(6), R"(")");
      absl::StrAppend(&names, R"(, "no": )", random.Below(5), "}");
    }
    opened.Put(absl::StrCat(R"({"no": )", i, R"(, "names": [)", names, "]}"));
  }
  auto sql = SqlConnection::Open(*opened.database, {});
  REQUIRE_OK(sql);
  const std::string by_json =
      "(SELECT no, j.key AS position, j.value ->> 'lang' AS lang, j.value ->> 'text' AS text,"
      " coalesce(j.value ->> 'no', 0) AS \"names.no\" FROM firm, json_each(firm.names) j)";
  for (int round = 0; round < 300; ++round) {
    std::string where = " WHERE 1";
    const auto add = [&](const auto&... parts) { absl::StrAppend(&where, " AND ", parts...); };
    if (random.OneIn(2)) add("text ", random.OneIn(2) ? "=" : ">=", " '", text(6), "'");
    if (random.OneIn(2)) add("lang = '", text(3), "'");
    if (random.OneIn(3)) add("no < ", random.Below(120));
    if (random.OneIn(3)) add("\"names.no\" = ", random.Below(5));
    if (random.OneIn(5)) add("text IS NULL");
    if (random.OneIn(5)) add("position = 1");
    CAPTURE(where);
    const std::string head = "SELECT no, position, lang, text, \"names.no\" FROM ";
    REQUIRE(Ask(*sql, head + "\"firm.names\"" + where + " ORDER BY 1, 2") ==
            Ask(*sql, head + by_json + where + " ORDER BY 1, 2"));
  }
}

}  // namespace
}  // namespace daftar
