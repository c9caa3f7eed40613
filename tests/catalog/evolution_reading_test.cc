// What a safe verdict promises: records written under the old schema read the same under the new.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include <map>
#include <regex>
#include <set>

#include "catalog/evolution_case.h"
#include "catalog/evolution_rules.h"
#include "catalog/resolve.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar {
namespace {

struct Reading {
  const char* name;
  const char* from;
  const char* to;
  const char* written;  // JSON under `from`
  const char* read;     // JSON under `to`
};

TEST_CASE("evolution: stored records read under the new schema after a safe change", "[catalog]") {
  const std::vector<Reading> readings = {
      {"field made optional", "depth @1 :Int32;",
       "depth :union { metres @1 :Int32; none @2 :Void; }", R"({"district":"K","depth":12})",
       R"({"district":"K","depth":12})"},
      {"unset field made optional has its default", "depth @1 :Int32;",
       "depth :union { metres @1 :Int32; none @2 :Void; }", R"({"district":"K"})",
       R"({"district":"K","depth":0})"},
      {"field moved into a group", "a @1 :Int32;", "g :group { a @1 :Int32; b @2 :Int32; }",
       R"({"district":"K","a":3})", R"({"district":"K","g":{"a":3,"b":0}})"},
      {"field moved into an unnamed union", "a @1 :Text;", "union { a @1 :Text; b @2 :Int32; }",
       R"({"district":"K","a":"x"})", R"({"district":"K","a":"x"})"},
      {"texts became structs", "a @1 :List(Text);",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { t @0 :Text; n @1 :Int32; }",
       R"({"district":"K","a":["x","y"]})",
       R"({"district":"K","a":[{"t":"x","n":0},{"t":"y","n":0}]})"},
      {"dates became structs", "a @1 :List(Int32) $Daftar.date;",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { t @0 :Int32 $Daftar.date; }",
       R"({"district":"K","a":["2025-03-21"]})", R"({"district":"K","a":[{"t":"2025-03-21"}]})"},
      {"enumerants became structs", "a @1 :List(S); enum S @0xb0d4f8f1a8c6e103 { u @0; v @1; }",
       "a @1 :List(P); enum S @0xb0d4f8f1a8c6e103 { u @0; v @1; } "
       "struct P @0xb0d4f8f1a8c6e102 { s @0 :S; }",
       R"({"district":"K","a":["v","u"]})", R"({"district":"K","a":[{"s":"v"},{"s":"u"}]})"},
      {"lists became structs", "a @1 :List(List(Int16));",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { l @0 :List(Int16); }",
       R"({"district":"K","a":[[1,2],[3]]})", R"({"district":"K","a":[{"l":[1,2]},{"l":[3]}]})"},
      {"optional got a third member", "d :union { none @1 :Void; day @2 :Int32 $Daftar.date; }",
       "d :union { none @1 :Void; day @2 :Int32 $Daftar.date; text @3 :Text; }",
       R"({"district":"K","d":"2025-03-21"})", R"({"district":"K","d":{"day":"2025-03-21"}})"},
      {"json is a text again", "a @1 :Text $Daftar.json;", "a @1 :Text;",
       R"({"district":"K","a":[1]})", R"({"district":"K","a":"[1]"})"},
      {"a default is kept in an optional", "a @1 :Int32 = 7;",
       "a :union { v @1 :Int32 = 7; none @2 :Void; }", R"({"district":"K"})",
       R"({"district":"K","a":7})"},
  };
  const Reading reading = GENERATE_REF(Catch::Generators::from_range(readings));
  CAPTURE(reading.name);
  const auto from = testing::ParseBody(reading.from);
  const auto to = testing::ParseBody(reading.to);
  REQUIRE_OK_AND_ASSIGN(const SchemaCheck check, catalog::CheckEvolution(from.side(), to.side()));
  CHECK(check.verdict == Verdict::kSafe);

  REQUIRE_OK_AND_ASSIGN(const auto json, record::ParseJson(reading.written));
  REQUIRE_OK_AND_ASSIGN(const auto written, record::MessageFromJson(from.tables[0].schema, json));
  REQUIRE_OK_AND_ASSIGN(const auto stored,
                        record::Message::FromStored(to.tables[0].schema, written.bytes()));
  std::string read;
  REQUIRE_OK(record::AppendMessageJson(stored, &read));
  CHECK(read == reading.read);
  // What is read passes the checks of a record from outside.
  CHECK(record::Message::FromReader(to.tables[0].schema, stored.any()).ok());
}

TEST_CASE("evolution: the registry schema may follow itself", "[catalog]") {
  testing::ParsedTables registry;
  REQUIRE_OK_AND_ASSIGN(registry.types,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  REQUIRE_OK_AND_ASSIGN(registry.tables, catalog::ResolveTables(registry.types));
  REQUIRE_OK_AND_ASSIGN(const SchemaCheck check,
                        catalog::CheckEvolution(registry.side(), registry.side()));
  CHECK(check.findings.empty());
  CHECK(registry.tables.size() > 10);
}

// Every rule stands in the document, in a row "| 41 | forbidden | …", and no other does.
TEST_CASE("evolution: the document lists every rule with its verdict", "[catalog][format]") {
  const std::string source = DAFTAR_SOURCE_DIR;
  const std::string code = testing::ReadFile(source + "/engine/catalog/evolution_rules.h");
  std::set<int> rules;
  const std::regex enumerant("\n  k[A-Za-z]+ = ([0-9]+),");
  for (std::sregex_iterator i(code.begin(), code.end(), enumerant), end; i != end; ++i) {
    rules.insert(std::stoi((*i)[1]));
  }
  CHECK(rules.size() > 30);
  const std::string document = testing::ReadFile(source + "/docs/evolution.md");
  std::set<int> documented;
  const std::regex row("\n\\| ([0-9]+) \\| (safe|rebuild|migrate|forbidden) \\|");
  const std::map<std::string, Verdict> verdicts = {{"safe", Verdict::kSafe},
                                                   {"rebuild", Verdict::kRebuild},
                                                   {"migrate", Verdict::kMigrate},
                                                   {"forbidden", Verdict::kForbidden}};
  for (std::sregex_iterator i(document.begin(), document.end(), row), end; i != end; ++i) {
    const int number = std::stoi((*i)[1]);
    CAPTURE(number);
    CHECK(documented.insert(number).second);
    CHECK(catalog::VerdictOf(static_cast<catalog::Rule>(number)) == verdicts.at((*i)[2]));
  }
  CHECK(documented == rules);
}

}  // namespace
}  // namespace daftar
