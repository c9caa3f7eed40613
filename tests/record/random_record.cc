#include "record/random_record.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "base/utf8.h"
#include "record/field_path.h"
#include "record/field_type.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::JsonArray;
using record::JsonMember;
using record::JsonNumber;
using record::JsonObject;
using record::JsonValue;

class RecordMaker {
 public:
  explicit RecordMaker(Random* random) : random_(*random) {}

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

}  // namespace

record::JsonValue RandomRecord(capnp::StructSchema schema, Random* random) {
  return RecordMaker(random).Struct(schema);
}

}  // namespace daftar::testing
