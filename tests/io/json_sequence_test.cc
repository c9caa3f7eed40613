#include "io/json_sequence.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "support/status_matchers.h"

namespace daftar::io {
namespace {

using Form = JsonSequenceReader::Form;
using testing::StatusIs;

// "line:value" of each item, "line!" for one that does not parse, and the final status.
std::pair<std::string, absl::Status> ReadAll(std::string_view text, Form form, size_t chunk) {
  JsonSequenceReader reader(MakeStringSource(text, chunk), form);
  std::vector<std::string> items;
  JsonSequenceReader::Item item;
  while (true) {
    const absl::StatusOr<bool> more = reader.Next(&item);
    if (!more.ok()) return {absl::StrJoin(items, " "), more.status()};
    if (!*more) break;
    std::string shown = absl::StrCat(item.line, item.status.ok() ? ":" : "!");
    if (item.status.ok()) {
      record::AppendJson(item.value, &shown);
      CHECK(item.raw.size() >= shown.size() - shown.find(':') - 1);
    }
    items.push_back(shown);
  }
  CHECK(reader.bytes_read() == text.size());
  return {absl::StrJoin(items, " "), absl::OkStatus()};
}

TEST_CASE("json sequence: the same items whatever the chunks are", "[io][unit]") {
  const auto [name, form, text, items] =
      GENERATE(table<const char*, Form, const char*, const char*>({
          {"no lines", Form::kLines, "", ""},
          {"lines", Form::kLines, "{\"a\":1}\n\n  \r\n[2]\r\n3", "1:{\"a\":1} 4:[2] 5:3"},
          {"bad line", Form::kLines, "1\n{\n\"\\\n2\n", "1:1 2! 3! 4:2"},
          {"byte order mark", Form::kLines,
           "\xEF\xBB\xBF"
           "1\n2\n",
           "1:1 2:2"},
          {"one value", Form::kDocument, " {\"a\":\n[1]} ", "1:{\"a\":[1]}"},
          {"empty array", Form::kDocument, "\n [ \n] \n", ""},
          {"array", Form::kDocument, "[\n {\"a\":\"]},\\\"\"} ,\n[1,[2]],\"x\"\n]",
           "2:{\"a\":\"]},\\\"\"} 3:[1,[2]] 3:\"x\""},
          {"array after mark", Form::kDocument, "\xEF\xBB\xBF[1]", "1:1"},
      }));
  const size_t chunk = GENERATE(1u, 2u, 3u, 7u, 1000u);
  CAPTURE(name, chunk);
  const auto [read, status] = ReadAll(text, form, chunk);
  REQUIRE_OK(status);
  CHECK(read == items);
}

TEST_CASE("json sequence: a broken document is an error with its place", "[io][unit]") {
  const auto [text, items, message] = GENERATE(table<const char*, const char*, const char*>({
      {"", "", "line=1; column=1; cause=the document is empty"},
      {"[1,\n 2", "1:1", "line=2; column=2; cause=the array is not closed"},
      {"[1,", "1:1", "column=4; cause=the array is not closed"},
      {"[1,]", "1:1", "line=1; column=4; cause=parsing value"},
      {"[,1]", "", "line=1; column=2; cause=parsing value"},
      {"[1,\n {\"a\" 2}]", "1:1", "line=2; column=7; cause=parsing object separator"},
      {"[1}]", "", "a brace is closed that was not opened"},
      {"[\"abc", "", "line=1; column=6; cause=parsing value - invalid string: missing closing"},
      {"[1]\n x", "1:1", "line=2; column=2; cause=text follows the document's value"},
      {"{} x", "", "line=1; column=4; cause=parsing"},
  }));
  const size_t chunk = GENERATE(1u, 1000u);
  CAPTURE(text, chunk);
  const auto [read, status] = ReadAll(text, Form::kDocument, chunk);
  CHECK(read == items);
  CHECK_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace daftar::io
