// Functions of names, numbers on paper and calendars.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "sql/fixtures.h"

namespace daftar {
namespace {

using Catch::Matchers::ContainsSubstring;
using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Deal $Daftar.table(name = "deal", key = ["no"]) {
  no @0 :UInt32; name @1 :Text; paidOn @2 :Int32 $Daftar.date; cents @3 :Int64; }
)";

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database = MakeDatabase(directory, kSchema, InMemory()).value();
  SqlConnection sql = SqlConnection::Open(*database).value();
};

TEST_CASE("sql functions: names, numbers and calendars", "[sql]") {
  Opened opened;
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"fold('شركة پارسي')", "'شرکه پارسی'"},
      {"fold('ÉTABLI  Nº')", "'etabli no'"},
      {"fold(null)", "null"},
      {"similarity('شرکت پارس', 'Pars Company') > 0.82", "1"},
      {"similarity('پارس', 'Karachi') > 0.82", "0"},
      {"similarity('پارس', null)", "null"},
      {"identifier('ir-national-id', '۰۰۷-۷۳۰۵۲۹۵')", "null"},
      {"identifier('pk-cnic', '۱۲۳۴۵-۱۲۳۴۵۶۷-۱')", "'1234512345671'"},
      {"identifier_printed('pk-cnic', '1234512345671')", "'12345-1234567-1'"},
      {"identifier('lei', '5493001KJTIIGC8Y1R12')", "'5493001KJTIIGC8Y1R12'"},
      {"identifier('lei', '5493001KJTIIGC8Y1R13')", "null"},
      {"identifier_fault('lei', '5493001KJTIIGC8Y1R13') LIKE 'the check digits do not fit%'", "1"},
      {"identifier_fault('lei', '5493001KJTIIGC8Y1R12')", "null"},
      {"identifier_schemes('5493001kjtiigc8y1r12') LIKE 'lei%'", "1"},
      {"identifier_schemes('!')", "null"},
      {"identifier('gem-entity', 'E1')", "null"},
      {"identifier_fault('vat', '1') LIKE 'no such scheme of numbers; scheme=vat; schemes=lei,%'",
       "1"},
      {"solar_hijri('2025-03-20')", "'1403-12-30'"},
      {"solar_hijri('2025-03-20 23:59:59')", "'1403-12-30'"},
      {"gregorian('۱۴۰۴/۵/۱۲')", "'2025-08-03'"},
      {"gregorian('1403-01-01')", "'2024-03-20'"},
      {"fiscal_year('IR', '2025-03-20')", "'1403'"},
      {"fiscal_year('IR', '2025-03-21')", "'1404'"},
      {"fiscal_year('PK', '2024-06-30')", "'FY24'"},
      {"fiscal_year('PK', '2024-07-01')", "'FY25'"},
  }));
  CAPTURE(text);
  CHECK(Ask(opened.sql, std::string("SELECT ") + text) == expected);
}

TEST_CASE("sql functions: what cannot be read is refused", "[sql]") {
  Opened opened;
  const auto [text, message] = GENERATE(table<const char*, const char*>({
      {"solar_hijri('1404-05')", "value is not a date"},
      {"solar_hijri('1700-01-01')", "outside the Solar Hijri years"},
      {"gregorian('1403-12-31')", "no such day in the Solar Hijri calendar"},
      {"gregorian('1403/13/01')", "no such day in the Solar Hijri calendar"},
      {"gregorian('tomorrow')", "write it as 1404-05-12"},
      {"fiscal_year('AF', '2024-07-01')", "no fiscal year is known of the country"},
  }));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement, opened.sql.Prepare(std::string("SELECT ") + text));
  CHECK_THAT(statement.Next(), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("sql functions: fiscal years of three kinds add up to the same", "[sql]") {
  Opened opened;
  Batch batch = opened.database->NewBatch();
  for (int i = 0; i < 1500; ++i) {
    const Date day{19000 + i};  // 2022-01-08 to 2026-02-15
    REQUIRE_OK(batch.Put("deal", absl::StrCat(R"({"no":)", i, R"(,"paidOn":")",
                                              Value(day).ToString(), R"(","cents":)", i * i, "}")));
  }
  REQUIRE_OK(opened.database->Commit(std::move(batch)));
  const std::string total = Ask(opened.sql, "SELECT sum(cents) FROM deal");
  for (const char* year :
       {"substr(paidOn, 1, 4)", "fiscal_year('IR', paidOn)", "fiscal_year('PK', paidOn)"}) {
    CAPTURE(year);
    const std::string groups =
        absl::StrCat("(SELECT ", year, " AS y, sum(cents) AS s FROM deal GROUP BY y)");
    CHECK(Ask(opened.sql, "SELECT sum(s) FROM " + groups) == total);
  }
  CHECK(Ask(opened.sql,
            "SELECT fiscal_year('IR', paidOn) y, min(paidOn), max(paidOn), count(*)"
            " FROM deal WHERE y = '1403' GROUP BY y") == "'1403'|'2024-03-20'|'2025-03-20'|366");
}

}  // namespace
}  // namespace daftar
