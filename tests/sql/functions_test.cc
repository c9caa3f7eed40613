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
      {"gregorian('2025-08-03')", "'2025-08-03'"},
      {"gregorian('1404/05/12T09:30')", "'2025-08-03'"},
      {"solar_hijri('1404/05/12')", "'1404-05-12'"},
      {"hijri('2025-08-03')", "'1447-02-09'"},
      {"hijri(null)", "null"},
      {"month_name('solar-hijri', '2025-08-03', 'fa')", "'مرداد'"},
      {"working_days('2025-08-04', '2025-08-11', 'PK')", "5"},
      {"working_days('2025-08-04', '2025-08-11', 'IR')", "5"},
      {"working_days('2025-08-04', '2025-08-11', 'fri')", "6"},
      {"working_days('1404/05/13', '1404/05/20', 'IR', '[\"1404/05/15\"]')", "4"},
      {"working_days('2025-08-04', '2025-08-11', 'IR', '[]')", "5"},
      {"working_days('2025-08-04', null, 'IR')", "null"},
      {"add_working_days('2025-08-06', 1, 'IR')", "'2025-08-09'"},
      {"add_working_days('2025-08-06', 1, 'IR', '[\"2025-08-09\"]')", "'2025-08-10'"},
      {"add_working_days('2025-08-06', -3, 'PK')", "'2025-08-01'"},
      {"round(distance_km(40.6, -73.8, 51.6, -0.5), 3)", "r5551.759"},
      {"distance_km(25.3, 60.6, null, 0)", "null"},
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
      {"gregorian('tomorrow')", "write 2025-08-03, or 1404/05/12 for Solar Hijri"},
      {"hijri('1700-01-01')", "outside the table of Umm al-Qura"},
      {"month_name('julian', '2025-08-03', 'fa')", "unknown calendar; known are gregorian"},
      {"month_name('hijri', '2025-08-03', 'de')", "names of months are known in fa, ur, ar, en"},
      {"working_days('2025-08-04', '2025-08-11', 'AF')", "no working week of this name is known"},
      {"working_days('2025-08-04', '2025-08-11', 'IR', '2025-08-05')",
       "holidays are a JSON array of dates; cause="},
      {"working_days('2025-08-04', '2025-08-11', 'IR', '[5]')", "cause=an element is no text"},
      {"working_days('2025-08-04', '2025-08-11', 'IR', '{}')", "cause=it is no array"},
      {"add_working_days('2025-08-06', 1.5, 'IR')", "a number of days is an integer; value=1.5"},
      {"distance_km(91, 0, 0, 0)", "this is no place on the Earth; latitude=91"},
      {"fiscal_year('AF', '2024-07-01')", "no fiscal year is known of the country"},
  }));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(SqlStatement statement, opened.sql.Prepare(std::string("SELECT ") + text));
  CHECK_THAT(statement.Next(), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("sql functions: years of four kinds add up to the same", "[sql]") {
  Opened opened;
  Batch batch = opened.database->NewBatch();
  for (int i = 0; i < 1500; ++i) {
    const Date day{19000 + i};  // 2022-01-08 to 2026-02-15
    REQUIRE_OK(batch.Put("deal", absl::StrCat(R"({"no":)", i, R"(,"paidOn":")",
                                              Value(day).ToString(), R"(","cents":)", i * i, "}")));
  }
  REQUIRE_OK(opened.database->Commit(std::move(batch)));
  const std::string total = Ask(opened.sql, "SELECT sum(cents) FROM deal");
  for (const char* year : {"substr(paidOn, 1, 4)", "substr(hijri(paidOn), 1, 4)",
                           "fiscal_year('IR', paidOn)", "fiscal_year('PK', paidOn)"}) {
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
