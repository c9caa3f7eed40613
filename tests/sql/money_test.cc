// Money: sums of one currency, and conversion by a table of rates.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "sql/fixtures.h"

namespace daftar {
namespace {

using testing::Ask;
using testing::InMemory;
using testing::MakeDatabase;
using testing::Refused;
using testing::SqlRows;
using testing::StatusIs;
using testing::TempDir;

constexpr const char* kSchema = R"(
struct Paid $Daftar.table(name = "paid", key = ["no"]) {
  no @0 :Int64;
  amount @1 :Int64 $Daftar.money("currency");
  currency @2 :Text;
  day @3 :Int32 $Daftar.date;
}
struct Rate $Daftar.table(name = "rate", key = ["currency", "quote", "day"]) {
  currency @0 :Text;
  quote @1 :Text;
  day @2 :Int32 $Daftar.date;
  rate :union { none @3 :Void; value @4 :Int64 $Daftar.decimal(4); }
  per :union { none @5 :Void; units @6 :UInt16; }
}
struct Whole $Daftar.table(name = "market", key = ["currency", "quote", "day"]) {
  currency @0 :Text;
  quote @1 :Text;
  day @2 :Int32 $Daftar.date;
  rate @3 :UInt32;
}
struct Broken $Daftar.table(name = "broken", key = ["currency"]) {
  currency @0 :Text;
  quote @1 :Text;
  day @2 :Text;
}
)";

struct Opened {
  TempDir directory;
  std::unique_ptr<Database> database;

  Opened() {
    database = MakeDatabase(directory, kSchema, InMemory()).value();
    for (const char* rate :
         {R"({"currency": "USD", "quote": "IRR", "day": "2018-04-10", "rate": "42000.0000"})",
          R"({"currency": "USD", "quote": "IRR", "day": "2024-01-01", "rate": "285000.5000"})",
          // Taken back: nothing is stated from then on, so the one before holds.
          R"({"currency": "USD", "quote": "IRR", "day": "2024-06-01"})",
          R"({"currency": "USD", "quote": "PKR", "day": "2024-01-01", "rate": "281.7900"})",
          R"({"currency": "JPY", "quote": "USD", "day": "2024-01-01", "rate": "0.7092",
              "per": 100})"}) {
      REQUIRE_OK(database->Put("rate", rate));
    }
    REQUIRE_OK(database->Put(
        "market", R"({"currency": "USD", "quote": "IRR", "day": "2024-01-01", "rate": 510000})"));
    for (const char* paid :
         {R"({"no": 1, "amount": 1234, "currency": "USD", "day": "2024-03-20"})",
          R"({"no": 2, "amount": 9223372036854775807, "currency": "IRR", "day": "2024-03-20"})",
          R"({"no": 3, "amount": 9223372036854775807, "currency": "IRR", "day": "2024-03-20"})",
          R"({"no": 4, "amount": -7, "currency": "IRR", "day": "2018-04-09"})",
          R"({"no": 5, "amount": 5000, "currency": "PKR", "day": "2024-03-20"})"}) {
      REQUIRE_OK(database->Put("paid", paid));
    }
  }
};

TEST_CASE("sql: money is added up and converted exactly", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto [text, expected] = GENERATE(table<const char*, const char*>({
      {"SELECT currency, money_sum(amount, currency) FROM paid GROUP BY currency ORDER BY 1",
       "'IRR'|'18446744073709551607' 'PKR'|5000 'USD'|1234"},
      {"SELECT money_sum(amount, currency) FROM paid WHERE no > 99", "null"},
      {"SELECT money_sum(NULL, 'USD')", "null"},
      {"SELECT money_sum(column1, 'IRR') FROM (VALUES ('18446744073709551607'), (-1), (NULL))",
       "'18446744073709551606'"},
      // The latest rate at or before the day, whatever calendar the day is written in.
      {"SELECT converted(1234, 'USD', 'IRR', '2023-12-31')", "51828000"},
      {"SELECT converted(1234, 'USD', 'IRR', '2018-04-10')", "51828000"},
      {"SELECT converted(1234, 'USD', 'IRR', '1402/10/11')", "351690617"},
      {"SELECT converted(1234, 'USD', 'IRR', '2025-01-01')", "351690617"},
      // The other way round, and over other digits and units.
      {"SELECT converted(351690617, 'IRR', 'USD', '2024-03-20')", "1234"},
      {"SELECT converted(10000, 'JPY', 'USD', '2024-03-20')", "7092"},
      {"SELECT converted(7092, 'USD', 'JPY', '2024-03-20')", "10000"},
      {"SELECT converted(777, 'USD', 'USD', '1999-01-01')", "777"},
      {"SELECT converted(NULL, 'USD', 'IRR', '2024-01-01')", "null"},
      {"SELECT sum(converted(amount, currency, 'USD', day)) FROM paid WHERE currency != 'IRR'",
       "1252"},
      {"SELECT money_sum(converted(amount, currency, 'USD', day), 'USD') FROM paid WHERE no < 2",
       "1234"},
      {"SELECT rate_on('USD', 'IRR', '2024-03-20'), rate_on('USD', 'JPY', '2024-03-20')",
       "'1 USD = 285000.5000 IRR since 2024-01-01'|'100 JPY = 0.7092 USD since 2024-01-01'"},
      {"SELECT no FROM paid WHERE rate_on(currency, 'USD', day) IS NULL AND currency != 'USD'",
       "4"},
      // Minor units, on days on which there was such money.
      {"SELECT minor_units('IRR', '2024-01-01'), minor_units('JPY', '2024-01-01'), "
       "minor_units('BGN', '2026-01-31'), minor_units('BGN', '2026-02-01'), minor_units('X', "
       "'2024-01-01')",
       "2|0|2|null|null"},
  }));
  CAPTURE(text);
  CHECK(Ask(*sql, text) == expected);
}

TEST_CASE("sql: what of money has no answer is refused", "[sql]") {
  const Opened opened;
  auto sql = SqlConnection::Open(*opened.database);
  REQUIRE_OK(sql);
  const auto [text, message] = GENERATE(table<const char*, const char*>({
      {"SELECT money_sum(amount, currency) FROM paid",
       "amounts of two currencies do not add up; one=USD; other=IRR; remedy=GROUP BY the currency"},
      {"SELECT money_sum(1.5, 'USD')",
       "an amount of money is an integer: whole minor units of its currency; value=1.5"},
      {"SELECT money_sum('12,50', 'USD')", "an amount of money is an integer"},
      {"SELECT money_sum(1, NULL)", "an amount of money has a currency: three letters; amount=1"},
      {"SELECT money_sum(column1, 'IRR') FROM (VALUES "
       "('170141183460469231731687303715884105727'), (1))",
       "a sum of money does not fit 128 bits"},
      {"SELECT converted(1, 'USD', 'IRR', '2018-04-09')",
       "there is no rate by that day; from=USD; to=IRR; day=2018-04-09; table=rate; remedy="},
      {"SELECT converted(1, 'PKR', 'IRR', '2024-01-01')", "there is no rate by that day; from=PKR"},
      {"SELECT converted(1, 'XAU', 'IRR', '2024-01-01')",
       "no minor units to the currency; currency=XAU"},
      {"SELECT converted(1, 'USD', 'ABC', '2024-01-01')",
       "no minor units to the currency; currency=ABC"},
      {"SELECT converted(1, 'USD', 'IRR', 'yesterday')", "yesterday"},
      {"SELECT converted(9223372036854775807, 'USD', 'IRR', '2024-01-01')", "too large"},
      {"SELECT converted(0.5, 'USD', 'IRR', '2024-01-01')", "an amount of money is an integer"},
  }));
  CAPTURE(text);
  CHECK_THAT(Refused(*sql, text), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("sql: rates come from the table that the connection names, as of its moment", "[sql]") {
  const Opened opened;
  const auto ask = [&](const SqlOptions& options) {
    auto sql = SqlConnection::Open(*opened.database, options);
    REQUIRE_OK(sql);
    return SqlRows(*sql, "SELECT converted(100, 'USD', 'IRR', '2024-03-20')");
  };
  SqlOptions options;
  options.rates = "market";
  CHECK(ask(options).value() == std::vector<std::string>{"51000000"});
  options.rates = "nowhere";
  CHECK_THAT(
      ask(options).status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "a table of rates, which is not there; table=nowhere; remedy=name another one "
               "with --rates"));
  options.rates = "broken";
  CHECK_THAT(ask(options).status(),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "lacks a field, or has it of another type; table=broken; field=day"));
  options.rates = "rate";
  options.as_of = "1";  // when only the first was stated
  CHECK(ask(options).value() == std::vector<std::string>{"4200000"});
}

TEST_CASE("sql: a rate that a transaction states holds within it", "[sql]") {
  const Opened opened;
  SqlOptions options;
  options.writable = true;
  auto sql = SqlConnection::Open(*opened.database, options);
  REQUIRE_OK(sql);
  CHECK(Ask(*sql, "BEGIN") == "");
  CHECK(Ask(*sql,
            "INSERT INTO rate (currency, quote, day, rate) VALUES ('EUR', 'USD', '2024-01-01', "
            "1.1)") == "");
  CHECK(Ask(*sql, "SELECT converted(1000, 'EUR', 'USD', '2024-01-01')") == "1100");
  CHECK(Ask(*sql, "ROLLBACK") == "");
  CHECK_THAT(Refused(*sql, "SELECT converted(1000, 'EUR', 'USD', '2024-01-01')"),
             StatusIs(absl::StatusCode::kInvalidArgument, "there is no rate by that day"));
}

// One read by key for each amount, however many rates there are.
TEST_CASE("sql: a rate is looked up and not searched for", "[sql]") {
  const Opened opened;
  Batch batch = opened.database->NewBatch();
  constexpr int kDays = 2000;
  for (int day = 0; day < kDays; ++day) {
    REQUIRE_OK(batch.Put("rate", absl::StrCat(R"({"currency": "AED", "quote": "IRR", "day": ")",
                                              1000 + day, R"(-01-01", "rate": "7.0000"})")));
  }
  REQUIRE_OK(opened.database->Commit(std::move(batch)));
  REQUIRE_OK_AND_ASSIGN(Cursor cursor,
                        opened.database->Run(Query("rate")
                                                 .Where("currency", Operator::kEqual, "AED")
                                                 .Where("quote", Operator::kEqual, "IRR")
                                                 .Where("day", Operator::kLessOrEqual, Date{0})
                                                 .WhereNotNull("rate")
                                                 .OrderBy("day", SortDirection::kDescending)
                                                 .Limit(1)
                                                 .Select({"rate", "day", "per"})));
  REQUIRE_OK_AND_ASSIGN(const bool found, cursor.Next());
  REQUIRE(found);
  CHECK(cursor.counts().entries_read <= 2);
}

}  // namespace
}  // namespace daftar
