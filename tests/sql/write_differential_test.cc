// Random writes, transactions and savepoints: our table holds what a plain table of SQLite holds,
// and refuses what it refuses.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sql/plain.h"

namespace daftar {
namespace {

using testing::Answer;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Plain;
using testing::Random;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Item $Daftar.table(name = "item", key = ["id"])
    $Daftar.index(name = "byA", on = ["a"], unique = true)
    $Daftar.index(name = "byT", on = ["t"], covering = ["a"]) {
  id @0 :Int64;
  a :union { none @1 :Void; v @2 :Int32; }
  t @3 :Text;
}
struct Pair $Daftar.table(name = "pair", key = ["x", "y"]) {
  x @0 :Int32;
  y @1 :Text;
}
)";

constexpr int kStatements = 1500;

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  std::string Statement() {
    switch (random_.Below(16)) {
      case 0:
        return "BEGIN";
      case 1:
        return random_.OneIn(3) ? "ROLLBACK" : "COMMIT";
      case 2:
        return absl::StrCat("SAVEPOINT s", random_.Below(3));
      case 3:
        return absl::StrCat("ROLLBACK TO s", random_.Below(3));
      case 4:
        return absl::StrCat("RELEASE s", random_.Below(3));
      case 5:
      case 6:
        return absl::StrCat("DELETE FROM item WHERE ", Where());
      case 7:
        return absl::StrCat("UPDATE item SET t = ", Text(), " WHERE ", Where());
      case 8:
        return absl::StrCat("UPDATE", Or(), " item SET id = ", Id(), " WHERE id = ", Id());
      case 9:
        return absl::StrCat("UPDATE", Or(), " item SET a = ", A(),
                            ", t = t || 'x' WHERE id = ", Id());
      case 10:
        return absl::StrCat("INSERT", Or(), " INTO item(id, a, t) SELECT id + ", random_.Below(5),
                            ", a + ", random_.Below(3), ", t FROM item WHERE ", Where(),
                            " ORDER BY id");
      case 11:
        return absl::StrCat("INSERT", Or(), " INTO pair(x, y) SELECT a, coalesce(t, '') FROM item ",
                            "WHERE a IS NOT NULL AND ", Where(), " ORDER BY id");
      case 12:
        return absl::StrCat("DELETE FROM pair WHERE x % 2 = ", random_.Below(2));
      default:
        return absl::StrCat(
            "INSERT", Or(), " INTO item(id, a, t) VALUES (", Id(), ", ", A(), ", ", Text(), ")",
            random_.OneIn(3) ? absl::StrCat(", (", Id(), ", ", A(), ", NULL)") : "");
    }
  }

 private:
  std::string Or() {
    static constexpr const char* kOr[] = {"",           "",         "",          " OR REPLACE",
                                          " OR IGNORE", " OR FAIL", " OR ABORT", " OR ROLLBACK"};
    return random_.Pick(kOr);
  }
  std::string Id() { return absl::StrCat(random_.Below(30)); }
  std::string A() { return random_.OneIn(3) ? "NULL" : absl::StrCat(random_.Below(20)); }
  std::string Text() {
    static constexpr const char* kTexts[] = {"'a'", "'b'", "''", "NULL", "'پارس'"};
    return random_.Pick(kTexts);
  }
  std::string Where() {
    switch (random_.Below(4)) {
      case 0:
        return absl::StrCat("id = ", Id());
      case 1:
        return absl::StrCat("t = ", Text());
      case 2:
        return absl::StrCat("a BETWEEN ", random_.Below(10), " AND ", random_.Below(20));
      default:
        return absl::StrCat("id < ", random_.Below(8));
    }
  }

  Random& random_;
};

TEST_CASE("sql: random writes and transactions do what SQLite's do", "[sql][property]") {
  const uint32_t seed = Catch::getSeed() + static_cast<uint32_t>(GENERATE(0, 1, 2));
  CAPTURE(seed);
  Random random(seed);
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, kSchema, InMemory()));
  SqlOptions options;
  options.writable = true;
  REQUIRE_OK_AND_ASSIGN(SqlConnection sql, SqlConnection::Open(*database, options));
  Plain plain;
  plain.Run("CREATE TABLE item(id BIGINT NOT NULL PRIMARY KEY, a INT UNIQUE, t TEXT)");
  plain.Run("CREATE TABLE pair(x INT NOT NULL, y TEXT NOT NULL, PRIMARY KEY (x, y))");
  Generator generator(random);
  int refused = 0;
  int rolled_back = 0;
  std::string before;
  for (int round = 0; round < kStatements; ++round) {
    const std::string text = generator.Statement();
    CAPTURE(round, before, text);
    const auto status = testing::SqlRows(sql, text).status();
    CAPTURE(status.ToString());
    REQUIRE(status.ok() == !plain.Ask(text).failed);
    if (!status.ok()) ++refused;
    if (status.ok() && text.starts_with("ROLLBACK")) ++rolled_back;
    for (const char* all : {"SELECT * FROM item ORDER BY id", "SELECT * FROM pair ORDER BY x, y",
                            "SELECT id FROM item WHERE t = 'a' ORDER BY id"}) {
      auto rows = testing::SqlRows(sql, all);
      REQUIRE_OK(rows);
      REQUIRE(*rows == plain.Ask(all).rows);
    }
    before = text;
  }
  // Worth something only when there was something to refuse and to take back.
  CHECK(refused > kStatements / 20);
  CHECK(rolled_back > 10);
  if (sql.in_transaction()) REQUIRE_OK(testing::SqlRows(sql, "ROLLBACK").status());
  REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database->Verify());
  CHECK(report.clean());
  CHECK(report.problems_found == 0);
}

}  // namespace
}  // namespace daftar
