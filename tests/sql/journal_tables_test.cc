// The journal as tables: what is asked is what is read.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>

#include "absl/strings/str_replace.h"
#include "daftar/maintenance.h"
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
struct Fee $Daftar.table(name = "fee", key = ["no"]) { no @0 :Text; sum @1 :Int32; }
struct Part $Daftar.table(name = "part", key = ["of", "step"]) {
  of @0 :Text; step @1 :Int16; sum @2 :Int32;
}
struct Number $Daftar.table(name = "number", key = ["id"]) { id @0 :Int64; sum @1 :Int32; }
struct Day $Daftar.table(name = "day", key = ["at", "factor"]) {
  at @0 :Int32 $Daftar.date; factor @1 :Int64 $Daftar.decimal(1); sum @2 :Int32;
}
struct Blob $Daftar.table(name = "blob", key = ["data"]) { data @0 :Data; sum @1 :Int32; }
)";

struct Book {
  TempDir directory;
  std::unique_ptr<Database> database = MakeDatabase(directory, kSchema, InMemory()).value();

  void Put(const std::string& table, const std::string& json) {
    REQUIRE_OK(database->Put(table, json, WriteIntent::kUpsert, {.actor = "clerk"}));
  }
};

// A statement, what its plan says, how many entries it may read, and what it gives.
struct Read {
  const char* text;
  const char* plan;
  uint64_t entries_most;
  const char* rows;
};

TEST_CASE("sql: of the journal no more is read than is asked for", "[sql]") {
  Book book;
  // Commits 1 to 400, of which each eighth is to the record A, and two are large.
  for (int commit = 1; commit <= 400; ++commit) {
    if (commit % 200 == 0) {
      Batch batch = book.database->NewBatch();
      for (int i = 0; i < 3000; ++i) {
        REQUIRE_OK(batch.Put("number", absl::StrCat(R"({"id": )", i, R"(, "sum": )", commit, "}")));
      }
      REQUIRE_OK(book.database->Commit(std::move(batch)));
    } else {
      book.Put("fee", absl::StrCat(R"({"no": ")", commit % 8 == 0 ? "A" : "B", R"(", "sum": )",
                                   commit, "}"));
    }
  }
  const Read read = GENERATE(
      Read{"SELECT version, changes FROM daftar_commits WHERE version = 200",
           "0:0:2 by version where version = ?", 1, "200|3000"},
      Read{"SELECT count(*) FROM daftar_commits WHERE version > 100000", "version > ?", 0, "0"},
      Read{"SELECT version FROM daftar_commits WHERE version BETWEEN 199 AND 201",
           "0:0:32 0:8 by version where version >= ? and version <= ?", 3, "199 200 201"},
      Read{"SELECT version FROM daftar_commits WHERE version IN (7, 3)", "version = ?", 2, "3 7"},
      Read{"SELECT version FROM daftar_commits LIMIT 2", "by version", 2, "1 2"},
      Read{"SELECT version FROM daftar_commits ORDER BY version LIMIT 2", "0:by version", 2, "1 2"},
      Read{"SELECT version FROM daftar_commits ORDER BY version DESC LIMIT 3",
           "1:by version; descending", 3, "400 399 398"},
      Read{"SELECT version FROM daftar_commits ORDER BY time DESC, version DESC LIMIT 2",
           "1:by version; descending", 2, "400 399"},
      Read{"SELECT max(version) FROM daftar_commits", "descending", 1, "400"},
      Read{"SELECT version FROM daftar_commits WHERE time >= (SELECT time FROM daftar_commits "
           "WHERE version = 399) ORDER BY version DESC LIMIT 1",
           "by time where time >= ?", 2, "400"},
      Read{"SELECT count(*) FROM daftar_commits WHERE time < '2001'", "by time", 0, "0"},
      Read{"SELECT count(*) FROM daftar_commits WHERE time LIKE '2001-02-%'", "by time", 0, "0"},
      Read{"SELECT key, deleted FROM daftar_changes WHERE version = 399", "version = ?", 1,
           "'B'|0"},
      Read{"SELECT version, key FROM daftar_changes ORDER BY version DESC LIMIT 1",
           "1:by version; descending", 1, "400|'0'"},
      Read{"SELECT count(*) FROM daftar_changes WHERE \"table\" = 'nosuch'", "by version", 0, "0"},
      Read{"SELECT count(*), max(version) FROM daftar_changes "
           "WHERE \"table\" = 'fee' AND key = 'A'",
           "by record where table = ? and key = ?", 48, "48|392"},
      Read{"SELECT version, record ->> 'sum' FROM daftar_changes "
           "WHERE \"table\" = 'fee' AND key = 'A' ORDER BY version DESC LIMIT 2",
           "by record where table = ? and key = ?; descending", 2, "392|392 384|384"},
      Read{"SELECT version FROM daftar_changes WHERE \"table\" = 'number' AND key = 2999 AND "
           "version > 200",
           "by record", 1, "400"},
      Read{"SELECT c.version, c.actor FROM daftar_changes h JOIN daftar_commits c USING (version) "
           "WHERE h.\"table\" = 'number' AND h.key = '7'",
           "by record", 4, "200|null 400|null"});
  CAPTURE(read.text);
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*book.database));
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement, sql.Prepare(read.text));
  REQUIRE_OK_AND_ASSIGN(const std::string plan, statement.Explain());
  CHECK_THAT(plan, ContainsSubstring(read.plan) && !ContainsSubstring("ORDER BY"));
  REQUIRE_OK_AND_ASSIGN(const std::vector<std::string> rows, testing::SqlRows(statement));
  CHECK(absl::StrJoin(rows, " ") == read.rows);
  CHECK(statement.counts().entries_read <= read.entries_most);
}

TEST_CASE("sql: a commit that is joined is one entry, whatever drives the join", "[sql]") {
  Book book;
  for (int i = 0; i < 50; ++i) {
    book.Put("fee", absl::StrCat(R"({"no": ")", i % 3, R"(", "sum": )", i, "}"));
  }
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*book.database));
  Ask(sql,
      "CREATE TEMP TABLE wanted AS SELECT 7 AS v UNION SELECT '9' UNION SELECT 'x' UNION "
      "SELECT 11.0 UNION SELECT NULL UNION SELECT 999");
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement,
                        sql.Prepare("SELECT c.version FROM daftar_commits c, wanted "
                                    "WHERE c.version = wanted.v ORDER BY c.version"));
  REQUIRE_OK_AND_ASSIGN(const std::vector<std::string> rows, testing::SqlRows(statement));
  CHECK(absl::StrJoin(rows, " ") == "7 9 11");
  CHECK(statement.counts().entries_read == 3);
}

TEST_CASE("sql: a record is read only when it is asked for", "[sql]") {
  Book book;
  for (int i = 0; i < 9; ++i) book.Put("fee", absl::StrCat(R"({"no": "A", "sum": )", i, "}"));
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*book.database));
  const auto [text, fetched] = GENERATE(table<const char*, uint64_t>(
      {{"SELECT version, key, deleted FROM daftar_changes", 0},
       {"SELECT record FROM daftar_changes", 9},
       {"SELECT record, record ->> 'sum' FROM daftar_changes WHERE version > 6", 3},
       {"SELECT count(*) FROM daftar_changes WHERE \"table\" = 'fee' AND key = 'A'", 0},
       {"SELECT record FROM daftar_changes WHERE \"table\" = 'fee' AND key = 'A' LIMIT 2", 2}}));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement, sql.Prepare(text));
  REQUIRE_OK(testing::SqlRows(statement));
  CHECK(statement.counts().records_fetched == fetched);
}

TEST_CASE("sql: the journal is that of the commits, also in a transaction that writes", "[sql]") {
  Book book;
  book.Put("fee", R"({"no": "A", "sum": 1})");
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*book.database, {.writable = true}));
  Ask(sql, "BEGIN");
  Ask(sql, "UPDATE fee SET sum = 2 WHERE no = 'A'");
  Ask(sql, "INSERT INTO fee (no) VALUES ('B')");
  for (const char* text : {"SELECT version, key, record ->> 'sum' FROM daftar_changes",
                           "SELECT version, key, record ->> 'sum' FROM daftar_changes "
                           "WHERE \"table\" = 'fee' AND key = 'A'"}) {
    CHECK(Ask(sql, text) == "1|'A'|1");
  }
  CHECK(Ask(sql, "SELECT key FROM daftar_changes WHERE \"table\" = 'fee' AND key = 'B'") == "");
  Ask(sql, "COMMIT");
  CHECK(Ask(sql,
            "SELECT version, record ->> 'sum' FROM daftar_changes WHERE \"table\" = 'fee' "
            "AND key = 'A' ORDER BY version DESC") == "2|2 1|1");
}

// Random statements about daftar_commits and daftar_changes, which stand in them as @.
class Generator {
 public:
  Generator(Random& random, int commits, std::vector<std::string> times)
      : random_(random), commits_(commits), times_(std::move(times)) {}

  std::string Statement(bool of_changes) {
    const std::string where = random_.OneIn(9) ? "" : " WHERE " + Condition(of_changes, 2);
    const char* const down = random_.OneIn(2) ? " DESC" : "";
    const std::string limit =
        absl::StrCat(" LIMIT ", random_.Below(9), random_.OneIn(3) ? " OFFSET 2" : "");
    switch (random_.Below(7)) {
      case 0:
        return absl::StrCat("SELECT count(*), min(version), max(version) FROM @", where);
      case 1:
        return absl::StrCat("SELECT version, count(*) FROM @", where, " GROUP BY version");
      case 2:
        return absl::StrCat("SELECT v.rowid, @.* FROM odd v JOIN @ ON @.",
                            JoinCondition(of_changes), where, " ORDER BY 1, 2, 3, 4, 5, 6");
      case 3:
        return absl::StrCat("SELECT v.rowid, @.* FROM odd v LEFT JOIN @ ON @.",
                            JoinCondition(of_changes), where, " ORDER BY 1, 2, 3, 4, 5, 6");
      case 4:
        return absl::StrCat("SELECT version FROM @", where, " ORDER BY version", down, limit);
      case 5:
        return absl::StrCat("SELECT DISTINCT version FROM @", where, " ORDER BY version", down,
                            limit);
      default:
        return absl::StrCat("SELECT * FROM @", where, " ORDER BY version", down, ", ",
                            of_changes ? "\"table\", key, record" : "time, actor", limit);
    }
  }

 private:
  std::string Version() {
    static constexpr const char* kOdd[] = {"'x'",
                                           "NULL",
                                           "x'33'",
                                           "'3'",
                                           "' 4 '",
                                           "'5x'",
                                           "'1e1'",
                                           "2.5",
                                           "6.0",
                                           "-0.5",
                                           "1e999",
                                           "-1e999",
                                           "9e18",
                                           "9.3e18",
                                           "-1",
                                           "-9.3e18",
                                           "'0x5'",
                                           "''",
                                           "true",
                                           "3000000",
                                           "'7.0'",
                                           "9223372036854775807",
                                           "-9223372036854775808"};
    if (random_.OneIn(3)) return random_.Pick(kOdd);
    return absl::StrCat(random_.Below(commits_ + 3));
  }

  std::string Time() {
    static constexpr const char* kOdd[] = {"''", "'x'", "NULL", "2024", "x'32'", "'2'", "9e9"};
    if (random_.OneIn(4)) return random_.Pick(kOdd);
    std::string time = times_[static_cast<size_t>(random_.Below(commits_))];
    if (random_.OneIn(3)) time.resize(static_cast<size_t>(random_.Below(20)) + 1);
    return absl::StrCat("'", time, "'");
  }

  std::string Table() {
    static constexpr const char* kTables[] = {"'fee'",  "'part'", "'number'",  "'day'", "'blob'",
                                              "'none'", "'FEE'",  "x'666565'", "NULL",  "5"};
    return random_.Pick(kTables);
  }

  std::string Key() {
    static constexpr const char* kKeys[] = {"'a'",
                                            "'b'",
                                            "'2'",
                                            "2",
                                            "2.0",
                                            "'02'",
                                            "'a, 1'",
                                            "'a, b, 1'",
                                            "'a, 01'",
                                            "NULL",
                                            "''",
                                            "'61'",
                                            "'2024-03-20, 1.5'",
                                            "'2024-03-20, 1.50'",
                                            "x'61'",
                                            "'A'"};
    return random_.Pick(kKeys);
  }

  // A value that can be seen when planning, or one that cannot.
  std::string Operand(const std::string& value) {
    return random_.OneIn(3) ? absl::StrCat("(SELECT ", value, ")") : value;
  }

  std::string Comparison(bool of_changes) {
    static constexpr const char* kOperators[] = {"=", "<", "<=", ">", ">=", "<>", "IS", "IS NOT"};
    const int kind = random_.Below(of_changes ? 9 : 7);
    if (kind < 2) {
      return absl::StrCat("@.version ", random_.Pick(kOperators), " ", Operand(Version()));
    }
    if (kind == 2) {
      return absl::StrCat("@.version BETWEEN ", Operand(Version()), " AND ", Operand(Version()));
    }
    if (kind == 3) {
      return absl::StrCat("@.version IN (", Version(), ", ", Version(), ", ", Version(), ")");
    }
    if (!of_changes && kind == 4) {
      return absl::StrCat("@.time ", random_.OneIn(2) ? "LIKE" : "GLOB", " '20%'");
    }
    if (!of_changes) {
      return absl::StrCat("@.time ", random_.Pick(kOperators), " ", Operand(Time()));
    }
    const std::string table = absl::StrCat("@.\"table\" = ", Operand(Table()));
    const std::string key = absl::StrCat("@.key = ", Operand(Key()));
    if (kind == 4) return table;
    if (kind == 5) return key;
    return absl::StrCat(table, " AND ", key);
  }

  std::string Condition(bool of_changes, int depth) {
    if (depth == 0 || random_.OneIn(2)) return Comparison(of_changes);
    return absl::StrCat("(", Condition(of_changes, depth - 1), random_.OneIn(3) ? " OR " : " AND ",
                        Condition(of_changes, depth - 1), ")");
  }

  std::string JoinCondition(bool of_changes) {
    static constexpr const char* kColumns[] = {"v.any", "v.text", "v.whole"};
    static constexpr const char* kOperators[] = {" = ", " < ", " >= "};
    if (of_changes && random_.OneIn(2)) {
      return absl::StrCat("\"table\" = ", Table(), " AND @.key = ", random_.Pick(kColumns));
    }
    return absl::StrCat("version", random_.Pick(kOperators), random_.Pick(kColumns));
  }

  Random& random_;
  const int commits_;
  const std::vector<std::string> times_;
};

// Some commits to few records, deletions among them. Gives the last: what changes nothing is none.
int FillBook(Random& random, Book* book) {
  static constexpr const char* kNames[] = {"a", "b", "a, b", "", "2", "02"};
  uint64_t last = 0;
  std::set<std::string> there;
  while (last < 40) {
    Batch batch = book->database->NewBatch();
    for (int i = random.Below(4); i >= 0; --i) {
      const std::string no = random.Pick(kNames);
      const int number = random.Below(3);
      const std::string sum = absl::StrCat(R"(, "sum": )", random.Below(3), "}");
      switch (random.Below(5)) {
        case 0:
          if (there.contains(no) && random.OneIn(2)) {
            REQUIRE_OK(batch.Delete("fee", {no}));
            there.erase(no);
          } else {
            REQUIRE_OK(batch.Put("fee", absl::StrCat(R"({"no": ")", no, "\"", sum)));
            there.insert(no);
          }
          break;
        case 1:
          REQUIRE_OK(
              batch.Put("part", absl::StrCat(R"({"of": ")", no, R"(", "step": )", number, sum)));
          break;
        case 2:
          REQUIRE_OK(batch.Put("number", absl::StrCat(R"({"id": )", number, sum)));
          break;
        case 3:
          REQUIRE_OK(batch.Put(
              "day", absl::StrCat(R"({"at": "2024-03-20", "factor": "1.)", number, "\"", sum)));
          break;
        default:
          REQUIRE_OK(batch.Put("blob", absl::StrCat(R"({"data": "YQ==")", sum)));
      }
    }
    REQUIRE_OK_AND_ASSIGN(
        const CommitVersion version,
        book->database->Commit(std::move(batch), {.actor = random.OneIn(2) ? "x" : ""}));
    last = std::max(last, version.value());
  }
  return static_cast<int>(last);
}

void Compare(Random& random, Database& database, const SqlOptions& options, int statements) {
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(database, options));
  Ask(sql, "CREATE TEMP TABLE daftar_commits_copy AS SELECT * FROM daftar_commits");
  Ask(sql, "CREATE TEMP TABLE daftar_changes_copy AS SELECT * FROM daftar_changes");
  Ask(sql, "CREATE TEMP TABLE odd(any, text TEXT, whole INTEGER)");
  Ask(sql,
      "INSERT INTO odd VALUES (3, '3', 3), ('4', 'a', 2), (2.5, '2.0', '2'), (NULL, NULL, "
      "NULL), ('x', '', 'x'), (x'61', '02', 1e30)");
  REQUIRE_OK_AND_ASSIGN(std::vector<std::string> times,
                        testing::SqlRows(sql, "SELECT time FROM daftar_commits"));
  for (std::string& time : times) time = time.substr(1, time.size() - 2);
  const int commits = static_cast<int>(times.size());
  Generator generator(random, commits, std::move(times));
  int answered = 0;
  for (int i = 0; i < statements; ++i) {
    const bool of_changes = !random.OneIn(3);
    const std::string form = generator.Statement(of_changes);
    const std::string name = of_changes ? "daftar_changes" : "daftar_commits";
    const std::string text = absl::StrReplaceAll(form, {{"@", name}});
    CAPTURE(text);
    REQUIRE_OK_AND_ASSIGN(SqlStatement statement, sql.Prepare(text));
    REQUIRE_OK_AND_ASSIGN(const std::string plan, statement.Explain());
    CAPTURE(plan);
    REQUIRE_OK_AND_ASSIGN(const std::vector<std::string> rows, testing::SqlRows(statement));
    const std::string copy = absl::StrReplaceAll(form, {{"@", name + "_copy"}});
    REQUIRE_OK_AND_ASSIGN(const std::vector<std::string> expected, testing::SqlRows(sql, copy));
    REQUIRE(rows == expected);
    answered += rows.empty() ? 0 : 1;
  }
  // Early moments have few rows.
  CHECK(answered > statements / 6);
}

TEST_CASE("sql: random statements about the journal answer as a copy of its rows does",
          "[sql][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  Book book;
  const int commits = FillBook(random, &book);
  Compare(random, *book.database, {}, 1500);
  Compare(random, *book.database, {.as_of = absl::StrCat(1 + random.Below(commits))}, 500);
  Compare(random, *book.database, {.writable = true}, 300);
  // What the history no longer has, the journal still tells of.
  for (const char* table : {"fee", "part"}) {
    PruneOptions options;
    options.table = PruneOptions::TableUntil{
        table, AsOf::Commit(CommitVersion(static_cast<uint64_t>(1 + random.Below(commits))))};
    REQUIRE_OK(book.database->PruneHistory(options));
  }
  Compare(random, *book.database, {}, 1500);
}

}  // namespace
}  // namespace daftar
