#include "record/json_value.h"

#include <catch2/catch_test_macros.hpp>

#include "record/json_parser.h"
#include "support/status_matchers.h"

namespace daftar::record {
namespace {

std::string Text(const JsonValue& value) {
  std::string out;
  AppendJson(value, &out);
  return out;
}

TEST_CASE("json value: order, duplicates and digits are kept", "[record][unit]") {
  const std::string text =
      R"({"b":1.50,"a":[true,null,-0,1E5,12345678901234567890123],"b":"\"پ\n"})";
  REQUIRE_OK_AND_ASSIGN(const JsonValue value, ParseJson(text));
  CHECK(Text(value) == text);
  REQUIRE(value.Find("b") != nullptr);
  REQUIRE(value.Find("b")->as_number() != nullptr);
  CHECK(value.Find("b")->as_number()->text == "1.50");
  CHECK(value.Find("c") == nullptr);
  CHECK(value.Find("a")->Find("b") == nullptr);
}

TEST_CASE("json value: a moved-from value is null", "[record][unit]") {
  JsonValue a("text");
  const JsonValue b = std::move(a);
  CHECK(a.is_null());  // NOLINT: the contract says so
  CHECK(Text(b) == R"("text")");
}

TEST_CASE("json value: a part can replace its whole", "[record][unit]") {
  REQUIRE_OK_AND_ASSIGN(JsonValue value, ParseJson(R"([["inner",[1]]])"));
  value = std::move((*value.as_array())[0]);
  CHECK(Text(value) == R"(["inner",[1]])");
  value = (*value.as_array())[1];
  CHECK(Text(value) == "[1]");
}

TEST_CASE("json value: equality is by kind and content", "[record][unit]") {
  CHECK(JsonValue() == JsonValue());
  CHECK(JsonValue("1") != JsonValue(JsonNumber{"1"}));
  CHECK(JsonValue(JsonNumber{"1"}) != JsonValue(JsonNumber{"1.0"}));
  CHECK(JsonValue(true) != JsonValue(false));
  CHECK(JsonValue(JsonArray{JsonValue(true)}) == JsonValue(JsonArray{JsonValue(true)}));
  CHECK(JsonValue(JsonObject{{"a", JsonValue()}}) != JsonValue(JsonObject{{"b", JsonValue()}}));
}

}  // namespace
}  // namespace daftar::record
