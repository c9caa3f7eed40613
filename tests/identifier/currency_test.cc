#include "identifier/currency.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>
#include <tuple>
#include <vector>

#include "base/calendar.h"
#include "support/status_matchers.h"

namespace daftar::identifier {
namespace {

TEST_CASE("currency: a currency is in use from its first to its last day", "[identifier][unit]") {
  const auto [code, day, in_use] = GENERATE(table<const char*, const char*, bool>(
      {{"IRR", "1932-05-12", false}, {"IRR", "1932-05-13", true},   {"IRR", "2026-03-21", true},
       {"PKR", "1948-03-31", false}, {"PKR", "1948-04-01", true},   {"EUR", "1998-12-31", false},
       {"EUR", "1999-01-01", true},  {"DEM", "2002-05-15", true},   {"DEM", "2002-05-16", false},
       {"ITL", "2002-02-28", true},  {"ITL", "2002-03-01", false},  {"LTL", "2014-12-31", true},
       {"LTL", "2015-01-01", false}, {"XAU", "0001-01-01", true},   {"XAU", "9999-12-31", true},
       {"GBP", "2026-01-01", true},  {"INR", "2026-01-01", true},   {"SVC", "2026-01-01", false},
       {"BGN", "2026-01-31", true},  {"BGN", "2026-02-01", false},  {"ANG", "2025-06-30", true},
       {"ANG", "2025-07-01", false}, {"XCG", "2025-03-30", false},  {"XCG", "2025-03-31", true},
       {"CUC", "1993-12-31", false}, {"CUC", "2021-06-30", true},   {"CUC", "2021-07-01", false},
       {"ZWG", "2024-04-07", false}, {"ZWG", "2024-04-08", true},   {"XAD", "2026-01-01", true},
       {"CNH", "2026-01-01", false}, {"ABC", "2026-01-01", false},  {"irr", "2026-01-01", false},
       {"HRK", "2022-12-31", true},  {"HRK", "2023-02-01", false},  {"BYN", "2016-06-30", false},
       {"BYN", "2016-07-01", true},  {"VED", "2021-09-30", false},  {"VED", "2021-10-01", true},
       {"STN", "2017-12-31", false}, {"STN", "2018-01-01", true},   {"MRU", "2017-12-31", false},
       {"MRU", "2018-01-01", true},  {"SLE", "2026-01-01", true},   {"EEK", "2011-01-15", false},
       {"", "2026-01-01", false},    {"EURO", "2026-01-01", false}, {"ZWN", "2007-01-01", false}}));
  CAPTURE(code, day);
  REQUIRE_OK_AND_ASSIGN(const Date date, ParseDate(day));
  CHECK(CurrencyInUse(code, date) == in_use);
}

TEST_CASE("currency: CurrencyInUse has no day too early or too late", "[identifier][unit]") {
  CHECK(CurrencyInUse("EUR", Date{INT32_MAX}));
  CHECK_FALSE(CurrencyInUse("EUR", Date{INT32_MIN}));
  CHECK(CurrencyInUse("XAU", Date{INT32_MIN}));
}

TEST_CASE("currency: MinorUnits are those of the standard", "[identifier][unit]") {
  CHECK(MinorUnits("IRR") == 2);
  CHECK(MinorUnits("PKR") == 2);
  CHECK(MinorUnits("AFN") == 2);
  CHECK(MinorUnits("IQD") == 3);
  CHECK(MinorUnits("KWD") == 3);
  CHECK(MinorUnits("JPY") == 0);
  CHECK(MinorUnits("CLF") == 4);
  CHECK(MinorUnits("XAU") == std::nullopt);
  CHECK(MinorUnits("ZWN") == std::nullopt);
  CHECK(MinorUnits("ABC") == std::nullopt);
  CHECK(MinorUnits("jpy") == std::nullopt);
}

TEST_CASE("currency: threads may ask at once", "[identifier][threads]") {
  std::vector<std::thread> threads;
  std::vector<int> in_use(4, 0);
  for (size_t i = 0; i < in_use.size(); ++i) {
    threads.emplace_back([&in_use, i] {
      for (int32_t day = 0; day < 20000; day += 10) {
        in_use[i] += CurrencyInUse("DEM", Date{day}) && MinorUnits("DEM") == 2 ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(in_use == std::vector<int>(4, 1183));
}

}  // namespace
}  // namespace daftar::identifier
