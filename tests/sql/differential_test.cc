// Random statements: our tables answer as plain tables of SQLite with the same rows.

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdlib>
#include <set>

#include "api/divide_scans.h"
#include "sql/plain.h"

namespace daftar {
namespace {

using testing::Answer;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Plain;
using testing::Random;
using testing::TempDir;

constexpr int kRows = 120;

// Of each of the first three runs; DAFTAR_SQL_STATEMENTS asks for more.
int Statements() {
  const char* const wanted = std::getenv("DAFTAR_SQL_STATEMENTS");
  return wanted == nullptr ? 2500 : std::atoi(wanted);
}

// The columns of `row`, and what each is often compared with.
struct ColumnCase {
  const char* name;
  std::vector<const char*> literals;
};
const std::vector<ColumnCase> kColumns = {
    {"id", {"0", "7", "50", "119", "60.5"}},
    {"i", {"-128", "0", "2", "127", "300", "-1000", "1.5", "'2'", "'x'", "1e19"}},
    {"t", {"'a'", "'ab'", "''", "'12'", "12", "'zz'", "'پارس'", "1.5", "'A'", "x'61'"}},
    {"d", {"'2024-03-20'", "'2024'", "'2024-04'", "'0000'", "'x'", "20000", "'2024-03-19 12'"}},
    {"m", {"'2024-03-20 08:30:00'", "'2024-03-20 08:30:00.5'", "'2024-03-20'", "'1970'", "5"}},
    {"x", {"0.1", "12.5", "12.505", "0", "92233720368547758.07", "1e30", "'12.51'", "'x'"}},
    {"\"x.unscaled\"", {"10", "1250", "9223372036854775807", "12.5"}},
    {"small", {"0.1", "-1", "2.2", "0.15", "'1'"}},
    {"r", {"0.1", "0", "1e300", "-1.5", "9007199254740993", "'0.1'", "1e999"}},
    {"f", {"0.1", "-1.5", "16777217", "3", "0.10000000149011612"}},
    {"e", {"'open'", "'closed'", "'b'", "''", "'#1'", "1", "'zzz'", "'OPEN'"}},
    {"u", {"5", "9223372036854775807", "9223372036854775808", "'9223372036854775808'", "-1"}},
    {"w", {"255", "256", "-1", "1", "1.5", "'2'"}},
    {"b", {"0", "1", "2", "0.5", "true", "'1'", "'true'"}},
    {"data", {"x'61'", "x''", "x'0001'", "'a'", "5"}},
    {"\"place.city\"", {"'Chabahar'", "'Q'", "'Z'"}},
    {"\"place.code\"", {"1", "0", "65536"}},
    {"tags", {"'[\"a\",\"b\"]'", "'[]'"}},
};

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  const ColumnCase& AnyColumn() {
    return kColumns[static_cast<size_t>(random_.Below(static_cast<int>(kColumns.size())))];
  }

  std::string Literal(const ColumnCase& column) {
    if (random_.OneIn(20)) return "NULL";
    const auto& literals = random_.OneIn(8) ? AnyColumn().literals : column.literals;
    return literals[static_cast<size_t>(random_.Below(static_cast<int>(literals.size())))];
  }

  // An expression that SQLite cannot see through when it plans, or plainly the value.
  std::string Operand(const ColumnCase& column) {
    const std::string literal = Literal(column);
    switch (random_.Below(8)) {
      case 0:
        return absl::StrCat("(SELECT ", literal, ")");
      case 1:
        return absl::StrCat("coalesce(", literal, ", NULL)");
      default:
        return literal;
    }
  }

  std::string Pattern() {
    static constexpr const char* kPatterns[] = {"'a%'",         "'A%'",  "'ab_'",   "'%b'", "'12%'",
                                                "'2024%'",      "'پا%'", "''",      "'%'",  "'o%'",
                                                "'2024-03-2_'", "'#%'",  "'Chab%'", "12"};
    return random_.Pick(kPatterns);
  }
  std::string Glob() {
    static constexpr const char* kGlobs[] = {"'a*'",    "'A*'",  "'ab?'",  "'*'", "'[ab]*'",
                                             "'2024*'", "'پا*'", "'clo*'", "''",  "'12*'"};
    return random_.Pick(kGlobs);
  }

  std::string Comparison(const std::string& alias) {
    static constexpr const char* kOperators[] = {"=", "<", "<=", ">", ">=", "<>", "IS", "IS NOT"};
    const ColumnCase& column = AnyColumn();
    const std::string name = alias + column.name;
    switch (random_.Below(14)) {
      case 0:
        return absl::StrCat(name, random_.OneIn(2) ? " IS NULL" : " IS NOT NULL");
      case 1:
        return absl::StrCat(name, " IN (", Literal(column), ", ", Literal(column), ", ",
                            Literal(column), ")");
      case 2:
        return absl::StrCat(name, " BETWEEN ", Operand(column), " AND ", Operand(column));
      case 3:
        return absl::StrCat(name, " LIKE ", Pattern());
      case 4:
        return absl::StrCat(name, " GLOB ", Glob());
      case 5:
        return absl::StrCat(name, " ", random_.Pick(kOperators), " ", alias, AnyColumn().name);
      case 6:
        return absl::StrCat(name, " ", random_.Pick(kOperators), " ", Literal(column),
                            " COLLATE NOCASE");
      case 7:
        return absl::StrCat(Literal(column), " ", random_.Pick(kOperators), " ", name);
      case 8:
        return absl::StrCat(name, " IN (SELECT ", AnyColumn().name, " FROM row WHERE id < 9)");
      default:
        return absl::StrCat(name, " ", random_.Pick(kOperators), " ", Operand(column));
    }
  }

  std::string Condition(const std::string& alias, int depth) {
    if (depth == 0 || random_.OneIn(2)) {
      return absl::StrCat(random_.OneIn(12) ? "NOT " : "", Comparison(alias));
    }
    return absl::StrCat("(", Condition(alias, depth - 1), random_.OneIn(3) ? " OR " : " AND ",
                        Condition(alias, depth - 1), ")");
  }

  // Two columns that are held to values: an index for each may be read beside the other.
  std::string BothHeld() {
    static constexpr const char* kHeld[] = {"i", "m", "x", "data", "d", "r"};
    std::string text;
    for (int i = 0; i < 2; ++i) {
      const char* const name = random_.Pick(kHeld);
      const auto column = std::find_if(kColumns.begin(), kColumns.end(), [&](const auto& each) {
        return each.name == std::string_view(name);
      });
      absl::StrAppend(&text, text.empty() ? "" : " AND ", name, " = ", Operand(*column));
      if (column->name == std::string_view("d"))
        absl::StrAppend(&text, " AND m = ", Literal(kColumns[4]));
      if (column->name == std::string_view("r"))
        absl::StrAppend(&text, " AND f = ", Literal(kColumns[9]));
    }
    return text;
  }

  std::string Where(const std::string& alias) {
    if (alias.empty() && random_.OneIn(8)) return " WHERE " + BothHeld();
    return random_.OneIn(8) ? "" : absl::StrCat(" WHERE ", Condition(alias, 2));
  }

  // `*ordered`: the rows come in one order only.
  std::string Statement(bool* ordered) {
    *ordered = false;
    switch (random_.Below(9)) {
      case 0:
        return absl::StrCat("SELECT count(*), min(", AnyColumn().name, "), max(", AnyColumn().name,
                            "), total(id) FROM row", Where(""));
      case 1: {
        const char* by = AnyColumn().name;
        return absl::StrCat("SELECT ", by, ", count(*), min(id) FROM row", Where(""), " GROUP BY ",
                            by);
      }
      case 2:
        return absl::StrCat("SELECT DISTINCT ", AnyColumn().name, ", ", AnyColumn().name,
                            " FROM row", Where(""));
      case 3: {
        const char* on = AnyColumn().name;
        return absl::StrCat("SELECT p.id, q.id FROM row p JOIN row q ON p.", on, " = q.",
                            random_.OneIn(3) ? AnyColumn().name : on, " WHERE p.id < 40 AND ",
                            Condition("q.", 1));
      }
      case 4:
        return absl::StrCat("SELECT p.id FROM row p WHERE EXISTS (SELECT 1 FROM row q WHERE q.",
                            AnyColumn().name, " = p.", AnyColumn().name, " AND q.id <> p.id AND ",
                            Condition("q.", 1), ")");
      case 5:
        return absl::StrCat("SELECT p.id, q.id FROM row p LEFT JOIN row q ON q.i = p.i AND ",
                            Condition("q.", 0), " WHERE p.id < 30 AND ", Condition("p.", 0));
      default:
        *ordered = true;
        return Ordered();
    }
  }

 private:
  std::string Ordered() {
    std::string columns = "id";
    for (int i = random_.Below(3); i > 0; --i) absl::StrAppend(&columns, ", ", AnyColumn().name);
    std::string orders;
    for (int i = random_.Below(3); i > 0; --i) {
      absl::StrAppend(&orders, AnyColumn().name, random_.OneIn(2) ? " DESC, " : ", ");
    }
    std::string text = absl::StrCat("SELECT ", columns, " FROM row", Where(""), " ORDER BY ",
                                    orders, "id", random_.OneIn(3) ? " DESC" : "");
    if (random_.OneIn(2)) absl::StrAppend(&text, " LIMIT ", random_.Below(20));
    if (text.find("LIMIT") != std::string::npos && random_.OneIn(2)) {
      absl::StrAppend(&text, " OFFSET ", random_.Below(9));
    }
    return text;
  }

  Random& random_;
};

// Declares and fills a plain table with what ours shows. That this is right is for read_test.cc.
void CopyRows(SqlConnection& sql, Plain* plain) {
  auto columns = testing::SqlRows(
      sql, "SELECT name, type FROM pragma_table_xinfo('row') WHERE name <> 'as_of'");
  REQUIRE_OK(columns);
  std::string declaration;
  std::string quoted;
  for (const std::string& column : *columns) {
    const size_t bar = column.find('|');
    const std::string name = absl::StrCat("\"", column.substr(1, bar - 2), "\"");
    const std::string type = column.substr(bar + 2, column.size() - bar - 3);
    absl::StrAppend(&declaration, declaration.empty() ? "" : ", ", name, " ", type);
    absl::StrAppend(&quoted, quoted.empty() ? "" : ", ", name);
  }
  plain->Run(absl::StrCat("CREATE TABLE row(", declaration, ")"));
  REQUIRE_OK_AND_ASSIGN(SqlStatement rows,
                        sql.Prepare(absl::StrCat("SELECT ", quoted, " FROM row")));
  while (true) {
    REQUIRE_OK_AND_ASSIGN(const bool more, rows.Next());
    if (!more) return;
    plain->Insert(rows, columns->size());
  }
}

TEST_CASE("sql: random statements answer as plain tables of SQLite do", "[sql][property]") {
  const int run = GENERATE(0, 1, 2, 3);
  const uint32_t seed = Catch::getSeed() + static_cast<uint32_t>(run);
  // Scans are divided among threads in one run; what is read from columns is not.
  const bool divided = run == 3;
  CAPTURE(seed, divided);
  Random random(seed);
  const TempDir directory;
  OpenOptions options = InMemory();
  if (divided) options.memory_budget_bytes = 0;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kRowSchema, options));
  testing::DivideScans(*database, divided ? 3 : 1, 10, 4000);
  Batch batch = database->NewBatch();
  for (int id = 0; id < kRows; ++id) {
    REQUIRE_OK(batch.Put("row", testing::RandomRow(random, id)));
  }
  REQUIRE_OK(database->Commit(std::move(batch)));
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*database));
  Plain plain;
  CopyRows(sql, &plain);
  Generator generator(random);
  std::set<std::string> used;
  int answered = 0;
  int intersections = 0;
  const int statements = divided ? Statements() / 4 : Statements();
  for (int round = 0; round < statements; ++round) {
    // From half way on it is known how many entries indexes have.
    if (round == statements / 2) REQUIRE_OK(database->Analyze());
    bool ordered = false;
    const std::string text = generator.Statement(&ordered);
    CAPTURE(text);
    auto statement = sql.Prepare(text);
    Answer ours;
    if (statement.ok()) {
      REQUIRE_OK_AND_ASSIGN(const std::string plan, statement->Explain());
      INFO(plan);
      for (const char* index : {"primary key", "byI ", "byIDesc", "byT ", "byTLast", "byD", "byM",
                                "byX", "byR", "byE", "byU", "byData", "byPlace", "openD", "hasM"}) {
        if (plan.find(index) != std::string::npos) used.insert(index);
      }
      intersections += plan.find(" and by") != std::string::npos;
      auto rows = testing::SqlRows(*statement);
      ours.failed = !rows.ok();
      if (rows.ok()) ours.rows = *std::move(rows);
      Answer theirs = plain.Ask(text);
      if (!ordered) {
        std::sort(ours.rows.begin(), ours.rows.end());
        std::sort(theirs.rows.begin(), theirs.rows.end());
      }
      REQUIRE(ours.rows == theirs.rows);
      REQUIRE(ours.failed == theirs.failed);
      if (!ours.rows.empty()) ++answered;
    } else {
      CAPTURE(statement.status().ToString());
      REQUIRE(plain.Ask(text).failed);
    }
  }
  // The test is worth something only if statements find rows, by many indexes.
  CHECK(answered > statements / 3);
  CAPTURE(absl::StrJoin(used, ", "));
  CHECK(used.size() >= 12);
  // A quarter of the statements may have none.
  CHECK((intersections > 0 || divided));
  CHECK((testing::ScanThreadsOf(*database).started() > 0) == divided);
}

}  // namespace
}  // namespace daftar
