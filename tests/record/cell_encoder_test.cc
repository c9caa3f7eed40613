// Records made of cells are what MessageFromJson makes of the same cells as text, byte for byte.

#include "record/cell_encoder.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "record/field_path.h"
#include "record/json_codec.h"
#include "record/random_record.h"
#include "record/sample.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::CellEncoder;
using record::JsonObject;
using record::JsonValue;

bool IsPlain(capnp::StructSchema schema, const std::string& path) {
  return CellEncoder::Create(schema, {&path, 1}).has_value();
}

// Every path that one cell can fill, up to a depth.
void AddPaths(capnp::StructSchema root, capnp::StructSchema here, const std::string& prefix,
              int depth, std::vector<std::string>* paths) {
  for (auto field : here.getFields()) {
    const std::string path = prefix + field.getProto().getName().cStr();
    if (IsPlain(root, path)) {
      paths->push_back(path);
    } else if (field.getType().isStruct() && depth > 0) {
      AddPaths(root, field.getType().asStruct(), path + ".", depth - 1, paths);
    }
  }
}

// Puts text at a path into an object, which gets the objects on the way.
void PutText(std::string_view path, std::string_view text, JsonValue* into) {
  for (const std::string_view name : absl::StrSplit(path, '.')) {
    if (into->is_null()) *into = JsonValue(JsonObject());
    JsonObject& members = *into->as_object();
    size_t at = 0;
    while (at < members.size() && members[at].name != name) ++at;
    if (at == members.size()) members.push_back({std::string(name), JsonValue()});
    into = &members[at].value;
  }
  *into = JsonValue(text);
}

// The text of what stands at a path of a record, if a scalar does.
std::optional<std::string> TextAt(const JsonValue& record, std::string_view path) {
  const JsonValue* value = &record;
  for (const std::string_view name : absl::StrSplit(path, '.')) {
    value = value->Find(name);
    if (value == nullptr) return std::nullopt;
  }
  if (const std::string* text = value->as_string()) return *text;
  if (const record::JsonNumber* number = value->as_number()) return number->text;
  if (const bool* flag = value->as_bool()) return *flag ? "true" : "false";
  return std::nullopt;
}

std::string Hostile(Random* random) {
  static const std::vector<std::string> kTexts = {"",
                                                  "0",
                                                  "-1",
                                                  "+1",
                                                  " 1",
                                                  "1 ",
                                                  "007",
                                                  "127",
                                                  "128",
                                                  "-129",
                                                  "65536",
                                                  "4294967296",
                                                  "1e3",
                                                  "1.5",
                                                  "-0",
                                                  "1e40",
                                                  "1e400",
                                                  "true",
                                                  "TRUE",
                                                  "2024-02-29",
                                                  "2023-02-29",
                                                  "NaN",
                                                  "inf",
                                                  "#7",
                                                  "#x",
                                                  "null",
                                                  "ف",
                                                  "99999999999999999999",
                                                  "-9223372036854775808",
                                                  "AAE=",
                                                  "AAE",
                                                  "1403/01/01",
                                                  "2024-03-20T10:00:00Z",
                                                  "a long text that takes more than one word"};
  return kTexts[Below(kTexts.size(), *random)];
}

struct Tally {
  int made = 0;
  int refused = 0;
};

// Compares one record; false: both refuse it.
bool CheckRecord(capnp::StructSchema schema, const std::vector<std::string>& paths,
                 const std::vector<std::optional<std::string>>& texts, CellEncoder* encoder) {
  JsonValue json{JsonObject()};
  std::vector<std::string_view> cells;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (texts[i].has_value()) PutText(paths[i], *texts[i], &json);
    cells.push_back(texts[i].has_value() ? std::string_view(*texts[i]) : std::string_view());
  }
  std::string shown;
  record::AppendJson(json, &shown);
  CAPTURE(shown);
  std::string made = "before";
  const bool taken = encoder->Append(cells, &made);
  const auto expected = record::MessageFromJson(schema, json);
  CAPTURE(expected.status());
  if (taken != expected.ok()) FAIL("one takes what the other refuses");
  if (made != "before" + std::string(taken ? expected->bytes() : "")) FAIL("the bytes differ");
  return taken;
}

void CheckSchema(capnp::StructSchema schema, int rounds, Random* random, Tally* tally) {
  CAPTURE(record::TypeName(schema));
  std::vector<std::string> paths;
  AddPaths(schema, schema, "", 3, &paths);
  auto encoder = CellEncoder::Create(schema, paths);
  REQUIRE(encoder.has_value());
  for (int round = 0; round < rounds; ++round) {
    const JsonValue record = RandomRecord(schema, random);
    // Most rounds have few wrong cells, so that some records are made.
    const size_t one_in = round % 3 == 0 ? 1000 : paths.size() + 1;
    std::vector<std::optional<std::string>> texts;
    for (const std::string& path : paths) {
      texts.push_back(Below(one_in, *random) == 0 ? Hostile(random) : TextAt(record, path));
    }
    ++(CheckRecord(schema, paths, texts, &*encoder) ? tally->made : tally->refused);
  }
}

TEST_CASE("cell encoder: makes what MessageFromJson makes, and refuses what it refuses",
          "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  Tally tally;
  for (const char* name : {"Well", "Test", "Numbers", "Place", "Node"}) {
    CheckSchema(WellSample().Struct(name), 400, &random, &tally);
  }
  REQUIRE_OK_AND_ASSIGN(const auto set,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  for (const uint64_t id : set->struct_ids()) {
    REQUIRE_OK_AND_ASSIGN(const capnp::StructSchema schema, set->Struct(id));
    CheckSchema(schema, 30, &random, &tally);
  }
  CHECK(tally.made > 1000);
  CHECK(tally.refused > 100);
}

constexpr const char* kSchema = R"(
struct Kinds {
  flag @0 :Bool = true;
  i8 @1 :Int8 = -3;
  i16 @2 :Int16;
  i32 @3 :Int32 = 7;
  i64 @4 :Int64;
  u8 @5 :UInt8 = 200;
  u16 @6 :UInt16;
  u32 @7 :UInt32;
  u64 @8 :UInt64 = 18446744073709551615;
  f32 @9 :Float32 = 1.5;
  f64 @10 :Float64;
  text @11 :Text = "unset";
  data @12 :Data;
  colour @13 :Colour = green;
  day @14 :Int32 $Daftar.date;
  moment @15 :Int64 $Daftar.instant;
  share @16 :Int64 $Daftar.decimal(2);
  raw @17 :Text $Daftar.json;
  maybe :union { none @18 :Void; value @19 :Int32 $Daftar.date; }
  perhaps :union { value @20 :Text; none @21 :Void; }
  place @22 :Place;
  group :group { inner @23 :UInt16; far @24 :Place; }
  choice :union { a @25 :Text; b @26 :Int32; c @27 :Bool; }
  list @28 :List(Text);
  nothing @29 :Void;
}
struct Place { x @0 :Int32; name @1 :Text; deeper @2 :Deeper; }
struct Deeper { z @0 :Int8; }
enum Colour { red @0; green @1; blue @2; }
)";

TEST_CASE("cell encoder: takes each kind of field, right and wrong", "[record][unit]") {
  const Sample sample(kSchema);
  const capnp::StructSchema schema = sample.Struct("Kinds");
  Random random(1);
  std::map<std::string, int> made;
  std::vector<std::string> paths;
  AddPaths(schema, schema, "", 3, &paths);
  CHECK(paths == std::vector<std::string>{"flag",
                                          "i8",
                                          "i16",
                                          "i32",
                                          "i64",
                                          "u8",
                                          "u16",
                                          "u32",
                                          "u64",
                                          "f32",
                                          "f64",
                                          "text",
                                          "data",
                                          "colour",
                                          "day",
                                          "moment",
                                          "share",
                                          "maybe",
                                          "perhaps",
                                          "place.x",
                                          "place.name",
                                          "place.deeper.z",
                                          "group.inner",
                                          "group.far.x",
                                          "group.far.name",
                                          "group.far.deeper.z"});
  for (const std::string& path : paths) {
    CAPTURE(path);
    auto encoder = CellEncoder::Create(schema, {&path, 1});
    REQUIRE(encoder.has_value());
    for (int i = 0; i < 300; ++i) {
      if (CheckRecord(schema, {path}, {Hostile(&random)}, &*encoder)) ++made[path];
    }
    CheckRecord(schema, {path}, {std::nullopt}, &*encoder);
    for (const char* text : {"red", "blue", "-3", "200", "7", "1.50", "2024-02-29"}) {
      if (CheckRecord(schema, {path}, {text}, &*encoder)) ++made[path];
    }
    CHECK(made[path] > 0);
  }
}

TEST_CASE("cell encoder: leaves what is not plain to others", "[record][unit]") {
  const std::string path =
      GENERATE("raw", "choice.a", "choice", "list", "nothing", "place", "group", "maybe.value",
               "no such field", "text.more", "place.none", "");
  CAPTURE(path);
  const Sample sample(kSchema);
  CHECK_FALSE(IsPlain(sample.Struct("Kinds"), path));
  const std::vector<std::string> with_plain = {"text", path};
  CHECK_FALSE(CellEncoder::Create(sample.Struct("Kinds"), with_plain).has_value());
}

TEST_CASE("cell encoder: leaves records that are too large to others", "[record][unit]") {
  const Sample sample(kSchema);
  const std::vector<std::string> paths = {"text", "place.name"};
  auto encoder = CellEncoder::Create(sample.Struct("Kinds"), paths);
  REQUIRE(encoder.has_value());
  std::string out;
  const std::string half(record::kMessageBytesMax / 2, 'x');
  CHECK(encoder->Append(std::vector<std::string_view>{half, "y"}, &out));
  out.clear();
  CHECK_FALSE(encoder->Append(std::vector<std::string_view>{half, half}, &out));
  CHECK(out.empty());
}

}  // namespace
}  // namespace daftar::testing
