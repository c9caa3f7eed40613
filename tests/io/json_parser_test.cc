#include "record/json_parser.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <tuple>

#include "base/utf8.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "support/test_data.h"

namespace daftar::record {
namespace {

using testing::StatusIs;

std::string Text(const JsonValue& value) {
  std::string out;
  AppendJson(value, &out);
  return out;
}

TEST_CASE("json parser: accepted texts and what they mean", "[record][unit]") {
  const auto [text, compact] = GENERATE(table<const char*, const char*>(
      {{"null", "null"},
       {" \t\r\n true ", "true"},
       {"-0", "-0"},
       {"0", "0"},
       {"7", "7"},
       {"-12", "-12"},
       {"18446744073709551616", "18446744073709551616"},
       {"1.10", "1.10"},
       {"[1,2.0 ,3e2\n]", "[1,2.0,3e2]"},
       {"[9223372036854775807,-9223372036854775808]", "[9223372036854775807,-9223372036854775808]"},
       {R"("\u067e\ud83d\ude00\/")", "\"پ😀/\""},
       {R"({"a":{},"b":[[]],"":null})", R"({"a":{},"b":[[]],"":null})"}}));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const JsonValue value, ParseJson(text));
  CHECK(Text(value) == compact);
}

TEST_CASE("json parser: errors name line, column and cause", "[record][unit]") {
  using namespace std::string_literals;
  const auto [text, message] = GENERATE(table<std::string, const char*>(
      {{"", "line=1; column=1; cause=parsing value - unexpected end of input"},
       {"[1,\n \"پارس\", x]", "line=2; column=10; cause=parsing value - invalid literal"},
       {"{\"a\":1,}", "line=1; column=8; cause=parsing object key - unexpected '}'"},
       {"[1 2]", "line=1; column=4; cause=parsing array - unexpected number literal"},
       {"1\n2", "line=2; column=1; cause=parsing value - unexpected number literal"},
       {"[1]x", "line=1; column=4; cause=parsing value - invalid literal"},
       {"[1]\0junk"s, "line=1; column=4; cause=a NUL byte must not stand here"},
       {"[\"a\0b\"]"s, "line=1; column=4; cause=a NUL byte must not stand here"},
       {"\xEF\xBB\xBF{}", "line=1; column=1; cause=a byte order mark must not stand here"},
       {"[\"\n\xFF\"]", "line=2; column=1; cause=bytes are not UTF-8"},
       {"[1e999]", "line=1; column=6; cause=the number is beyond the range of a double"},
       {R"(["\ud800"])", "column=9; cause=parsing value - invalid string: surrogate U+D800"},
       {"// x\n1", "line=1; column=1; cause=parsing value - invalid literal"},
       {"[NaN]", "line=1; column=2; cause=parsing value - invalid literal"}}));
  CAPTURE(text);
  const auto value = ParseJson(text);
  INFO(value.status());
  CHECK_THAT(value, StatusIs(absl::StatusCode::kInvalidArgument, message));
  CHECK_THAT(value, StatusIs(absl::StatusCode::kInvalidArgument, "JSON does not parse; line="));
}

TEST_CASE("json parser: the place counts from where the text begins", "[record][unit]") {
  CHECK_THAT(ParseJson("[x", {.line = 7, .column = 5}),
             StatusIs(absl::StatusCode::kInvalidArgument, "line=7; column=6;"));
  CHECK_THAT(ParseJson("[\nx", {.line = 7, .column = 5}),
             StatusIs(absl::StatusCode::kInvalidArgument, "line=8; column=1;"));
}

TEST_CASE("json parser: comments are skipped when asked for", "[record][unit]") {
  REQUIRE_OK_AND_ASSIGN(const JsonValue value, ParseJson("// one\n{\"a\": /* two */ 1} // three",
                                                         {.allow_comments = true}));
  CHECK(Text(value) == R"({"a":1})");
}

TEST_CASE("json parser: nesting stops at the limit", "[record][unit]") {
  const std::string open(kJsonDepthMax, '[');
  const std::string close(kJsonDepthMax, ']');
  REQUIRE_OK(ParseJson(open + close));
  CHECK_THAT(ParseJson(open + "[" + close + "]"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "line=1; column=513; cause=arrays and objects are nested deeper than 512"));
  CHECK_THAT(ParseJson(std::string(100000, '[')),
             StatusIs(absl::StatusCode::kInvalidArgument, "nested deeper than 512 levels"));
}

TEST_CASE("json parser: every prefix of a text is refused with a place", "[record][property]") {
  const std::string text =
      R"({"a":[1,-2.5e3,true,false,null],"پ":{"b":"x\u00e9\ud83d\ude00\\","c":[[],{}]}})";
  REQUIRE_OK(ParseJson(text));
  for (size_t length = 0; length < text.size(); ++length) {
    CAPTURE(length);
    CHECK_THAT(
        ParseJson(std::string_view(text).substr(0, length)),
        StatusIs(absl::StatusCode::kInvalidArgument, "JSON does not parse; line=1; column="));
  }
}

TEST_CASE("json parser: flipped bytes are refused or parsed, never worse", "[record][property]") {
  const std::string text = R"({"a":[1,-2.5e3,true,null],"b":{"c":"x\u00e9"}})";
  size_t refused = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      const auto value = ParseJson(flipped);
      if (!value.ok()) {
        ++refused;
        REQUIRE_THAT(value, StatusIs(absl::StatusCode::kInvalidArgument, "JSON does not parse"));
        continue;
      }
      CAPTURE(flipped);
      REQUIRE_OK_AND_ASSIGN(const JsonValue again, ParseJson(Text(*value)));
      REQUIRE(again == *value);
    }
  }
  CHECK(refused > 0);
}

JsonValue RandomValue(std::mt19937_64& random, int depth) {
  std::uniform_int_distribution<int> pick(0, depth > 0 ? 5 : 3);
  std::uniform_int_distribution<int> count(0, 4);
  switch (pick(random)) {
    case 0:
      return JsonValue();
    case 1:
      return JsonValue(random() % 2 == 0);
    case 2:
      return JsonValue(JsonNumber{std::to_string(static_cast<int64_t>(random()))});
    case 3: {
      std::string text;
      for (int i = count(random); i > 0; --i) {
        const auto c = static_cast<int32_t>(random() % 0x300);
        AppendCharacter(c, &text);
      }
      return JsonValue(std::move(text));
    }
    case 4: {
      JsonArray array;
      for (int i = count(random); i > 0; --i) array.push_back(RandomValue(random, depth - 1));
      return JsonValue(std::move(array));
    }
    default: {
      JsonObject members;
      for (int i = count(random); i > 0; --i) {
        members.push_back({std::to_string(random() % 3), RandomValue(random, depth - 1)});
      }
      return JsonValue(std::move(members));
    }
  }
}

TEST_CASE("json parser: reads what AppendJson writes", "[record][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 1000; ++i) {
    const JsonValue value = RandomValue(random, 4);
    CAPTURE(Text(value));
    REQUIRE_OK_AND_ASSIGN(const JsonValue read, ParseJson(Text(value)));
    REQUIRE(read == value);
  }
}

// Whether the message has the form "JSON does not parse; line=3; column=14; cause=…".
bool IsPositioned(std::string_view message) {
  const auto take = [&message](std::string_view start) {
    const bool found = message.starts_with(start);
    message.remove_prefix(found ? start.size() : 0);
    return found;
  };
  const auto take_number = [&message] {
    const size_t digits = std::min(message.find_first_not_of("0123456789"), message.size());
    const bool found = digits > 0 && message.front() != '0';
    message.remove_prefix(digits);
    return found;
  };
  return take("JSON does not parse; line=") && take_number() && take("; column=") &&
         take_number() && take("; cause=") && !message.empty();
}

TEST_CASE("json parser: JSONTestSuite", "[record][conformance]") {
  const std::filesystem::path folder = testing::TestData("jsontestsuite") / "test_parsing";
  DAFTAR_REQUIRE_FOLDER(folder);
  int accepted = 0;
  int refused = 0;
  int either = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const auto value = ParseJson(testing::ReadFile(entry.path()));
    CAPTURE(name, value.status());
    if (name.starts_with("y_")) {
      ++accepted;
      CHECK(value.ok());
    } else if (name.starts_with("n_")) {
      ++refused;
      CHECK(!value.ok());
    } else {
      ++either;
    }
    if (value.ok()) {
      const auto again = ParseJson(Text(*value));
      REQUIRE_OK(again);
      CHECK(*again == *value);
    } else {
      CHECK(value.status().code() == absl::StatusCode::kInvalidArgument);
      CHECK(IsPositioned(value.status().message()));
    }
    if (name == "i_structure_500_nested_arrays.json") CHECK(value.ok());
  }
  CHECK(accepted == 95);
  CHECK(refused == 188);
  CHECK(either == 35);
}

}  // namespace
}  // namespace daftar::record
