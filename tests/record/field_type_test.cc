#include "record/field_type.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

record::FieldType TypeOf(const char* path) { return WellSample().Path("Well", path).type(); }

TEST_CASE("field type: takes what fits, and shows it", "[record][unit]") {
  const auto [path, value, stored, shown] =
      GENERATE(table<const char*, Value, OwnedScalar, const char*>(
          {{"numbers.int8", -128, int64_t{-128}, "-128"},
           {"numbers.int8", "127", int64_t{127}, "127"},
           {"numbers.int16", "-32768", int64_t{-32768}, "-32768"},
           {"numbers.int16", 32767, int64_t{32767}, "32767"},
           {"numbers.int32", INT64_C(-2147483648), int64_t{INT32_MIN}, "-2147483648"},
           {"numbers.int32", "2147483647", int64_t{INT32_MAX}, "2147483647"},
           {"numbers.int64", "-9223372036854775808", INT64_MIN, "-9223372036854775808"},
           {"numbers.int64", INT64_MIN, INT64_MIN, "-9223372036854775808"},
           {"numbers.int64", uint64_t{INT64_MAX}, INT64_MAX, "9223372036854775807"},
           {"numbers.int64", "-0", int64_t{0}, "0"},
           {"numbers.uint8", "255", uint64_t{255}, "255"},
           {"numbers.uint8", "-0", uint64_t{0}, "0"},
           {"numbers.uint16", 65535, uint64_t{65535}, "65535"},
           {"numbers.uint32", "4294967295", uint64_t{UINT32_MAX}, "4294967295"},
           {"numbers.uint64", "18446744073709551615", UINT64_MAX, "18446744073709551615"},
           {"numbers.uint64", UINT64_MAX, UINT64_MAX, "18446744073709551615"},
           {"depth", "12", int64_t{1200}, "12.00"},
           {"depth", "-12.5", int64_t{-1250}, "-12.50"},
           {"depth", 3, int64_t{300}, "3.00"},
           {"depth", Decimal{125, 1}, int64_t{1250}, "12.50"},
           {"depth", "21474836.47", int64_t{INT32_MAX}, "21474836.47"},
           {"depth", "-21474836.48", int64_t{INT32_MIN}, "-21474836.48"},
           {"price", "9.223372036854775807", INT64_MAX, "9.223372036854775807"},
           {"price", "-9.223372036854775808", INT64_MIN, "-9.223372036854775808"},
           {"validTo", "2025-03-21", int64_t{20168}, "2025-03-21"},
           {"validTo", Date{-1}, int64_t{-1}, "1969-12-31"},
           {"recordedAt", "2025-03-21T09:30:00+03:30", int64_t{1742536800000000},
            "2025-03-21T06:00:00Z"},
           {"recordedAt", Instant{1}, int64_t{1}, "1970-01-01T00:00:00.000001Z"},
           {"state", "sealed", uint64_t{2}, "sealed"},
           {"state", Enumerant{0, "active"}, uint64_t{1}, "active"},
           {"state", "#2", uint64_t{2}, "sealed"},
           {"state", "#7", uint64_t{7}, "#7"},
           {"state", Enumerant{7, "#7"}, uint64_t{7}, "#7"},
           {"state", "#65535", uint64_t{65535}, "#65535"},
           {"flag", true, true, "true"},
           {"flag", "false", false, "false"},
           {"ratio", "0.1", 0.1, "0.1"},
           {"ratio", -5, -5.0, "-5"},
           {"ratio", "-Infinity", -kInfinity, "-Infinity"},
           {"ratio", "1e308", 1e308, "1e+308"},
           {"ratio", kInfinity, kInfinity, "Infinity"},
           {"ratio", Decimal{25, 1}, 2.5, "2.5"},
           {"small", "0.1", double{0.1F}, "0.10000000149011612"},
           {"small", 3.4028234663852886e38, double{std::numeric_limits<float>::max()},
            "3.4028234663852886e+38"},
           {"small", kInfinity, kInfinity, "Infinity"},
           {"district", "", std::string(), ""},
           {"district", "پارس", std::string("پارس"), "پارس"},
           {"seal", Blob{"\x01\xff"}, std::string("\x01\xff"), "01ff"},
           {"seal", Value(), OwnedScalar(), ""}}));
  CAPTURE(path, value.ToString());
  const record::FieldType type = TypeOf(path);
  REQUIRE_OK_AND_ASSIGN(const OwnedScalar scalar, type.FromValue(value));
  CHECK(scalar == stored);
  const Value back = type.ToValue(ToView(scalar));
  CHECK(back.ToString() == shown);
  CHECK(back.is_null() == value.is_null());
  REQUIRE_OK_AND_ASSIGN(const OwnedScalar again, type.FromValue(back));
  CHECK(again == scalar);
}

TEST_CASE("field type: NaN stays NaN", "[record][unit]") {
  const char* path = GENERATE("ratio", "small");
  for (const Value& value : {Value("NaN"), Value(kNaN), Value(-kNaN)}) {
    REQUIRE_OK_AND_ASSIGN(const OwnedScalar scalar, TypeOf(path).FromValue(value));
    CHECK(std::isnan(std::get<double>(scalar)));
    CHECK(TypeOf(path).ToValue(ToView(scalar)).ToString() == "NaN");
  }
}

TEST_CASE("field type: refuses what does not fit, naming value and remedy", "[record][unit]") {
  const auto [path, value, message] = GENERATE(table<const char*, Value, const char*>(
      {{"numbers.int8", 128, "value='128'; expected=integer from -128 to 127"},
       {"numbers.int8", "-129", "value='-129'; expected=integer from -128 to 127"},
       {"numbers.int16", 32768, "value='32768'; expected=integer from -32768 to 32767"},
       {"numbers.int32", "2147483648", "expected=integer from -2147483648 to 2147483647"},
       {"numbers.int64", "9223372036854775808", "value='9223372036854775808'"},
       {"numbers.int64", "-9223372036854775809", "value='-9223372036854775809'"},
       {"numbers.int64", UINT64_MAX, "value='18446744073709551615'"},
       {"numbers.uint8", -1, "value='-1'; expected=integer from 0 to 255"},
       {"numbers.uint16", "65536", "expected=integer from 0 to 65535"},
       {"numbers.uint32", "4294967296", "expected=integer from 0 to 4294967295"},
       {"numbers.uint64", "18446744073709551616", "value='18446744073709551616'"},
       {"numbers.uint64", "-1", "value='-1'"},
       {"numbers.int32", "", "value=''"},
       {"numbers.int32", "-", "value='-'"},
       {"numbers.int32", "--1", "value='--1'"},
       {"numbers.int32", "+1", "value='+1'"},
       {"numbers.int32", " 1", "value=' 1'"},
       {"numbers.int32", "1.0", "value='1.0'"},
       {"numbers.int32", "1,000", "value='1,000'"},
       {"numbers.int32", "0x1", "value='0x1'"},
       {"numbers.int32", 1.0, "value='1'; expected=integer"},
       {"numbers.int32", true, "value='true'"},
       {"numbers.int32", Date{1}, "value='1970-01-02'"},
       {"depth", "12.345", "value='12.345'; expected=decimal(2)"},
       {"depth", "21474836.48", "value='2147483648'; expected=decimal(2)"},
       {"depth", "1e3", "value='1e3'"},
       {"depth", 0.5, "value='0.5'; expected=decimal(2)"},
       {"price", "9.223372036854775808", "expected=decimal(18)"},
       {"price", 10, "value='10'; expected=decimal(18)"},
       {"validTo", "21/03/2025",
        "expected=date; write it as=2025-08-03, or 1404/05/12 for Solar Hijri; "
        "cause=it does not have the form of a date"},
       {"validTo", "1404/12/30", "cause=there is no such day in the Solar Hijri calendar"},
       {"validTo", "2025-02-29", "value='2025-02-29'; expected=date"},
       {"validTo", 20168, "value='20168'; expected=date"},
       {"validTo", Instant{0}, "expected=date"},
       {"recordedAt", "2025-03-21T09:30:00", "expected=instant; write it as=YYYY-MM-DDTHH:MM:SSZ"},
       {"recordedAt", Date{0}, "expected=instant"},
       {"recordedAt", 5, "value='5'; expected=instant"},
       {"state", "Sealed",
        "value='Sealed'; expected=enum State; one of=unspecified, active, sealed"},
       {"state", "2", "value='2'; expected=enum State"},
       {"state", 2, "value='2'; expected=enum State"},
       {"state", "#65536", "value='#65536'"},
       {"state", "#", "value='#'"},
       {"state", "#x", "value='#x'"},
       {"flag", "yes", "value='yes'; expected=boolean"},
       {"flag", 1, "value='1'; expected=boolean"},
       {"flag", "TRUE", "value='TRUE'; expected=boolean"},
       {"ratio", "nan", "value='nan'; expected=float64"},
       {"ratio", "inf", "value='inf'; expected=float64"},
       {"ratio", "infinity", "value='infinity'; expected=float64"},
       {"ratio", "1e999", "value='1e999'; expected=float64"},
       {"ratio", "0.5x", "value='0.5x'"},
       {"ratio", "", "value=''"},
       {"small", 1e39, "value='1e+39'; expected=float32"},
       {"small", "-1e39", "value='-1e+39'; expected=float32"},
       {"district", 5, "value='5'; expected=text"},
       {"district", true, "value='true'; expected=text"},
       {"district", Blob{"a"}, "value='61'; expected=text"},
       {"seal", 5, "value='5'; expected=data"}}));
  CAPTURE(path, value.ToString());
  const auto scalar = TypeOf(path).FromValue(value);
  CHECK_THAT(scalar, StatusIs(absl::StatusCode::kInvalidArgument, "value does not fit the field"));
  CHECK_THAT(scalar, StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace daftar::testing
