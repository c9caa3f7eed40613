// What the database knows of itself, as tables.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "absl/strings/str_replace.h"
#include "sql/fixtures.h"

namespace daftar {
namespace {

using Catch::Matchers::ContainsSubstring;
using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Random;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Fee $Daftar.table(name = "fee", key = ["no"], requires = [actor], historyDays = 90)
    $Daftar.index(name = "byZone", on = ["zone", "dueOn", "amount"])
    $Daftar.index(name = "bySerial", on = ["serial"], unique = true)
    $Daftar.aggregate(name = "all", sum = ["amount", "serial"])
    $Daftar.aggregate(name = "perZone", by = ["zone", "state"], sum = ["amount"])
    $Daftar.aggregate(name = "due", by = ["zone"], min = ["dueOn"], max = ["dueOn"]) {
  no @0 :Text;
  zone :union { none @1 :Void; code @2 :Text; }
  state @3 :State;
  amount :union { none @4 :Void; v @5 :Int64 $Daftar.decimal(2); }
  serial @6 :UInt64;
  dueOn @7 :Int32 $Daftar.date;
}
enum State { open @0; paid @1; }
)";

const CommitOptions kBy = {.actor = "cashier", .reason = "day's work", .decision = "3/2"};

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;

  Opened() { database = MakeDatabase(directory, kSchema, InMemory()).value(); }
  void Put(const std::string& json) {
    REQUIRE_OK(database->Put("fee", json, WriteIntent::kUpsert, kBy));
  }
  std::string Answer(const std::string& text, const SqlOptions& options = {}) const {
    auto sql = SqlConnection::Open(*database, options);
    REQUIRE_OK(sql);
    return Ask(*sql, text);
  }
};

TEST_CASE("sql: the schema is tables", "[sql]") {
  Opened opened;
  opened.Put(R"({"no": "A", "zone": "CFZ", "serial": 7})");
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT * FROM daftar_tables", "'fee'|'Fee'|'no'|'actor'|90|null|null"},
      {"SELECT * FROM daftar_fields WHERE \"table\" = 'fee' AND name IN ('zone', 'dueOn')",
       "'fee'|'zone'|'optional text' 'fee'|'dueOn'|'date'"},
      {"SELECT name, definition, is_unique, state, entries FROM daftar_indexes ORDER BY name",
       "'bySerial'|'on serial, unique'|1|'readable'|null "
       "'byZone'|'on zone, dueOn, amount'|0|'readable'|null"},
      {"SELECT name, definition FROM daftar_aggregates WHERE name = 'due'",
       "'due'|'by zone, count, min dueOn, max dueOn'"},
      {"SELECT count(*) FROM DAFTAR_TABLES t JOIN daftar_indexes i ON i.\"table\" = t.name", "2"},
  }));
  CAPTURE(text);
  CHECK(opened.Answer(text) == expected);
}

TEST_CASE("sql: statistics stand beside what they are of", "[sql]") {
  Opened opened;
  opened.Put(R"({"no": "A", "zone": "CFZ", "serial": 7})");
  opened.Put(R"({"no": "B", "zone": "CFZ", "serial": 8})");
  REQUIRE_OK(opened.database->Analyze());
  CHECK(opened.Answer("SELECT records, analyzed_at FROM daftar_tables") == "2|2");
  CHECK(opened.Answer("SELECT entries, distinct_values, analyzed_at FROM daftar_indexes "
                      "WHERE name = 'byZone'") == "2|'1, 1, 1'|2");
}

TEST_CASE("sql: commits and changes are tables", "[sql]") {
  Opened opened;
  opened.Put(R"({"no": "A", "serial": 1})");
  opened.Put(R"({"no": "B", "serial": 2})");
  Batch batch = opened.database->NewBatch();
  REQUIRE_OK(batch.Put("fee", R"({"no": "C", "serial": 3})"));
  REQUIRE_OK(batch.Delete("fee", {"A"}));
  REQUIRE_OK(opened.database->Commit(std::move(batch), {.actor = "auditor"}));
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT version, actor, reason, decision, changes FROM daftar_commits WHERE version <> 2",
       "1|'cashier'|'day's work'|'3/2'|1 3|'auditor'|null|null|2"},
      {"SELECT count(*) FROM daftar_commits WHERE time > '2020' AND time < '9999'", "3"},
      {"SELECT version FROM daftar_commits WHERE version > 1.5 AND version < 3", "2"},
      {"SELECT version FROM daftar_commits WHERE version >= '2' AND version <= 2.5", "2"},
      {"SELECT version FROM daftar_commits WHERE version = NULL", ""},
      {"SELECT version FROM daftar_commits WHERE version = -1 OR version = 9e99", ""},
      {"SELECT version FROM daftar_commits WHERE version IN (3, 1)", "1 3"},
      {"SELECT version FROM daftar_commits WHERE version = 1 OR version > 2 ORDER BY 1", "1 3"},
      {"SELECT version, \"table\", key, deleted, record ->> 'serial' FROM daftar_changes",
       "1|'fee'|'A'|0|1 2|'fee'|'B'|0|2 3|'fee'|'A'|1|null 3|'fee'|'C'|0|3"},
      {"SELECT c.actor, h.key FROM daftar_changes h JOIN daftar_commits c USING (version) "
       "WHERE h.deleted",
       "'auditor'|'A'"},
  }));
  CAPTURE(text);
  CHECK(opened.Answer(text) == expected);
  // As of a moment there was no more.
  CHECK(opened.Answer("SELECT max(version) FROM daftar_commits", {.as_of = "2"}) == "2");
  CHECK(opened.Answer("SELECT count(*) FROM daftar_changes", {.as_of = "2"}) == "2");
}

TEST_CASE("sql: system tables are for reading", "[sql]") {
  Opened opened;
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql,
                        SqlConnection::Open(*opened.database, {.writable = true}));
  for (const char* text : {"DELETE FROM daftar_commits", "UPDATE daftar_tables SET name = 'x'",
                           "INSERT INTO \"fee.all\" (count) VALUES (1)"}) {
    CAPTURE(text);
    CHECK_THAT(std::string(sql.Prepare(text).status().message()),
               ContainsSubstring("may not be modified"));
  }
}

TEST_CASE("sql: a group says what its records say", "[sql]") {
  Opened opened;
  opened.Put(R"({"no": "A", "zone": "CFZ", "amount": 92233720368547758.07, "serial": 1,
                 "dueOn": "2024-03-20"})");
  opened.Put(R"({"no": "B", "zone": "CFZ", "amount": 92233720368547758.07, "serial": 2,
                 "dueOn": "2023-01-01"})");
  opened.Put(R"({"no": "C", "serial": 18446744073709551615})");
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT * FROM \"fee.due\"",
       "null|1|'1970-01-01'|'1970-01-01' 'CFZ'|2|'2023-01-01'|'2024-03-20'"},
      {"SELECT zone, state, count, \"sum.amount\" FROM \"fee.perZone\"",
       "null|'open'|1|null 'CFZ'|'open'|2|r184467440737095520"},
      {"SELECT \"sum.amount.unscaled\" FROM \"fee.perZone\" WHERE zone = 'CFZ'",
       "'18446744073709551614'"},
      {"SELECT count, \"sum.serial\" FROM \"fee.all\"", "3|'18446744073709551618'"},
      {"SELECT count FROM \"fee.all\"('1')", "1"},
      {"SELECT count FROM \"fee.due\" WHERE zone IS NULL", "1"},
      {"SELECT count FROM \"fee.due\" WHERE zone = 5", ""},
      {"SELECT count FROM \"fee.due\" WHERE zone = 'cfz'", ""},
      {"SELECT count FROM \"fee.due\" WHERE zone = 'cfz' COLLATE NOCASE", "2"},
      {"SELECT count FROM \"fee.perZone\" WHERE zone = 'CFZ' AND state = 'paid'", ""},
      {"SELECT count FROM \"fee.perZone\" WHERE state = 'open' ORDER BY count DESC", "2 1"},
      {"SELECT zone, count FROM \"fee.perZone\" WHERE zone = 'CFZ' OR (zone IS NULL AND state = "
       "'open') ORDER BY zone",
       "null|1 'CFZ'|2"},
      {"SELECT a.count FROM \"fee.due\" a JOIN fee f ON f.zone = a.zone WHERE f.no = 'B'", "2"},
  }));
  CAPTURE(text);
  CHECK(opened.Answer(text) == expected);
  CHECK(opened.Answer("SELECT count FROM \"fee.all\"", {.as_of = "2"}) == "2");
}

TEST_CASE("sql: groups are what GROUP BY works out, at every moment and in transactions",
          "[sql][aggregate][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  Opened opened;
  const auto row = [&] {
    std::string json = absl::StrCat("{\"no\": \"", random.Below(30), "\"");
    if (!random.OneIn(3)) absl::StrAppend(&json, ", \"zone\": \"z", random.Below(3), "\"");
    if (random.OneIn(2)) absl::StrAppend(&json, ", \"state\": \"paid\"");
    if (!random.OneIn(4)) absl::StrAppend(&json, ", \"amount\": ", random.Below(900), ".25");
    static int serial = 0;
    absl::StrAppend(&json, ", \"serial\": ", ++serial, ", \"dueOn\": \"2024-03-",
                    10 + random.Below(20), "\"}");
    return json;
  };
  const std::vector<std::pair<std::string, std::string>> same = {
      {R"(SELECT zone, state, count, "sum.amount.unscaled" FROM "fee.perZone"@ WHERE zone IS ?1
          ORDER BY zone, state)",
       R"(SELECT zone, state, count(*), sum("amount.unscaled") FROM fee@ WHERE zone IS ?1
          GROUP BY zone, state ORDER BY zone, state)"},
      {R"(SELECT zone, count, "min.dueOn", "max.dueOn" FROM "fee.due"@ ORDER BY zone)",
       "SELECT zone, count(*), min(dueOn), max(dueOn) FROM fee@ GROUP BY zone ORDER BY zone"},
      {R"(SELECT count, "sum.amount" FROM "fee.all"@)",
       R"(SELECT count(*), sum("amount.unscaled") / 100.0 FROM fee@ HAVING count(*) > 0)"}};
  const auto compare = [&](SqlConnection& sql, const std::string& moment) {
    for (const auto& [groups, rows] : same) {
      const std::string zone = random.OneIn(3) ? "NULL" : absl::StrCat("'z", random.Below(4), "'");
      std::string texts[] = {groups, rows};
      for (std::string& text : texts) {
        text = absl::StrReplaceAll(
            text, {{"@", moment.empty() ? "" : absl::StrCat("('", moment, "')")}, {"?1", zone}});
      }
      CAPTURE(texts[0], texts[1]);
      REQUIRE(Ask(sql, texts[0]) == Ask(sql, texts[1]));
    }
  };
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql,
                        SqlConnection::Open(*opened.database, {.writable = true, .commit = kBy}));
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    opened.Put(row());
    compare(sql, "");
    compare(sql, absl::StrCat(1 + random.Below(round + 1)));
    if (round % 10 != 9) continue;
    // What a transaction has written counts for it, and for nobody else.
    REQUIRE(Ask(sql, "BEGIN") == "");
    REQUIRE(Ask(sql, "DELETE FROM fee WHERE state = 'paid' AND dueOn < '2024-03-20'") == "");
    compare(sql, "");
    REQUIRE(Ask(sql, "ROLLBACK") == "");
    compare(sql, "");
  }
}

TEST_CASE("sql: a connection ends with its schema", "[sql]") {
  Opened opened;
  opened.Put(R"({"no": "A", "zone": "CFZ", "serial": 7})");
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql,
                        SqlConnection::Open(*opened.database, {.writable = true, .commit = kBy}));
  CHECK(Ask(sql, "SELECT no FROM fee WHERE zone = 'CFZ'") == "'A'");
  // Without the index that the statement above reads.
  std::string schema = kSchema;
  const size_t index = schema.find("    $Daftar.index(name = \"byZone\"");
  schema.erase(index, schema.find('\n', index) + 1 - index);
  schema = absl::StrReplaceAll(schema, {{", min = [\"dueOn\"], max = [\"dueOn\"]", ""}});
  testing::WriteFile(opened.directory / "second.capnp", testing::SchemaText(schema));
  REQUIRE_OK_AND_ASSIGN(const SchemaChangeReport report,
                        opened.database->ApplySchema({opened.directory / "second.capnp", {}}));
  CHECK(report.removed.size() == 1);
  for (const char* text :
       {"SELECT no FROM fee WHERE zone = 'CFZ'", "SELECT * FROM daftar_tables",
        "SELECT * FROM \"fee.due\"", "INSERT INTO fee (no, serial) VALUES ('B', 8)"}) {
    CAPTURE(text);
    CHECK_THAT(testing::Refused(sql, text),
               StatusIs(absl::StatusCode::kAborted,
                        "the schema has changed since the connection was opened; open another "
                        "one"));
  }
  CHECK(opened.Answer("SELECT no FROM fee WHERE zone = 'CFZ'") == "'A'");
}

}  // namespace
}  // namespace daftar
