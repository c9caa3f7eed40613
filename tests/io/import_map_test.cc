#include "io/import_map.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "daftar/import.h"
#include "io/row_mapper.h"
#include "io/row_source.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::io {
namespace {

using testing::StatusIs;

// The records of all rows as JSON, one a line; flags after them.
absl::StatusOr<std::string> MapAll(std::string_view table, std::string_view rows,
                                   ImportFormat format) {
  DAFTAR_ASSIGN_OR_RETURN(const ImportMap map,
                          ImportMap::Parse(absl::StrCat(R"({"tables": {"t": )", table, "}}")));
  DAFTAR_ASSIGN_OR_RETURN(const TableMap* table_map, map.Find("t"));
  DAFTAR_ASSIGN_OR_RETURN(const auto source, OpenRowSource(MakeStringSource(rows), format));
  DAFTAR_ASSIGN_OR_RETURN(const auto mapper, RowMapper::Create(table_map, *source));
  std::vector<std::string> lines;
  SourceRow row;
  MappedRow mapped;
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, source->Next(&row));
    if (!found) return absl::StrJoin(lines, "\n");
    DAFTAR_RETURN_IF_ERROR(mapper->Map(row, &mapped));
    for (const record::JsonValue& value : mapped.records) {
      record::AppendJson(value, &lines.emplace_back());
    }
    for (const Flag& flag : mapped.flags) {
      lines.push_back(absl::StrCat("flag ", flag.name, ": ", flag.reason));
    }
  }
}

TEST_CASE("import map: rows become records", "[io][unit]") {
  const auto [name, map, rows, records] =
      GENERATE(table<const char*, const char*, const char*, const char*>({
          {"columns and constants", R"({"fields": {"id": "a", "kind": {"constant": "x"}}})",
           "a\n1\n\n\"\"\n", "{\"id\":\"1\",\"kind\":\"x\"}\n{\"id\":\"\",\"kind\":\"x\"}"},
          {"null is left out", R"({"fields": {"id": "a", "b.c": "b", "b.d": "b"}})", "a,b\n1,\n",
           R"({"id":"1"})"},
          {"nested", R"({"fields": {"a.b.c": "a", "a.d": "a"}})", "a\n1\n",
           R"({"a":{"b":{"c":"1"},"d":"1"}})"},
          {"a constant alone makes no element",
           R"({"fields": {"n[0].t": "a", "n[0].l": {"constant": "en"},
                          "n[1].t": "b", "n[1].l": {"constant": "fa"}}})",
           "a,b\n,2\n,\n", "{\"n\":[{\"t\":\"2\",\"l\":\"fa\"}]}\n{}"},
          {"lists side by side",
           R"({"fields": {"p[].n": {"column": "a", "split": ";"},
                          "p[].s": {"column": "b", "split": ";", "null_if": "?"},
                          "p[].r": {"constant": "owner"}}})",
           "a,b\nx;y,1;?\n", R"({"p":[{"n":"x","s":"1","r":"owner"},{"n":"y","r":"owner"}]})"},
          {"groups of one list",
           R"({"fields": {"p[b]": {"column": "b", "split": ";"}, "p[a]": "a", "p[0]": "a"}})",
           "a,b\nx,y;z\n", R"({"p":["x","y","z","x"]})"},
          {"a list as one value", R"({"fields": {"p": {"column": "a", "split": ";",
           "null_if": ""}}})",
           "a\nx;;y\n;\n", "{\"p\":[\"x\",\"y\"]}\n{}"},
          {"template", R"({"fields": {"t": {"template": "{a}/{{{b}}}/{$line}/{$row}/{#}"}}})",
           "a,b\nx,\n", R"({"t":"x/{}/2/1/1"})"},
          {"template of nothing", R"({"fields": {"id": "a", "t": {"template": "{b} {c}"}}})",
           "a,b,c\n1,,\n", R"({"id":"1"})"},
          {"list and first_of",
           R"({"fields": {"l": {"list": ["a", {"column": "b", "upper": true}]},
                          "f": {"first_of": ["a", "b"]}}})",
           "a,b\n,y\n", R"({"l":["Y"],"f":"y"})"},
          {"whole row", R"({"fields": {"w": "$", "n": {"column": "$"}}})", "$,b\n1,\"2,3\"\n",
           R"({"w":"1,\"2,3\"","n":"1"})"},
          {"sequence", R"({"fields": {"k": "a", "s": {"sequence": {"per": "a"}},
                           "g": {"sequence": {"start": 0}}}})",
           "a\nx\ny\nx\n",
           "{\"k\":\"x\",\"s\":1,\"g\":0}\n{\"k\":\"y\",\"s\":1,\"g\":1}\n"
           "{\"k\":\"x\",\"s\":2,\"g\":2}"},
          {"each", R"({"each": {"n": {"column": "a", "split": ";", "parse": "{x}={y}"},
                                "i": {"column": "b", "split": ";"}},
                      "fields": {"n": "@n.x", "y": {"from": "@n.y"}, "i": "@i", "o": "#",
                                 "t": {"template": "{@i}-{#}"}}})",
           "a,b\np=1;q=2,7;8\n,\n",
           "{\"n\":\"p\",\"y\":\"1\",\"i\":\"7\",\"o\":1,\"t\":\"7-1\"}\n"
           "{\"n\":\"q\",\"y\":\"2\",\"i\":\"8\",\"o\":2,\"t\":\"8-2\"}"},
          {"each leaves out null items", R"({"each": {"n": {"column": "a", "split": ";",
            "null_if": "?"}}, "fields": {"n": "@n", "o": "#"}})",
           "a\n?;x\n", R"({"n":"x","o":2})"},
          {"skip_when", R"({"skip_when": [{"column": "a", "equals": "1"},
                            {"column": "b", "not_null": true},
                            {"column": "a", "lower": true, "starts_with": "z"}],
                           "fields": {"a": "a"}})",
           "a,b\n1,\n2,x\nZed,\n3,\n", R"({"a":"3"})"},
          {"skip_when of items", R"({"each": {"n": {"column": "a", "split": ";"}},
            "skip_when": [{"from": "@n", "not_in": ["x", "y"]}], "fields": {"n": "@n"}})",
           "a\nx;z;y\n", "{\"n\":\"x\"}\n{\"n\":\"y\"}"},
          {"flags",
           R"({"fields": {"id": "a", "p[].s": {"column": "b", "split": ";", "null_if": "?"},
                        "p[].n": {"column": "b", "split": ";"}, "p[].r": "r"},
             "flag": {"field": "x.state", "sum_of": "p.s", "where": {"r": "o"}, "total": 10,
                      "name": "id", "exact": "exact", "short": "short", "over": "over",
                      "none": "none", "partial": "partial"}})",
           "a,b,r\n1,4;6,o\n2,4,o\n3,4;7,o\n4,?,o\n5,4;?,o\n6,10,z\n",
           "{\"id\":\"1\",\"p\":[{\"s\":\"4\",\"n\":\"4\",\"r\":\"o\"},{\"s\":\"6\",\"n\":\"6\","
           "\"r\":\"o\"}],\"x\":{\"state\":\"exact\"}}\n"
           "{\"id\":\"2\",\"p\":[{\"s\":\"4\",\"n\":\"4\",\"r\":\"o\"}],\"x\":{\"state\":"
           "\"short\"}}\nflag 2: sum of p.s is 4 instead of 10\n"
           "{\"id\":\"3\",\"p\":[{\"s\":\"4\",\"n\":\"4\",\"r\":\"o\"},{\"s\":\"7\",\"n\":\"7\","
           "\"r\":\"o\"}],\"x\":{\"state\":\"over\"}}\nflag 3: sum of p.s is 11 instead of 10\n"
           "{\"id\":\"4\",\"p\":[{\"n\":\"?\",\"r\":\"o\"}],\"x\":{\"state\":\"none\"}}\n"
           "{\"id\":\"5\",\"p\":[{\"s\":\"4\",\"n\":\"4\",\"r\":\"o\"},{\"n\":\"?\",\"r\":\"o\"}],"
           "\"x\":{\"state\":\"partial\"}}\n"
           "{\"id\":\"6\",\"p\":[{\"s\":\"10\",\"n\":\"10\",\"r\":\"z\"}],\"x\":{\"state\":"
           "\"none\"}}"},
          {"a sum with unknown parts is short without a word for it",
           R"({"fields": {"id": "a", "p[].s": {"column": "b", "split": ";", "null_if": ["?", "!"]},
                          "p[].n": {"column": "b", "split": ";", "null_if": "?"}},
             "flag": {"sum_of": "p.s", "total": 10, "name": "id"}})",
           "a,b\n1,4;!\n2,10;!\n3,11;!\n4,?;?\n",
           "{\"id\":\"1\",\"p\":[{\"s\":\"4\",\"n\":\"4\"},{\"n\":\"!\"}]}\n"
           "flag 1: sum of p.s is 4 instead of 10 with 1 unknown\n"
           "{\"id\":\"2\",\"p\":[{\"s\":\"10\",\"n\":\"10\"},{\"n\":\"!\"}]}\n"
           "{\"id\":\"3\",\"p\":[{\"s\":\"11\",\"n\":\"11\"},{\"n\":\"!\"}]}\n"
           "flag 3: sum of p.s is 11 instead of 10 with 1 unknown\n"
           "{\"id\":\"4\"}"},
      }));
  CAPTURE(name);
  REQUIRE_OK_AND_ASSIGN(const std::string mapped, MapAll(map, rows, ImportFormat::kCsv));
  CHECK(mapped == records);
}

TEST_CASE("import map: JSON rows are addressed by paths", "[io][unit]") {
  REQUIRE_OK_AND_ASSIGN(
      const std::string mapped,
      MapAll(R"({"fields": {"id": "a.b", "first": "l[1].x", "dotted": "c.d", "raw": "$",
                            "text": {"template": "{$}"},
                            "n": {"column": "n", "multiply": 2}, "no": "a.z", "l": "m"}})",
             R"({"a": {"b": 7}, "l": [0, {"x": true}], "c.d": "e", "n": 1.5, "m": [1, null]})",
             ImportFormat::kJsonLines));
  CHECK(mapped == R"({"id":7,"first":true,"dotted":"e",)"
                  R"("raw":{"a":{"b":7},"l":[0,{"x":true}],"c.d":"e","n":1.5,"m":[1,null]},)"
                  R"("text":"{\"a\": {\"b\": 7}, \"l\": [0, {\"x\": true}], \"c.d\": \"e\", )"
                  R"(\"n\": 1.5, \"m\": [1, null]}","n":"3","l":[1]})");
}

TEST_CASE("import map: a whole row stays as it is", "[io][unit]") {
  REQUIRE_OK_AND_ASSIGN(
      const std::string mapped,
      MapAll(R"({"fields": {"id": "$row", "raw": "$"}})",
             "[1, null, []]\n[]\n{}\n1.50\n\"x\"\nnull\n", ImportFormat::kJsonLines));
  CHECK(mapped ==
        "{\"id\":1,\"raw\":[1,null,[]]}\n{\"id\":2,\"raw\":[]}\n{\"id\":3,\"raw\":{}}\n"
        "{\"id\":4,\"raw\":1.50}\n{\"id\":5,\"raw\":\"x\"}\n{\"id\":6}");
}

TEST_CASE("import map: rows that cannot be mapped", "[io][unit]") {
  const auto [map, message] = GENERATE(table<const char*, const char*>({
      {R"({"fields": {"n[0].t": {"column": "a", "lookup": {}}}})",
       "value is not in the lookup table; value=x;y; remedy=add it to the table or set "
       "\"otherwise\"; field=n.t"},
      {R"({"fields": {"p[].a": {"column": "a", "split": ";"},
                      "p[].b": {"column": "b", "split": ";"}}})",
       "lists that go to the same elements differ in length; lengths=2 and 1"},
      {R"({"each": {"a": {"column": "a", "split": ";"}, "b": "b"}, "fields": {"a": "@a"}})",
       "lists of \"each\" differ in length; a=2; b=1"},
      {R"({"each": {"a": {"column": "a", "lookup": {}}}, "fields": {"a": "@a"}})",
       "value is not in the lookup table; value=x;y; remedy=add it to the table or set "
       "\"otherwise\"; item=a"},
      {R"({"skip_when": [{"column": "a", "date": "%Y", "equals": "x"}], "fields": {"a": "a"}})",
       "in=skip_when"},
      {R"({"fields": {"p[].s": "a"}, "flag": {"sum_of": "p.s", "total": 1}})",
       "value cannot be added up; it must be an integer; field=p.s; value=x;y"},
      {R"({"fields": {"p": "c"}})",
       "import map names a column that the input does not have; "
       "column=c; columns=a, b"},
      {R"({"fields": {"p": {"template": "{a}{c}"}}})", "column=c; columns=a, b"},
  }));
  CAPTURE(map);
  CHECK_THAT(MapAll(map, "a,b\nx;y,z\n", ImportFormat::kCsv),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("import map: maps that are refused with their place", "[io][unit]") {
  const auto [map, message] = GENERATE(table<const char*, const char*>({
      {"", "JSON does not parse; line=1; column=1"},
      {"[]", "place=; cause=an object is expected, not an array"},
      {"{}", "cause=\"tables\" is missing or empty"},
      {R"({"table": {}})", "place=table; cause=unknown name; known are tables, lookups"},
      {R"({"tables": {"t": {}}})", "place=tables.t; cause=\"fields\" is missing"},
      {R"({"tables": {"t": {"fields": {}}}})", "place=tables.t.fields; cause=a field is needed"},
      {R"({"tables": {"t": {"field": {}}}})",
       "place=tables.t.field; cause=unknown name; known are each, skip_when, merge_by, fields"},
      {R"({"tables": {"t": {"fields": {"a": 5}}}})",
       "place=tables.t.fields.a; cause=a source is expected: a column name or an object"},
      {R"({"tables": {"t": {"fields": {"a": ""}}}})", "cause=a column name is expected"},
      {R"({"tables": {"t": {"fields": {"a": {}}}}})",
       "place=tables.t.fields.a; cause=a source is missing: column, from, template, constant"},
      {R"({"tables": {"t": {"fields": {"a": {"column": "x", "constant": 1}}}}})",
       "place=tables.t.fields.a.constant; cause=there is a source already"},
      {R"({"tables": {"t": {"fields": {"a": {"column": "x", "trimm": true}}}}})",
       "place=tables.t.fields.a.trimm; cause=unknown operation; known are"},
      {R"({"tables": {"t": {"fields": {"a": {"template": "x"}}}}})",
       "place=tables.t.fields.a.template; cause=a template needs a {column}"},
      {R"({"tables": {"t": {"fields": {"a": {"template": "{x"}}}}})", "cause=pattern has an open"},
      {R"({"tables": {"t": {"fields": {"a": "@x"}}}})",
       "place=tables.t.fields.a; cause=\"each\" has no item called x"},
      {R"({"tables": {"t": {"fields": {"a": {"sequence": {"by": "x"}}}}}})",
       "place=tables.t.fields.a.sequence.by; cause=unknown name; known are per, start"},
      {R"({"tables": {"t": {"fields": {"a": {"list": []}}}}})", "cause=a source is needed"},
      {R"({"tables": {"t": {"fields": {"a": "x", "a.b": "x"}}}})",
       "place=tables.t.fields.a.b; cause=the path contradicts another path; path=a.b"},
      {R"({"tables": {"t": {"fields": {"a[0]": "x", "a": "x"}}}})", "contradicts another path"},
      {R"({"tables": {"t": {"fields": {"a[x]": "x", "a[x].b": "x"}}}})", "contradicts another"},
      {R"({"tables": {"t": {"fields": {"a[1]": "x"}}}})",
       "place=tables.t.fields; cause=a list has no path for an element before its last; "
       "path=a[0]"},
      {R"({"tables": {"t": {"fields": {"a[": "x"}}}})", "cause=a bracket is not closed; path=a["},
      {R"({"tables": {"t": {"fields": {"a[1000]": "x"}}}})", "an index is a number from 0 to 999"},
      {R"({"tables": {"t": {"fields": {"a[-1]": "x"}}}})", "brackets hold an index, a word or"},
      {R"({"tables": {"t": {"fields": {"a[].b[]": "x"}}}})", "only one [] or [word] can stand"},
      {R"({"tables": {"t": {"fields": {"a..b": "x"}}}})", "it is not a path such as id, address"},
      {R"({"tables": {"t": {"fields": {"a b": "x"}}}})", "it is not a path such as id, address"},
      {R"({"tables": {"t": {"each": {}, "fields": {"a": "x"}}}})", "cause=an item is needed"},
      {R"({"tables": {"t": {"each": {"a.b": "x"}, "fields": {"a": "x"}}}})", "has no dot"},
      {R"({"tables": {"t": {"each": {"a": "#"}, "fields": {"a": "x"}}}})",
       "place=tables.t.each.a; cause=an item cannot be made of \"#\""},
      {R"({"tables": {"t": {"each": {"a": "x", "b": "@a"}, "fields": {"a": "x"}}}})",
       "place=tables.t.each.b; cause=\"each\" has no item called a"},
      {R"({"tables": {"t": {"each": {"a": "x"}, "merge_by": "x", "fields": {"a": "x"}}}})",
       "place=tables.t.merge_by; cause=it cannot stand together with \"each\""},
      {R"({"tables": {"t": {"merge_by": [], "fields": {"a": "x"}}}})", "cause=a column is needed"},
      {R"({"tables": {"t": {"skip_when": [{"column": "x"}], "fields": {"a": "x"}}}})",
       "place=tables.t.skip_when[0]; cause=one test is needed: is_null, not_null"},
      {R"({"tables": {"t": {"skip_when": [{"is_null": true}], "fields": {"a": "x"}}}})",
       "place=tables.t.skip_when[0]; cause=a source is missing"},
      {R"({"tables": {"t": {"fields": {"a": "x"}, "flag": {"total": 1}}}})",
       "place=tables.t.flag; cause=sum_of and total are both needed"},
      {R"({"tables": {"t": {"fields": {"a": "x"}, "flag": {"sum_of": "a[]", "total": 1}}}})",
       "place=tables.t.flag.sum_of; cause=it is not a path without indexes"},
      {R"({"tables": {"t": {"fields": {"a": "x"}, "flag": [{"sum": "a"}]}}})",
       "place=tables.t.flag[0].sum; cause=unknown name; known are field, sum_of"},
      {R"({"lookups": {"l": {"a": {}}}, "tables": {"t": {"fields": {"a": "x"}}}})",
       "place=lookups.l.a; cause=a lookup gives text"},
  }));
  CAPTURE(map);
  CHECK_THAT(ImportMap::Parse(map), StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("import map: the tables of a map", "[io][unit]") {
  const char* map =
      R"({"tables": {"b": {"fields": {"a": "x"}}, "a": {"fields": {"a": "x"}}}} // end)";
  REQUIRE_OK_AND_ASSIGN(const auto tables, TablesOfImportMap(map));
  CHECK(tables == std::vector<std::string>{"b", "a"});
  REQUIRE_OK_AND_ASSIGN(const ImportMap parsed, ImportMap::Parse(map));
  REQUIRE_OK(parsed.Find("a"));
  CHECK_THAT(parsed.Find("c"),
             StatusIs(absl::StatusCode::kInvalidArgument, "table=c; it describes=b, a"));
}

TEST_CASE("import map: the examples of the reference are maps", "[io][docs]") {
  const std::string text =
      testing::ReadFile(std::filesystem::path(DAFTAR_SOURCE_DIR) / "docs/import-maps.md");
  constexpr std::string_view kOpen = "```jsonc\n";
  int count = 0;
  for (size_t at = text.find(kOpen); at != text.npos; at = text.find(kOpen, at + 1)) {
    const size_t begin = at + kOpen.size();
    const std::string example = text.substr(begin, text.find("```", begin) - begin);
    CAPTURE(example);
    CHECK_THAT(ImportMap::Parse(example).status(), StatusIs(absl::StatusCode::kOk, ""));
    ++count;
  }
  CHECK(count >= 5);
}

}  // namespace
}  // namespace daftar::io
