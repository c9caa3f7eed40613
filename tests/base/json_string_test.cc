#include "base/json_string.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <tuple>

namespace daftar {
namespace {

TEST_CASE("json string: only what must be escaped is", "[base][unit]") {
  using namespace std::string_literals;
  const auto [name, text, literal] = GENERATE(table<const char*, std::string, std::string>(
      {{"empty", "", R"("")"},
       {"plain", "a/b'c", R"("a/b'c")"},
       {"quote and backslash", R"(say "x\y")", R"("say \"x\\y\"")"},
       {"short escapes", "\b\f\n\r\t", R"("\b\f\n\r\t")"},
       {"control characters", "\0\x1f\x7f"s, "\"\\u0000\\u001f\x7f\""},
       {"UTF-8 stays", "پارس 😀\u2028", "\"پارس 😀\u2028\""},
       {"bad bytes are replaced",
        "a\xFF\xFE"
        "b\"",
        "\"a\uFFFD\uFFFD"
        "b\\\"\""},
       {"cut character", "x\xD9", "\"x\uFFFD\""}}));
  CAPTURE(name);
  std::string out;
  AppendJsonString(text, &out);
  CHECK(out == literal);
}

}  // namespace
}  // namespace daftar
