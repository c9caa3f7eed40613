// Random records of several schemas, written in the form that the engine writes, must come back
// byte for byte.
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "codec/random_key.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "record/sample.h"
#include "schema/embedded_schemas.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::JsonArray;
using record::JsonMember;
using record::JsonNumber;
using record::JsonObject;
using record::JsonValue;

class RandomRecord {
 public:
  explicit RandomRecord(Random* random) : random_(*random) {}

  // What AppendMessageJson gives for some record: declaration order, unset pointers left out.
  JsonValue Struct(capnp::StructSchema schema) {
    ++depth_;
    JsonObject members;
    const auto union_fields = schema.getUnionFields();
    const size_t active = union_fields.size() == 0 ? 0 : Below(union_fields.size(), random_);
    for (auto field : schema.getFields()) {
      const bool in_union =
          field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
      if (in_union && !(field == union_fields[static_cast<uint>(active)])) continue;
      AddMember(field, in_union, &members);
    }
    --depth_;
    return JsonValue(std::move(members));
  }

 private:
  void AddMember(capnp::StructSchema::Field field, bool in_union, JsonObject* members) {
    const capnp::Type type = field.getType();
    const std::string name = field.getProto().getName().cStr();
    if (field.getProto().isGroup()) {
      if (!record::IsOptional(type.asStruct())) {
        members->push_back({name, Struct(type.asStruct())});
      } else if (Below(2, random_) == 0) {
        const auto value = record::OptionalValue(type.asStruct());
        members->push_back({name, Any(value.getType(), record::MeaningOf(value.getProto()))});
      }
      return;
    }
    if (type.isVoid()) {
      if (in_union) members->push_back({name, JsonValue()});
      return;
    }
    const bool pointer = type.isText() || type.isData() || type.isList() || type.isStruct();
    // An active member of a union that is null cannot be told from its absence.
    if (pointer && !in_union && (depth_ > 4 || Below(3, random_) == 0)) return;
    members->push_back({name, Any(type, record::MeaningOf(field.getProto()))});
  }

  JsonValue Any(capnp::Type type, record::FieldMeaning meaning) {
    if (type.isStruct()) return Struct(type.asStruct());
    if (type.isList()) {
      JsonArray elements(depth_ > 4 ? 0 : Below(4, random_));
      for (JsonValue& element : elements) element = Any(type.asList().getElementType(), meaning);
      return JsonValue(std::move(elements));
    }
    return Parsed(ScalarJson(record::FieldType(type, meaning)));
  }

  std::string ScalarJson(const record::FieldType& type) {
    constexpr int64_t kDaysMin = -719'162;  // 0001-01-01
    constexpr int64_t kDaysMax = 2'932'896;
    constexpr int64_t kMicrosPerDay = 86'400'000'000;
    const auto day = [&] {
      return kDaysMin + static_cast<int64_t>(Below(kDaysMax - kDaysMin + 1, random_));
    };
    if (type.meaning() == record::Meaning::kJson) return JsonText();
    if (type.type().isText()) return Value(RandomText()).ToJson();
    if (type.meaning() == record::Meaning::kDate) return type.ToValue(day()).ToJson();
    if (type.meaning() == record::Meaning::kInstant) {
      return type
          .ToValue(day() * kMicrosPerDay + static_cast<int64_t>(Below(kMicrosPerDay, random_)))
          .ToJson();
    }
    const OwnedScalar scalar =
        RandomValue({type.key_type(), codec::Direction::kAscending, codec::Nulls::kNever}, random_);
    return type.ToValue(ToView(scalar)).ToJson();
  }

  std::string JsonText() {
    JsonObject members;
    members.push_back({RandomText(), JsonValue(JsonNumber{"-1.50e+3"})});
    members.push_back({"list", JsonValue(JsonArray{JsonValue(), JsonValue(RandomText())})});
    std::string text;
    record::AppendJson(JsonValue(std::move(members)), &text);
    return text;
  }

  std::string RandomText() {
    std::string text;
    for (size_t n = Below(6, random_); n > 0; --n) {
      constexpr int32_t kCharacters[] = {0,   '\n', '"',   '\\',   '/',
                                         'a', 0x7f, 0x6cc, 0xffff, 0x1f600};
      AppendCharacter(kCharacters[Below(std::size(kCharacters), random_)], &text);
    }
    return text;
  }

  static JsonValue Parsed(const std::string& text) {
    auto value = record::ParseJson(text);
    REQUIRE_OK(value);
    return *std::move(value);
  }

  Random& random_;
  int depth_ = 0;
};

void CheckRoundTrips(capnp::StructSchema schema, int rounds, Random* random) {
  CAPTURE(record::TypeName(schema));
  for (int round = 0; round < rounds; ++round) {
    const JsonValue json = RandomRecord(random).Struct(schema);
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
