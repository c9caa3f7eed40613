#include "audit/field_difference.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

// "path: before -> after" for each, joined by "; ".
std::string Shown(const std::vector<audit::FieldDifference>& differences) {
  std::string text;
  for (const audit::FieldDifference& each : differences) {
    text += (text.empty() ? "" : "; ") + each.path + ": " + each.before + " -> " + each.after;
  }
  return text;
}

TEST_CASE("field difference: names what is not the same, in the order of the fields",
          "[audit][unit]") {
  const auto [name, before, after,
              expected] = GENERATE(table<const char*, const char*, const char*, const char*>({
      {"nothing", R"({"code":"A","size":1})", R"({"code":"A","size":1})", ""},
      {"a value", R"({"code":"A","size":1})", R"({"code":"A","size":2})", "size: 1 -> 2"},
      {"set, unset and changed, in order", R"({"code":"A","seal":"s","size":1})",
       R"({"code":"A","tags":["x"],"size":3,"note":"n"})",
       "tags:  -> [\"x\"]; seal: \"s\" -> ; size: 1 -> 3; note:  -> \"n\""},
      {"list elements", R"({"code":"A","tags":["x","y","z"]})", R"({"code":"A","tags":["x","q"]})",
       "tags[1]: \"y\" -> \"q\"; tags[2]: \"z\" -> "},
      {"empty text is not null", R"({"code":"A","note":""})", R"({"code":"A"})", "note: \"\" -> "},
      {"the first and the last field", R"({"code":"A","note":"n"})", R"({"code":"B"})",
       "code: \"A\" -> \"B\"; note: \"n\" -> "},
  }));
  CAPTURE(name);
  const auto core = NewFirmDatabase();
  const record::Message old_record = Firm(*core, before);
  const record::Message new_record = Firm(*core, after);
  REQUIRE_OK_AND_ASSIGN(const auto found, audit::FieldDifferences(&old_record, &new_record));
  CHECK(Shown(found) == expected);
}

TEST_CASE("field difference: no record is one with nothing set", "[audit][unit]") {
  const auto core = NewFirmDatabase();
  const record::Message record = Firm(*core, R"({"code":"A","size":7})");
  REQUIRE_OK_AND_ASSIGN(const auto made, audit::FieldDifferences(nullptr, &record));
  CHECK(Shown(made) == "code:  -> \"A\"; size:  -> 7");
  REQUIRE_OK_AND_ASSIGN(const auto gone, audit::FieldDifferences(&record, nullptr));
  CHECK(Shown(gone) == "code: \"A\" -> ; size: 7 -> ");
  REQUIRE_OK_AND_ASSIGN(const auto nothing, audit::FieldDifferences(nullptr, nullptr));
  CHECK(nothing.empty());
}

}  // namespace
}  // namespace daftar::testing
