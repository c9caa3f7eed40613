// Names found in SQL.

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
    $Daftar.search(name = "names", fields = ["name"], to = "until") {
  no @0 :Text;
  name @1 :Text;
  size @2 :Int32;
  until :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
}
)";

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;

  Opened() {
    database = MakeDatabase(directory, kSchema, InMemory()).value();
    REQUIRE_OK(database->Put("firm", R"({"no": "1", "name": "پارس خودرو", "size": 7})"));
    REQUIRE_OK(database->Put("firm", R"({"no": "2", "name": "Parsian", "until": "2020-01-01"})"));
    REQUIRE_OK(database->Delete("firm", {"2"}));
  }
};

TEST_CASE("sql: names are found", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT \"table\", key, text, reason, field FROM daftar_find('Pars Khodro')",
       "'firm'|'1'|'پارس خودرو'|'transliteration'|'name'"},
      {"SELECT f.no, f.size FROM daftar_find('پارس', 'word') n JOIN firm f ON f.no = n.key",
       "'1'|7"},
      {"SELECT key, \"to\" FROM daftar_find('pars', 'substring', '2')", "'2'|'2020-01-01'"},
      {"SELECT count(*) FROM daftar_find('pars', 'any', '2', 1)", "1"},
      {"SELECT count(*) FROM daftar_find('pars') WHERE \"table\" = 'ship'", "0"},
      {"SELECT f.no, n.key FROM firm f JOIN daftar_find(f.name) n", "'1'|'1'"},
      {"SELECT count(*) FROM daftar_find(NULL)", "0"},
  }));
  CAPTURE(text);
  CHECK(Ask(*sql, text) == expected);
}

TEST_CASE("sql: what cannot be found is refused", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto refuse = [&](const char* text, const char* message) {
    CAPTURE(text);
    CHECK_THAT(Refused(*sql, text), StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  refuse("SELECT * FROM daftar_find", "what is to be found?");
  refuse("SELECT * FROM daftar_find('x', 'words')", "mode any, word or substring");
  refuse("SELECT * FROM daftar_find('x', 'any', '1', 0)", "1 to 1000 records");
  refuse("SELECT * FROM daftar_find('!')", "there is nothing to search for");
}

}  // namespace
}  // namespace daftar
