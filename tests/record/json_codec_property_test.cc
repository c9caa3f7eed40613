// Random records of several schemas, written in the form that the engine writes, must come back
// byte for byte, and some of their fields must change as if their JSON had changed.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/utf8.h"
#include "codec/random_key.h"
#include "record/field_path.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "record/random_record.h"
#include "record/sample.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::JsonValue;

void CheckRoundTrips(capnp::StructSchema schema, int rounds, Random* random) {
  CAPTURE(record::TypeName(schema));
  for (int round = 0; round < rounds; ++round) {
    const JsonValue json = RandomRecord(schema, random);
    std::string text;
    record::AppendJson(json, &text);
    const auto message = record::MessageFromJson(schema, json);
    CAPTURE(text);
    if (!message.ok()) REQUIRE_OK(message);
    if (ToJson(*message) != text) REQUIRE(ToJson(*message) == text);
    // What the engine itself made passes the check of what comes from outside, unchanged.
    const auto accepted = record::Message::FromReader(schema, message->any());
    if (!accepted.ok()) REQUIRE_OK(accepted);
    if (accepted->bytes() != message->bytes()) FAIL("the canonical form changes");
  }
}

TEST_CASE("JSON codec: random records read back as they were written", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (const char* name : {"Well", "Test", "Numbers", "Place", "Node"}) {
    CheckRoundTrips(WellSample().Struct(name), 400, &random);
  }
}

// Some names that lead to a part of a record, through groups and structs.
std::vector<std::string_view> RandomNames(capnp::StructSchema schema, Random* random) {
  std::vector<std::string_view> names;
  while (true) {
    const auto fields = schema.getFields();
    if (fields.size() == 0) return names;
    const auto field = fields[static_cast<uint>(Below(fields.size(), *random))];
    names.emplace_back(field.getProto().getName().cStr());
    if (!field.getType().isStruct() || Below(3, *random) == 0) return names;
    schema = field.getType().asStruct();
    if (record::IsOptional(schema)) return names;
  }
}

bool ThroughUnion(capnp::StructSchema schema, const std::vector<std::string_view>& names) {
  for (const std::string_view name : names) {
    const auto field = schema.getFieldByName(std::string(name).c_str());
    if (field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
      return true;
    }
    if (field.getType().isStruct()) schema = field.getType().asStruct();
  }
  return false;
}

// Puts the value into the object, or takes out with null what lies there.
void SetMember(JsonValue* json, std::span<const std::string_view> names, const JsonValue& value) {
  auto& members = *json->as_object();
  auto found = std::find_if(members.begin(), members.end(), [&](const record::JsonMember& member) {
    return member.name == names.front();
  });
  if (found == members.end()) {
    if (value.is_null()) return;
    members.push_back({std::string(names.front()), JsonValue(record::JsonObject())});
    found = members.end() - 1;
  }
  if (names.size() > 1) {
    SetMember(&found->value, names.subspan(1), value);
  } else if (value.is_null()) {
    members.erase(found);
  } else {
    found->value = value;
  }
}

const JsonValue* At(const JsonValue& json, std::span<const std::string_view> names) {
  const JsonValue* at = &json;
  for (const std::string_view name : names) {
    if (at == nullptr) return nullptr;
    at = at->Find(name);
  }
  return at;
}

void CheckChanges(capnp::StructSchema schema, int rounds, Random* random) {
  CAPTURE(record::TypeName(schema));
  if (schema.getFields().size() == 0) return;
  for (int round = 0; round < rounds; ++round) {
    JsonValue json = RandomRecord(schema, random);
    const JsonValue other = RandomRecord(schema, random);
    REQUIRE_OK_AND_ASSIGN(const auto before, record::MessageFromJson(schema, json));
    std::vector<record::JsonField> fields;
    bool through_union = false;
    std::string shown;
    for (uint64_t i = 0; i <= Below(3, *random); ++i) {
      const std::vector<std::string_view> names = RandomNames(schema, random);
      const JsonValue* value = At(other, names);
      fields.push_back({names, value == nullptr ? JsonValue() : *value});
      through_union = through_union || ThroughUnion(schema, names);
      absl::StrAppend(&shown, absl::StrJoin(names, "."), " = ");
      record::AppendJson(fields.back().value, &shown);
    }
    CAPTURE(ToJson(before), shown);
    const auto changed = record::WithJsonFields(before, fields);
    if (!changed.ok()) REQUIRE_OK(changed);
    if (changed->has_value() == through_union) FAIL("fields of unions are left to others");
    if (through_union) continue;
    for (const record::JsonField& field : fields) SetMember(&json, field.names, field.value);
    const auto expected = record::MessageFromJson(schema, json);
    if (!expected.ok()) REQUIRE_OK(expected);
    if ((*changed)->bytes() != expected->bytes()) REQUIRE(ToJson(**changed) == ToJson(*expected));
  }
}

TEST_CASE("JSON codec: fields change as the members of the JSON do", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (const char* name : {"Well", "Test", "Numbers", "Place", "Node"}) {
    CheckChanges(WellSample().Struct(name), 400, &random);
  }
  REQUIRE_OK_AND_ASSIGN(const auto set,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  for (const uint64_t id : set->struct_ids()) {
    REQUIRE_OK_AND_ASSIGN(const capnp::StructSchema schema, set->Struct(id));
    CheckChanges(schema, 40, &random);
  }
}

TEST_CASE("JSON codec: a field that does not fit is named", "[record]") {
  REQUIRE_OK_AND_ASSIGN(
      const auto before,
      record::MessageFromJson(WellSample().Struct("Well"), JsonValue(record::JsonObject())));
  const std::vector<record::JsonField> unknown = {{{"noSuch"}, JsonValue("1")}};
  REQUIRE_THAT(record::WithJsonFields(before, unknown),
               StatusIs(absl::StatusCode::kInvalidArgument, "field=noSuch"));
}

TEST_CASE("JSON codec: random records of the registry read back", "[record][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  REQUIRE_OK_AND_ASSIGN(const auto set,
                        record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp()));
  for (const uint64_t id : set->struct_ids()) {
    REQUIRE_OK_AND_ASSIGN(const capnp::StructSchema schema, set->Struct(id));
    CheckRoundTrips(schema, 40, &random);
  }
}

}  // namespace
}  // namespace daftar::testing
