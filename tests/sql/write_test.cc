// Writing by SQL: statements, transactions, savepoints, constraints.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sql/fixtures.h"

namespace daftar {
namespace {

using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Refused;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Firm $Daftar.table(name = "firm", key = ["no"])
    $Daftar.index(name = "byTax", on = ["tax"], unique = true)
    $Daftar.index(name = "byName", on = ["name"]) {
  no @0 :Text;
  name @1 :Text;
  tax @2 :Text;
  shares :union { none @3 :Void; v @4 :Int32; }
  since :union { none @5 :Void; v @6 :Int32 $Daftar.date; }
  seenAt :union { none @7 :Void; v @8 :Int64 $Daftar.instant; }
  capital @9 :Int64 $Daftar.decimal(2);
  state @10 :State;
  open @11 :Bool;
  ratio @12 :Float64;
  seal @13 :Data;
  address @14 :Address;
  tags @15 :List(Text);
}
struct Address { city @0 :Text; street @1 :Text; }
enum State { draft @0; active @1; }

struct Note $Daftar.table(name = "note", key = ["rowid"]) {
  rowid @0 :Int64;
  text @1 :Text;
}
struct Count $Daftar.table(name = "count", key = ["n"]) {
  n @0 :UInt32;
  text @1 :Text;
}

struct Event $Daftar.table(name = "event", key = ["firm", "n"], requires = [actor]) {
  firm @0 :Text;
  n @1 :UInt16;
  text @2 :Text;
}
)";

SqlOptions Writable() {
  SqlOptions options;
  options.writable = true;
  options.commit.actor = "clerk";
  options.commit.reason = "test";
  return options;
}

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;
  std::optional<SqlConnection> sql;

  explicit Opened(const SqlOptions& options = Writable()) {
    REQUIRE_OK_AND_ASSIGN(database, MakeDatabase(directory, kSchema, InMemory()));
    REQUIRE_OK_AND_ASSIGN(SqlConnection connection, SqlConnection::Open(*database, options));
    sql.emplace(std::move(connection));
    Run("INSERT INTO firm(no, name, tax) VALUES ('F1', 'one', 'T1'), ('F2', 'two', 'T2'), "
        "('F3', 'three', NULL)");
  }
  ~Opened() { sql.reset(); }

  void Run(std::string_view text) {
    CAPTURE(text);
    REQUIRE_OK(testing::SqlRows(*sql, text));
  }
  uint64_t version() const { return database->View().version().value(); }
  // What others see, as "no:name" by key.
  std::string Stored() const {
    std::string all;
    auto cursor = database->Run(Query("firm").OrderBy("no").Select({"no", "name"}));
    REQUIRE_OK(cursor);
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) return all;
      absl::StrAppend(&all, all.empty() ? "" : " ", cursor->values()[0].ToString(), ":",
                      cursor->values()[1].ToString());
    }
  }
  std::string Json(std::string_view no) const {
    REQUIRE_OK_AND_ASSIGN(const Record record, database->Get("firm", {Value(no)}));
    REQUIRE_OK_AND_ASSIGN(std::string json, record.ToJson());
    return json;
  }
};

TEST_CASE("sql: rows are inserted, updated and deleted, a commit for each statement", "[sql]") {
  Opened opened;
  CHECK(opened.Stored() == "F1:one F2:two F3:three");
  const uint64_t before = opened.version();
  opened.Run("UPDATE firm SET name = name || '!' WHERE no <> 'F3'");
  CHECK(opened.version() == before + 1);
  CHECK(opened.sql->last_commit()->value() == before + 1);
  CHECK(opened.Stored() == "F1:one! F2:two! F3:three");
  opened.Run("DELETE FROM firm WHERE name LIKE 't%'");
  CHECK(opened.Stored() == "F1:one!");
  REQUIRE_OK_AND_ASSIGN(const auto history, opened.database->History("firm", {"F1"}));
  CHECK(history.back().commit.actor == "clerk");
  CHECK(history.back().commit.reason == "test");
  // Nothing to do: no commit.
  opened.Run("DELETE FROM firm WHERE no = 'F9'");
  CHECK(opened.version() == before + 2);
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, opened.database->Verify());
  CHECK(report.problems_found == 0);
}

TEST_CASE("sql: a written value is read as documented", "[sql]") {
  Opened opened;
  const auto [name, column, value, json] =
      GENERATE(table<const char*, const char*, const char*, const char*>({
          {"text", "name", "'x'", R"("name":"x")"},
          {"a number as text", "name", "12", R"("name":"12")"},
          {"integer", "shares", "7", R"("shares":7)"},
          {"a real without fraction", "shares", "7.0", R"("shares":7)"},
          {"text of a number", "shares", "'7'", R"("shares":7)"},
          {"date", "since", "'2024-03-20'", R"("since":"2024-03-20")"},
          {"instant", "seenAt", "'2024-03-20 08:30:00.25'",
           R"("seenAt":"2024-03-20T08:30:00.250000Z")"},
          {"instant with a zone", "seenAt", "'2024-03-20T08:30:00+03:30'",
           R"("seenAt":"2024-03-20T05:00:00Z")"},
          {"decimal", "capital", "12.5", R"("capital":12.50)"},
          {"decimal of digits", "capital", "'92233720368547758.07'",
           R"("capital":92233720368547758.07)"},
          {"the integer of a decimal", "\"capital.unscaled\"", "9223372036854775807",
           R"("capital":92233720368547758.07)"},
          {"enumerant", "state", "'active'", R"("state":"active")"},
          {"boolean", "open", "TRUE", R"("open":true)"},
          {"real", "ratio", "0.1", R"("ratio":0.1)"},
          {"infinity", "ratio", "1e999", R"("ratio":"Infinity")"},
          {"data", "seal", "x'0001'", R"("seal":"AAE=")"},
          {"nested", "\"address.city\"", "'Gwadar'", R"("address":{"city":"Gwadar"})"},
          {"struct", "address", R"('{"city":"A","street":"b"}')",
           R"("address":{"city":"A","street":"b"})"},
          {"list", "tags", R"('["a","b"]')", R"("tags":["a","b"])"},
      }));
  CAPTURE(name);
  opened.Run(absl::StrCat("INSERT INTO firm(no, ", column, ") VALUES ('N', ", value, ")"));
  CHECK(opened.Json("N").find(json) != std::string::npos);
  INFO(opened.Json("N"));
  opened.Run(absl::StrCat("UPDATE firm SET ", column, " = ", value, " WHERE no = 'F1'"));
  CHECK(opened.Json("F1").find(json) != std::string::npos);
}

TEST_CASE("sql: an update keeps what it does not set", "[sql]") {
  Opened opened;
  REQUIRE_OK(opened.database->Put(
      "firm", R"({"no":"F1","name":"a","tax":"T1","shares":3,"capital":92233720368547758.07,
                  "ratio":"NaN","address":{"city":"A","street":"s"},"tags":["x"]})"));
  opened.Run("UPDATE firm SET \"address.city\" = 'B', shares = NULL, name = NULL WHERE no = 'F1'");
  CHECK(opened.Json("F1") ==
        R"({"no":"F1","tax":"T1","capital":92233720368547758.07,"state":"draft","open":false,)"
        R"("ratio":"NaN","address":{"city":"B","street":"s"},"tags":["x"]})");
}

TEST_CASE("sql: a value that does not fit is refused by its column, and nothing is written",
          "[sql]") {
  Opened opened;
  const uint64_t before = opened.version();
  const auto [text, part] = GENERATE(table<const char*, const char*>({
      {"UPDATE firm SET since = '2025-02-30'", "field=since"},
      {"UPDATE firm SET state = 'gone'", "one of=draft, active"},
      {"UPDATE firm SET shares = 1.5", "field=shares"},
      {"UPDATE firm SET shares = 3000000000", "field=shares"},
      {"UPDATE firm SET capital = 1.005", "field=capital"},
      {"UPDATE firm SET seal = 'text'", "column=seal"},
      {"UPDATE firm SET name = x'00'", "column=name"},
      {"UPDATE firm SET tags = '[1'", "column=tags"},
      {"UPDATE firm SET capital = NULL", "column=capital"},
      {"UPDATE firm SET open = 2", "field=open"},
      {"UPDATE firm SET no = NULL", "no"},
      {"INSERT INTO firm(name) VALUES ('keyless')", "column=no"},
      {"UPDATE firm SET as_of = '1'", "the past is not written"},
      {"INSERT INTO firm(rowid, no) VALUES (5, 'F9')", "rowid is not to be written"},
      {"UPDATE firm SET rowid = 77 WHERE no = 'F1'", "rowid is not to be written"},
      // The third row of the statement is wrong: the first two go, too.
      {"INSERT INTO firm(no, shares) VALUES ('N1', 1), ('N2', 2), ('N3', 'x')", "field=shares"},
  }));
  CAPTURE(text);
  CHECK_THAT(Refused(*opened.sql, text), StatusIs(absl::StatusCode::kInvalidArgument, part));
  CHECK(opened.Stored() == "F1:one F2:two F3:three");
  CHECK(opened.version() == before);
}

TEST_CASE("sql: keys and unique indexes, as ON CONFLICT says", "[sql]") {
  Opened opened;
  const auto [text, error, stored] = GENERATE(table<const char*, const char*, const char*>({
      {"INSERT INTO firm(no) VALUES ('F1')", "table=firm; key=F1; remedy=INSERT OR REPLACE",
       "F1:one F2:two F3:three"},
      {"INSERT INTO firm(no, tax) VALUES ('F9', 'T2')", "index=byTax; values=tax 'T2'",
       "F1:one F2:two F3:three"},
      {"UPDATE firm SET tax = 'T1' WHERE no = 'F2'", "index=byTax", "F1:one F2:two F3:three"},
      {"UPDATE firm SET no = 'F1' WHERE no = 'F2'", "key=F1", "F1:one F2:two F3:three"},
      {"UPDATE firm SET no = 'F9' WHERE no = 'F2'", "", "F1:one F3:three F9:two"},
      {"INSERT OR REPLACE INTO firm(no, name) VALUES ('F1', 'new')", "", "F1:new F2:two F3:three"},
      // Two records stand in the way: one by its key, one by its index.
      {"REPLACE INTO firm(no, name, tax) VALUES ('F1', 'new', 'T2')", "", "F1:new F3:three"},
      {"UPDATE OR REPLACE firm SET tax = 'T1' WHERE no = 'F2'", "", "F2:two F3:three"},
      {"INSERT OR IGNORE INTO firm(no, name) VALUES ('F1', 'x'), ('F4', 'four')", "",
       "F1:one F2:two F3:three F4:four"},
      {"INSERT OR IGNORE INTO firm(no, tax) VALUES ('F5', 'T1')", "", "F1:one F2:two F3:three"},
      {"INSERT OR ABORT INTO firm(no) VALUES ('F4'), ('F1')", "key=F1", "F1:one F2:two F3:three"},
      {"INSERT OR FAIL INTO firm(no, name) VALUES ('F4', 'four'), ('F1', 'x')", "key=F1",
       "F1:one F2:two F3:three F4:four"},
      {"INSERT INTO firm SELECT no || 'x', name, NULL, NULL, NULL, NULL, 0, 'draft', 0, 0, "
       "NULL, NULL, NULL, NULL FROM firm",
       "", "F1:one F1x:one F2:two F2x:two F3:three F3x:three"},
  }));
  CAPTURE(text);
  const absl::Status status = Refused(*opened.sql, text);
  if (*error == '\0') {
    CHECK_THAT(status, StatusIs(absl::StatusCode::kOk, ""));
  } else {
    CHECK_THAT(status, StatusIs(absl::StatusCode::kAlreadyExists, error));
  }
  CHECK(opened.Stored() == stored);
}

TEST_CASE("sql: a transaction is one commit, and sees its own writes", "[sql]") {
  Opened opened;
  const uint64_t before = opened.version();
  opened.Run("BEGIN");
  opened.Run("INSERT INTO firm(no, name) VALUES ('F4', 'four')");
  opened.Run("UPDATE firm SET name = 'changed' WHERE no = 'F1'");
  opened.Run("DELETE FROM firm WHERE no = 'F2'");
  CHECK(opened.sql->in_transaction());
  CHECK(Ask(*opened.sql, "SELECT no, name FROM firm ORDER BY no") ==
        "'F1'|'changed' 'F3'|'three' 'F4'|'four'");
  CHECK(Ask(*opened.sql, "SELECT no FROM firm WHERE name = 'four'") == "'F4'");
  CHECK(opened.Stored() == "F1:one F2:two F3:three");
  SECTION("committed") {
    opened.Run("COMMIT");
    CHECK(opened.Stored() == "F1:changed F3:three F4:four");
    CHECK(opened.version() == before + 1);
  }
  SECTION("rolled back") {
    opened.Run("ROLLBACK");
    CHECK(opened.Stored() == "F1:one F2:two F3:three");
    CHECK(opened.version() == before);
    CHECK(Ask(*opened.sql, "SELECT count(*) FROM firm") == "3");
  }
  CHECK(!opened.sql->in_transaction());
}

TEST_CASE("sql: a statement that fails takes back its own rows and no others", "[sql]") {
  Opened opened;
  opened.Run("BEGIN");
  opened.Run("INSERT INTO firm(no, name) VALUES ('F4', 'four')");
  CHECK_THAT(Refused(*opened.sql, "INSERT INTO firm(no) VALUES ('F5'), ('F6'), ('F1')"),
             StatusIs(absl::StatusCode::kAlreadyExists, "key=F1"));
  CHECK_THAT(Refused(*opened.sql, "UPDATE firm SET no = 'F1'"),
             StatusIs(absl::StatusCode::kAlreadyExists, "key=F1"));
  opened.Run("COMMIT");
  CHECK(opened.Stored() == "F1:one F2:two F3:three F4:four");
}

TEST_CASE("sql: savepoints nest over several tables", "[sql]") {
  Opened opened;
  opened.Run("BEGIN");
  opened.Run("SAVEPOINT a");
  opened.Run("SAVEPOINT b");
  opened.Run("INSERT INTO firm(no, name) VALUES ('F4', 'four')");
  opened.Run("INSERT INTO event(firm, n) VALUES ('F4', 1)");
  opened.Run("SAVEPOINT c");
  opened.Run("DELETE FROM firm");
  opened.Run("INSERT INTO event(firm, n) VALUES ('F4', 2)");
  opened.Run("ROLLBACK TO c");
  CHECK(Ask(*opened.sql, "SELECT count(*), (SELECT count(*) FROM event) FROM firm") == "4|1");
  SECTION("back to one that was made before anything was written") {
    opened.Run("ROLLBACK TO a");
    CHECK(Ask(*opened.sql, "SELECT count(*), (SELECT count(*) FROM event) FROM firm") == "3|0");
    opened.Run("INSERT INTO event(firm, n) VALUES ('F1', 9)");
    opened.Run("COMMIT");
    CHECK(Ask(*opened.sql, "SELECT firm, n FROM event") == "'F1'|9");
  }
  SECTION("released") {
    opened.Run("RELEASE b");
    opened.Run("UPDATE firm SET name = 'x'");
    opened.Run("ROLLBACK TO a");
    CHECK(Ask(*opened.sql, "SELECT count(*) FROM firm WHERE name = 'x'") == "0");
    CHECK(Ask(*opened.sql, "SELECT count(*) FROM firm") == "3");
    opened.Run("COMMIT");
  }
  SECTION("kept") {
    opened.Run("COMMIT");
    CHECK(opened.Stored() == "F1:one F2:two F3:three F4:four");
    CHECK(Ask(*opened.sql, "SELECT firm, n FROM event") == "'F4'|1");
  }
}

TEST_CASE("sql: a transaction whose reads have changed is aborted at its commit", "[sql]") {
  Opened opened;
  opened.Run("BEGIN");
  CHECK(Ask(*opened.sql, "SELECT count(*) FROM firm WHERE name >= 'o'") == "3");
  REQUIRE_OK(opened.database->Put("firm", R"({"no":"F7","name":"other"})"));
  opened.Run("UPDATE firm SET shares = 1 WHERE no = 'F1'");
  CHECK_THAT(Refused(*opened.sql, "COMMIT"), StatusIs(absl::StatusCode::kAborted, ""));
  // It is over; the next one goes through.
  CHECK(!opened.sql->in_transaction());
  CHECK(Ask(*opened.sql, "SELECT shares FROM firm WHERE no = 'F1'") == "null");
  opened.Run("BEGIN");
  opened.Run("UPDATE firm SET shares = 1 WHERE no = 'F1'");
  opened.Run("COMMIT");
  CHECK(Ask(*opened.sql, "SELECT shares FROM firm WHERE no = 'F1'") == "1");
}

TEST_CASE("sql: what a table requires of commits is asked for", "[sql]") {
  SqlOptions options = Writable();
  options.commit = {};
  Opened opened(options);
  CHECK_THAT(Refused(*opened.sql, "INSERT INTO event(firm, n) VALUES ('F1', 1)"),
             StatusIs(absl::StatusCode::kInvalidArgument, "actor"));
  opened.Run("BEGIN");
  opened.Run("INSERT INTO event(firm, n) VALUES ('F1', 1)");
  opened.Run("UPDATE firm SET name = 'x'");
  CHECK_THAT(Refused(*opened.sql, "COMMIT"), StatusIs(absl::StatusCode::kInvalidArgument, "actor"));
  CHECK(opened.Stored() == "F1:one F2:two F3:three");
  CHECK(Ask(*opened.sql, "SELECT count(*) FROM event") == "0");
}

TEST_CASE("sql: a key called rowid is hidden and counts by itself", "[sql]") {
  Opened opened;
  opened.Run("INSERT INTO note VALUES ('a'), ('b')");
  opened.Run("INSERT INTO note(rowid, text) VALUES (7, 'c')");
  opened.Run("INSERT INTO note(text) SELECT text || '!' FROM note WHERE rowid < 3");
  CHECK(Ask(*opened.sql, "SELECT * FROM note ORDER BY rowid") == "'a' 'b' 'c' 'a!' 'b!'");
  CHECK(Ask(*opened.sql, "SELECT rowid FROM note ORDER BY rowid") == "1 2 7 8 9");
  opened.Run("UPDATE note SET rowid = 20 WHERE rowid = 7");
  opened.Run("DELETE FROM note WHERE rowid = 1");
  CHECK(Ask(*opened.sql, "SELECT rowid, text FROM note ORDER BY rowid") ==
        "2|'b' 8|'a!' 9|'b!' 20|'c'");
  opened.Run("INSERT INTO note(rowid) VALUES (9223372036854775807)");
  CHECK_THAT(Refused(*opened.sql, "INSERT INTO note(text) VALUES ('d')"),
             StatusIs(absl::StatusCode::kResourceExhausted, "table=note"));
}

TEST_CASE("sql: an integer that is the key is the rowid", "[sql]") {
  Opened opened;
  opened.Run("INSERT INTO \"count\"(n, text) VALUES (4294967295, 'a'), (0, 'b')");
  CHECK(Ask(*opened.sql, "SELECT _rowid_, n FROM \"count\" ORDER BY n") ==
        "0|0 4294967295|4294967295");
  opened.Run("UPDATE \"count\" SET text = 'c' WHERE n = 4294967295");
  opened.Run("UPDATE \"count\" SET n = 5 WHERE text = 'b'");
  CHECK(Ask(*opened.sql, "SELECT n, text FROM \"count\" ORDER BY n") == "5|'b' 4294967295|'c'");
  CHECK_THAT(Refused(*opened.sql, "INSERT INTO \"count\"(text) VALUES ('keyless')"),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=count; column=n"));
}

TEST_CASE("sql: TEMP tables take part in transactions", "[sql]") {
  Opened opened;
  opened.Run("CREATE TEMP TABLE moved(no)");
  opened.Run("BEGIN");
  opened.Run("INSERT INTO moved SELECT no FROM firm WHERE tax IS NOT NULL");
  opened.Run("DELETE FROM firm WHERE no IN (SELECT no FROM moved)");
  opened.Run("ROLLBACK");
  CHECK(Ask(*opened.sql, "SELECT count(*), (SELECT count(*) FROM moved) FROM firm") == "3|0");
}

TEST_CASE("sql: connections that write are opened with care", "[sql]") {
  Opened opened;
  SqlOptions options = Writable();
  options.as_of = "1";
  CHECK_THAT(SqlConnection::Open(*opened.database, options),
             StatusIs(absl::StatusCode::kInvalidArgument, "the past cannot be written"));
}

// More than one thread may work on it.
TEST_CASE("sql: a statement of very many rows is all or nothing, whichever is refused", "[sql]") {
  TempDir directory;
  REQUIRE_OK_AND_ASSIGN(const auto database, MakeDatabase(directory, R"(
struct Item $Daftar.table(name = "item", key = ["id"])
    $Daftar.index(name = "byTag", on = ["tags"]) $Daftar.index(name = "byA", on = ["a"])
    $Daftar.check(name = "positive", expression = "a > 0") {
  id @0 :Int64;
  a @1 :Int32;
  tags @2 :List(Text);
}
)",
                                                          InMemory()));
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*database, Writable()));
  const auto run = [&](std::string_view text) { return testing::SqlRows(sql, text).status(); };
  const auto sum = [&] {
    return testing::SqlRows(sql, "SELECT count(*), sum(a), min(a), max(tags) FROM item").value();
  };
  REQUIRE_OK(
      run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) "
          "INSERT INTO item(id, a) SELECT i, 1 FROM n"));
  REQUIRE_OK(run("UPDATE item SET a = 2, tags = '[\"t\"]'"));
  const auto before = sum();
  const uint64_t version = database->View().version().value();
  // The index takes fewer entries of one record.
  REQUIRE_OK(
      run("CREATE TEMP TABLE many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
          "FROM n WHERE i <= 10000) SELECT json_group_array(CAST(i AS TEXT)) AS tags FROM n"));
  for (const int id : {1, 256, 257, 1200, 8000}) {
    CAPTURE(id);
    CHECK_THAT(
        run(absl::StrCat("UPDATE item SET a = 3, tags = CASE WHEN id = ", id,
                         " THEN (SELECT tags FROM many) ELSE tags END")),
        StatusIs(absl::StatusCode::kResourceExhausted, "record has too many entries in one index"));
    CHECK(sum() == before);
    CHECK(database->View().version().value() == version);
  }
  CHECK_THAT(run("UPDATE item SET a = id - 5000"),
             StatusIs(absl::StatusCode::kFailedPrecondition, "positive"));
  CHECK(sum() == before);
  REQUIRE_OK(run("UPDATE item SET a = id"));
  CHECK(database->View().version().value() == version + 1);
  CHECK(testing::SqlRows(sql, "SELECT sum(a) FROM item WHERE a > 0").value() ==
        testing::SqlRows(sql, "SELECT 8000 * 8001 / 2").value());
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.problems.empty());
}

}  // namespace
}  // namespace daftar
