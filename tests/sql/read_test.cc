// Reading by SQL: how fields show, what is pushed down, moments, errors.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <thread>

#include "sql/fixtures.h"

namespace daftar {
namespace {

using Catch::Matchers::ContainsSubstring;
using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Refused;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Permit $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byZone", on = ["zone", "validTo"], covering = ["firm"])
    $Daftar.index(name = "active", on = ["validTo"], where = "state = active")
    $Daftar.index(name = "byFirm", on = ["firm", "serial"], unique = true) {
  no @0 :Text;
  zone @1 :Text;
  firm @2 :Text;
  serial @3 :UInt32;
  state @4 :State;
  validTo :union { none @5 :Void; v @6 :Int32 $Daftar.date; }
  seenAt :union { none @7 :Void; v @8 :Int64 $Daftar.instant; }
  area :union { none @9 :Void; v @10 :Int64 $Daftar.decimal(2); }
  big @11 :UInt64;
  ratio @12 :Float64;
  open @13 :Bool;
  seal @14 :Data;
  address @15 :Address;
  tags @16 :List(Text);
}
struct Address { city @0 :Text; street @1 :Text; }
enum State { draft @0; active @1; revoked @2; }
)";

constexpr const char* kPermits[] = {
    R"({"no":"P-1","zone":"CFZ","firm":"F-1","serial":1,"state":"active","validTo":"2025-03-20",
        "seenAt":"2024-03-20T08:30:00.250Z","area":12.50,"big":18446744073709551615,"ratio":0.5,
        "open":true,"seal":"AAE=","address":{"city":"Chabahar","street":"a"},"tags":["x","y"]})",
    R"({"no":"P-2","zone":"CFZ","firm":"F-2","serial":1,"state":"revoked","validTo":"2024-01-01",
        "seenAt":"2024-03-20T08:30:00Z","area":7,"ratio":"NaN"})",
    R"({"no":"P-3","zone":"QFZ","firm":"F-1","serial":2,"state":"active"})",
};

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;
  std::optional<SqlConnection> sql;

  explicit Opened(const SqlOptions& options = {}) {
    REQUIRE_OK_AND_ASSIGN(database, MakeDatabase(directory, kSchema, InMemory()));
    for (const char* permit : kPermits) REQUIRE_OK(database->Put("permit", permit));
    REQUIRE_OK_AND_ASSIGN(SqlConnection connection, SqlConnection::Open(*database, options));
    sql.emplace(std::move(connection));
  }
  ~Opened() { sql.reset(); }

  std::string Plan(std::string_view text) {
    REQUIRE_OK_AND_ASSIGN(SqlStatement statement, sql->Prepare(text));
    REQUIRE_OK_AND_ASSIGN(const std::string plan, statement.Explain());
    return plan;
  }
};

TEST_CASE("sql: every kind of field shows as documented", "[sql]") {
  Opened opened;
  const auto [name, column, expected] = GENERATE(table<const char*, const char*, const char*>({
      {"text", "zone", "'CFZ'"},
      {"integer", "serial", "1"},
      {"enumerant", "state", "'active'"},
      {"date", "validTo", "'2025-03-20'"},
      {"instant", "seenAt", "'2024-03-20 08:30:00.25'"},
      {"decimal", "area", "r12.5"},
      {"the integer of a decimal", "\"area.unscaled\"", "1250"},
      {"an integer beyond SQLite's", "big", "'18446744073709551615'"},
      {"real", "ratio", "r0.5"},
      {"boolean", "open", "1"},
      {"data", "seal", "x'0001'"},
      {"nested", "\"address.city\"", "'Chabahar'"},
      {"struct", "address", R"('{"city":"Chabahar","street":"a"}')"},
      {"list", "tags", R"('["x","y"]')"},
      {"moment", "as_of", "null"},
  }));
  CAPTURE(name);
  CHECK(Ask(*opened.sql, absl::StrCat("SELECT ", column, " FROM permit WHERE no = 'P-1'")) ==
        expected);
}

TEST_CASE("sql: what is not set is null, and so is NaN", "[sql]") {
  Opened opened;
  CHECK(Ask(*opened.sql,
            "SELECT validTo, seenAt, area, seal, \"address.city\", address, tags "
            "FROM permit WHERE no = 'P-3'") == "null|null|null|null|null|null|null");
  CHECK(Ask(*opened.sql, "SELECT no FROM permit WHERE ratio IS NULL") == "'P-2'");
  CHECK(Ask(*opened.sql, "SELECT no FROM permit WHERE ratio > 0.4") == "'P-1'");
}

TEST_CASE("sql: hidden columns stay out of *", "[sql]") {
  Opened opened;
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement, opened.sql->Prepare("SELECT * FROM permit"));
  std::vector<std::string> names;
  for (const auto& column : statement.columns()) names.push_back(column.name);
  CHECK(absl::StrJoin(names, " ") ==
        "no zone firm serial state validTo seenAt area big ratio open seal address.city "
        "address.street tags");
  CHECK(statement.columns().back().is_json);
  CHECK(Ask(*opened.sql, "SELECT name FROM pragma_table_info('permit') WHERE pk") == "'no'");
}

TEST_CASE("sql: conditions, orders and needed columns choose the index", "[sql]") {
  Opened opened;
  // Enough records that an index is worth while.
  for (int i = 0; i < 600; ++i) {
    REQUIRE_OK(opened.database->Put(
        "permit", absl::StrCat(R"({"no":"Q-)", i, R"(","zone":"Z)", i % 7, R"(","firm":"G-)", i,
                               R"(","serial":)", i, R"(,"validTo":"2024-02-0)", 1 + i % 9, "\"}")));
  }
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT * FROM permit", "SCAN permit VIRTUAL TABLE INDEX 0:by primary key\n"},
      {"SELECT * FROM permit WHERE no = 'P-1'", "by primary key where no = literal\n"},
      {"SELECT firm FROM permit WHERE zone = ?",
       "by index byZone where zone = ?; read no record: zone, firm\n"},
      {"SELECT no, firm FROM permit WHERE zone = ? AND validTo >= '2024' AND validTo < '2025'",
       "by index byZone where zone = ? and validTo >= literal and validTo < literal; "
       "read no record: no, zone, firm, validTo\n"},
      {"SELECT * FROM permit WHERE zone = ? ORDER BY validTo DESC LIMIT 3",
       "by index byZone where zone = ?; order validTo desc\n"},
      {"SELECT * FROM permit WHERE zone IN ('a', 'b')", "by index byZone where zone in ?\n"},
      {"SELECT * FROM permit WHERE zone GLOB 'C*'",
       "by index byZone where zone >= literal and zone < literal and zone glob literal\n"},
      {"SELECT count(*) FROM permit WHERE zone = ?",
       "by index byZone where zone = ?; read no record: zone\n"},
      {"SELECT * FROM permit WHERE firm = ? AND serial = ?",
       "by index byFirm where firm = ? and serial = ?\n"},
      {"SELECT * FROM permit WHERE state = 'active' AND validTo < '2024-01-01'",
       "by index active where state = literal and validTo < literal\n"},
      // What the parameter will be is not known: the partial index cannot be taken.
      {"SELECT * FROM permit WHERE state = ? AND validTo < '2024-01-01'", "by primary key"},
      {"SELECT * FROM permit WHERE zone = ? COLLATE NOCASE", "by primary key\n"},
      // The order of names is not that of the numbers behind them.
      {"SELECT * FROM permit ORDER BY state", "USE TEMP B-TREE FOR ORDER BY"},
  }));
  CAPTURE(text);
  CHECK_THAT(opened.Plan(text), ContainsSubstring(expected));
}

TEST_CASE("sql: two indexes are read side by side once it is known what they have", "[sql]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, R"(
struct Firm $Daftar.table(name = "firm", key = ["no"])
    $Daftar.index(name = "byTown", on = ["town"], covering = ["name"])
    $Daftar.index(name = "byKind", on = ["kind"])
    $Daftar.index(name = "byLevel", on = ["level"]) {
  no @0 :UInt32; town @1 :Text; kind @2 :UInt8; level @3 :UInt8; name @4 :Text; note @5 :Text;
})",
                                                    InMemory()));
  Batch batch = database->NewBatch();
  for (int i = 0; i < 3000; ++i) {
    REQUIRE_OK(batch.Put(
        "firm", absl::StrCat(R"({"no":)", i, R"(,"town":"T)", i % 10, R"(","kind":)", i % 7,
                             R"(,"level":)", i % 3, R"(,"name":"N)", i, R"(","note":"n"})")));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*database));
  constexpr const char* kText = "SELECT note, no FROM firm WHERE town = ? AND kind = ?";
  const auto plan = [&](const char* text) {
    REQUIRE_OK_AND_ASSIGN(SqlStatement statement, sql.Prepare(text));
    REQUIRE_OK_AND_ASSIGN(const std::string shown, statement.Explain());
    return shown;
  };
  CHECK_THAT(plan(kText), !ContainsSubstring(" and by"));
  REQUIRE_OK(database->Analyze());
  CHECK_THAT(plan(kText),
             ContainsSubstring("by index byTown and byKind where town = ? and kind = ?"));
  // SQLite asks for what it checks again: entries of one index do not cover that.
  CHECK_THAT(
      plan("SELECT name FROM firm WHERE kind = 3 AND town = 'T4'"),
      ContainsSubstring("by index byTown and byKind where kind = literal and town = literal\n"));
  CHECK_THAT(plan("SELECT note FROM firm WHERE town = 'T4' AND kind = 3 ORDER BY no DESC"),
             ContainsSubstring("order no desc\n"));
  // Of lists it is not known how many values they have.
  CHECK_THAT(plan("SELECT note FROM firm WHERE town = 'T4' AND kind IN (3, 4)"),
             !ContainsSubstring(" and by"));
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement, sql.Prepare(kText));
  REQUIRE_OK(statement.Bind(1, "T4"));
  REQUIRE_OK(statement.Bind(2, 3));
  REQUIRE_OK_AND_ASSIGN(const auto rows, testing::SqlRows(statement));
  // One of 70 has both; 24 is the first.
  REQUIRE(rows.size() == 43);
  CHECK(rows.front() == "'n'|24");
  CHECK(statement.counts().records_fetched == 43);
  CHECK(statement.counts().entries_read <= 300 + 429);
  // A value of another type leaves an index without its condition, and nothing else.
  CHECK(Ask(sql, "SELECT count(*), min(no) FROM firm WHERE town = 'T4' AND kind = '3'") == "43|24");
  CHECK(Ask(sql, "SELECT count(*) FROM firm WHERE town = 'T4' AND kind = NULL") == "0");
  CHECK(Ask(sql, "SELECT count(*) FROM firm WHERE town = 'T4' AND kind = 3 AND level = 0") == "15");
}

TEST_CASE("sql: a join looks up the inner table by its index", "[sql]") {
  Opened opened;
  const std::string plan = opened.Plan(
      "SELECT a.no, b.no FROM permit a JOIN permit b ON b.firm = a.firm AND b.serial = a.serial");
  CHECK_THAT(plan, ContainsSubstring("by index byFirm where firm = ? and serial = ?"));
}

TEST_CASE("sql: a limit reads no more than it needs", "[sql]") {
  Opened opened;
  for (int i = 0; i < 2000; ++i) {
    REQUIRE_OK(opened.database->Put(
        "permit", absl::StrCat(R"({"no":"Q-)", i, R"(","zone":"Z","firm":"G-)", i, R"(","serial":)",
                               i, R"(,"validTo":"2024-02-0)", 1 + i % 9, "\"}")));
  }
  REQUIRE_OK_AND_ASSIGN(
      SqlStatement statement,
      opened.sql->Prepare("SELECT * FROM permit WHERE zone = 'Z' ORDER BY validTo LIMIT 50"));
  REQUIRE_OK_AND_ASSIGN(const auto rows, testing::SqlRows(statement));
  CHECK(rows.size() == 50);
  CHECK(statement.counts().entries_read <= 50);
  CHECK(statement.counts().records_fetched <= 50);
}

TEST_CASE("sql: parameters are values and nothing else", "[sql]") {
  Opened opened;
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement,
                        opened.sql->Prepare("SELECT no FROM permit WHERE zone = :zone AND "
                                            "validTo < ?2 AND area = @area"));
  CHECK(absl::StrJoin(statement.parameters(), " ") == ":zone ?2 @area");
  REQUIRE_OK(statement.Bind("zone", "CFZ"));
  REQUIRE_OK(statement.Bind(2, Date{20000}));
  REQUIRE_OK(statement.Bind("@area", Decimal{700, 2}));
  REQUIRE_OK_AND_ASSIGN(const auto rows, testing::SqlRows(statement));
  CHECK(absl::StrJoin(rows, " ") == "'P-2'");
  REQUIRE_OK(statement.Bind("zone", "' OR 1 = 1 --"));
  REQUIRE_OK_AND_ASSIGN(const auto none, testing::SqlRows(statement));
  CHECK(none.empty());
  CHECK_THAT(statement.Bind("zones", 1), StatusIs(absl::StatusCode::kNotFound, ":zone, ?2, @area"));
  CHECK_THAT(statement.Bind(4, 1), StatusIs(absl::StatusCode::kNotFound, "number=4"));
}

TEST_CASE("sql: a statement reads one state", "[sql]") {
  Opened opened;
  REQUIRE_OK_AND_ASSIGN(
      SqlStatement statement,
      opened.sql->Prepare("SELECT no, (SELECT count(*) FROM permit) FROM permit"));
  REQUIRE_OK_AND_ASSIGN(bool more, statement.Next());
  REQUIRE(more);
  CHECK(statement.value(1) == Value(int64_t{3}));
  REQUIRE_OK(opened.database->Put("permit", R"({"no":"P-0"})"));
  REQUIRE_OK(opened.database->Put("permit", R"({"no":"P-9"})"));
  int rows = 1;
  while (true) {
    REQUIRE_OK_AND_ASSIGN(more, statement.Next());
    if (!more) break;
    ++rows;
  }
  CHECK(rows == 3);
  // The next run sees what was written meanwhile.
  CHECK(Ask(*opened.sql, "SELECT count(*) FROM permit") == "5");
}

TEST_CASE("sql: tables are read as of a moment", "[sql]") {
  Opened opened;
  const uint64_t before = opened.database->View().version().value();
  REQUIRE_OK(opened.database->Delete("permit", {"P-1"}));
  const std::string moment = absl::StrCat("'", before, "'");
  CHECK(Ask(*opened.sql, "SELECT count(*) FROM permit") == "2");
  CHECK(Ask(*opened.sql, absl::StrCat("SELECT count(*) FROM permit(", moment, ")")) == "3");
  CHECK(Ask(*opened.sql, absl::StrCat("SELECT count(*) FROM permit WHERE as_of = ", before)) ==
        "3");
  // What has gone since.
  CHECK(Ask(*opened.sql,
            absl::StrCat("SELECT old.no, old.as_of FROM permit(", moment,
                         ") old LEFT JOIN permit new USING (no) WHERE new.no IS NULL")) ==
        absl::StrCat("'P-1'|", moment));
  CHECK_THAT(Refused(*opened.sql, "SELECT * FROM permit('yesterday')"),
             StatusIs(absl::StatusCode::kInvalidArgument, "yesterday"));
  SqlOptions options;
  options.as_of = absl::StrCat(before);
  REQUIRE_OK_AND_ASSIGN(SqlConnection then, SqlConnection::Open(*opened.database, options));
  CHECK(Ask(then, "SELECT count(*) FROM permit") == "3");
  options.as_of = "soon";
  CHECK_THAT(SqlConnection::Open(*opened.database, options),
             StatusIs(absl::StatusCode::kInvalidArgument, "soon"));
}

TEST_CASE("sql: errors say what there is instead, and where", "[sql]") {
  Opened opened;
  const auto [text, code, part,
              offset] = GENERATE(table<const char*, absl::StatusCode, const char*, int>({
      {"SELECT * FROM permits", absl::StatusCode::kInvalidArgument,
       "no such table: permits; did you mean=permit", -1},
      {"SELECT * FROM warehouse", absl::StatusCode::kInvalidArgument, "; tables=permit", -1},
      {"SELECT vaildTo FROM permit", absl::StatusCode::kInvalidArgument,
       "no such column: vaildTo; did you mean=validTo", 7},
      {"SELECT \"vaildTo\" FROM permit", absl::StatusCode::kInvalidArgument,
       "no such column: vaildTo; did you mean=validTo", 7},
      {"SELECT address.city FROM permit", absl::StatusCode::kInvalidArgument,
       "no such column: address.city; write it as=\"address.city\"", 7},
      {"SELECT no FROM permit WHERE", absl::StatusCode::kInvalidArgument, "incomplete input", -1},
      {"SELECT no FRM permit", absl::StatusCode::kInvalidArgument, "near \"permit\"", 14},
      {"SELECT 1; SELECT 2", absl::StatusCode::kInvalidArgument, "more than one", -1},
      {" -- nothing", absl::StatusCode::kInvalidArgument, "no statement", -1},
      {"SELECT json('{')", absl::StatusCode::kInvalidArgument, "malformed JSON", -1},
  }));
  CAPTURE(text);
  CHECK_THAT(Refused(*opened.sql, text), StatusIs(code, part));
  if (offset >= 0) CHECK(opened.sql->error_offset() == static_cast<size_t>(offset));
}

TEST_CASE("sql: the schema and files are out of reach", "[sql]") {
  Opened opened;
  const auto [text, part] = GENERATE(table<const char*, const char*>({
      {"CREATE TABLE other(a)", "daftar schema apply"},
      {"CREATE VIEW v AS SELECT * FROM permit", "daftar schema apply"},
      {"CREATE VIRTUAL TABLE temp.f USING json_each", "daftar schema apply"},
      {"DROP TABLE permit", "daftar schema apply"},
      {"ATTACH '/tmp/x.db' AS x", "other files"},
      {"VACUUM INTO '/tmp/x.db'", "other files"},
      {"PRAGMA writable_schema = 1", "pragma=writable_schema"},
      {"PRAGMA temp_store_directory = '/tmp'", "pragma=temp_store_directory"},
      {"ANALYZE", "by itself"},
      {"SELECT load_extension('x')", "do not load code"},
  }));
  CAPTURE(text);
  CHECK_THAT(Refused(*opened.sql, text), StatusIs(absl::StatusCode::kFailedPrecondition, part));
  CHECK(Ask(*opened.sql, "SELECT count(*) FROM permit") == "3");
}

TEST_CASE("sql: changes that SQLite itself refuses point to the schema, too", "[sql]") {
  Opened opened;
  const char* text = GENERATE("ALTER TABLE permit ADD COLUMN a", "CREATE INDEX i ON permit(zone)");
  CAPTURE(text);
  CHECK_THAT(Refused(*opened.sql, text),
             StatusIs(absl::StatusCode::kInvalidArgument, "daftar schema apply"));
}

TEST_CASE("sql: reading connections do not write", "[sql]") {
  Opened opened;
  const char* text = GENERATE("DELETE FROM permit", "UPDATE permit SET zone = 'x'",
                              "INSERT INTO permit(no) VALUES ('P-9')");
  CAPTURE(text);
  CHECK_THAT(Refused(*opened.sql, text),
             StatusIs(absl::StatusCode::kFailedPrecondition, "only reads"));
}

TEST_CASE("sql: TEMP tables, views and common table expressions are SQLite's own", "[sql]") {
  Opened opened;
  CHECK(Ask(*opened.sql, "CREATE TEMP TABLE chosen AS SELECT no FROM permit WHERE zone = 'CFZ'") ==
        "");
  CHECK(Ask(*opened.sql, "CREATE TEMP VIEW v AS SELECT p.* FROM permit p JOIN chosen USING (no)") ==
        "");
  CHECK(Ask(*opened.sql, "SELECT no FROM v ORDER BY no") == "'P-1' 'P-2'");
  CHECK(Ask(*opened.sql,
            "WITH z(n) AS (SELECT DISTINCT zone FROM permit) SELECT n FROM z "
            "ORDER BY n DESC") == "'QFZ' 'CFZ'");
  CHECK(Ask(*opened.sql,
            "SELECT permit.no, value FROM permit, json_each(permit.tags) "
            "ORDER BY value") == "'P-1'|'x' 'P-1'|'y'");
}

TEST_CASE("sql: a statement stops when its time is up, also where nothing is found", "[sql]") {
  SqlOptions options;
  options.time_max = std::chrono::milliseconds(30);
  Opened opened(options);
  const char* text = GENERATE(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
      "SELECT count(*) FROM n JOIN permit ON permit.no = 'P-' || (i % 4)");
  CHECK_THAT(Refused(*opened.sql, text),
             StatusIs(absl::StatusCode::kResourceExhausted, "limit ms=30"));
  // The next statement has its own time.
  CHECK(Ask(*opened.sql, "SELECT count(*) FROM permit") == "3");
}

TEST_CASE("sql: a statement can be interrupted from another thread", "[sql]") {
  Opened opened;
  REQUIRE_OK_AND_ASSIGN(
      SqlStatement statement,
      opened.sql->Prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                          "SELECT i FROM n"));
  REQUIRE_OK_AND_ASSIGN(bool more, statement.Next());
  REQUIRE(more);
  std::thread other([&] { opened.sql->Interrupt(); });
  other.join();
  absl::StatusOr<bool> stepped = true;
  while (stepped.ok()) stepped = statement.Next();
  CHECK_THAT(stepped, StatusIs(absl::StatusCode::kUnavailable, "interrupted"));
}

TEST_CASE("sql: integers beyond SQLite's come as text and compare as numbers", "[sql]") {
  Opened opened;
  CHECK(Ask(*opened.sql, "SELECT no FROM permit WHERE big > 5") == "'P-1'");
  CHECK(Ask(*opened.sql, "SELECT no FROM permit WHERE big < 5 ORDER BY no") == "'P-2' 'P-3'");
  CHECK(Ask(*opened.sql, "SELECT no FROM permit WHERE big = 18446744073709551615") == "'P-1'");
}

TEST_CASE("sql: any text bounds a date as it bounds the date's text", "[sql]") {
  Opened opened;
  const auto [condition, expected] = GENERATE(table<const char*, const char*>({
      {">= '0001-01-01'", "2"},
      {"<= '9999-12-31'", "2"},
      {"< '+'", "0"},
      {"> '~'", "0"},
      {"= '2024'", "0"},
      {"> '2024-01-01'", "1"},
      {"> '2024-01'", "2"},
      {"< '2024-01-01 '", "1"},
      {"BETWEEN '2025' AND '2026'", "1"},
      {"LIKE '2024-%'", "1"},
      {"GLOB '*-03-20'", "1"},
      {"> 20000", "2"},  // a number is compared as text
  }));
  CAPTURE(condition);
  CHECK(Ask(*opened.sql, absl::StrCat("SELECT count(*) FROM permit WHERE validTo ", condition)) ==
        expected);
}

}  // namespace
}  // namespace daftar
