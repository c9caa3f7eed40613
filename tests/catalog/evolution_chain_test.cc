// Random chains of safe changes: they stay safe, the loader takes every step, and every record
// reads under every later version as a plain model says.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "catalog/evolution_case.h"
#include "record/json_codec.h"
#include "record/json_parser.h"
#include "support/status_matchers.h"

namespace daftar {
namespace {

using record::JsonMember;
using record::JsonNumber;
using record::JsonObject;
using record::JsonValue;
using Random = std::mt19937_64;

size_t Below(Random& random, size_t bound) {
  return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
}

enum class Kind {
  kInt,
  kLong,
  kText,
  kBool,
  kTexts,
  kDate,
  kState,
  kPart,
  kOptional,
  kMadeOptional
};

struct Field {
  std::string name;
  Kind kind;
  size_t ordinal;
  size_t none = 0;  // the ordinal of the Void member of an optional
};

// A schema as lists of names; types and numbers never change once given.
class Model {
 public:
  explicit Model(Random* random) : random_(*random) {
    for (int i = 0; i < 3; ++i) AddField();
  }

  void ChangeSafely() {
    switch (Below(random_, 7)) {
      case 0:
      case 1:
        return AddField();
      case 2:
        fields_[Below(random_, fields_.size())].name = NewName();
        return;
      case 3:
        return std::shuffle(fields_.begin(), fields_.end(), random_);
      case 4:
        states_.push_back(NewName());
        return;
      case 5:
        states_[Below(random_, states_.size())] = NewName();
        return;
      default:
        return MakeOptional();
    }
  }

  std::string Body() const {
    std::string text;
    for (const Field& field : fields_) absl::StrAppend(&text, Declaration(field), "\n");
    absl::StrAppend(&text, "enum State @0xb0d4f8f1a8c6e103 {");
    for (size_t i = 0; i < states_.size(); ++i)
      absl::StrAppend(&text, " ", states_[i], " @", i, ";");
    return absl::StrCat(text, " }\nstruct Part @0xb0d4f8f1a8c6e102 { v @0 :Int32; t @1 :Text; }\n");
  }

  const std::vector<Field>& fields() const { return fields_; }

  // A value for a field. Enumerants stand as their number, for every version to name.
  JsonValue RandomValue(Kind kind) {
    const std::string number = absl::StrCat(Below(random_, 1000) + 1);
    switch (kind) {
      case Kind::kBool:
        return JsonValue(true);
      case Kind::kText:
        return JsonValue(number);
      case Kind::kTexts:
        return JsonValue(record::JsonArray{JsonValue(number), JsonValue("x")});
      case Kind::kDate:
        return JsonValue("2025-03-21");
      case Kind::kState:
        return JsonValue(JsonNumber{absl::StrCat(Below(random_, states_.size()))});
      case Kind::kPart:
        return JsonValue(JsonObject{{"v", JsonValue(JsonNumber{number})}, {"t", JsonValue("y")}});
      default:
        return JsonValue(JsonNumber{number});
    }
  }

  // The value as this version writes it.
  JsonValue Named(Kind kind, const JsonValue& value) const {
    if (kind != Kind::kState) return value;
    return JsonValue(states_[std::stoul(value.as_number()->text)]);
  }

 private:
  std::string NewName() { return absl::StrCat("n", next_name_++); }

  void AddField() {
    Field field{NewName(), static_cast<Kind>(Below(random_, 9)), next_ordinal_++};
    if (field.kind == Kind::kOptional) field.none = std::exchange(field.ordinal, next_ordinal_++);
    fields_.push_back(field);
  }

  void MakeOptional() {
    Field& field = fields_[Below(random_, fields_.size())];
    if (field.kind != Kind::kInt) return;
    field.kind = Kind::kMadeOptional;
    field.none = next_ordinal_++;
  }

  static std::string Declaration(const Field& field) {
    const auto plain = [&](std::string_view type) {
      return absl::StrCat(field.name, " @", field.ordinal, " :", type, ";");
    };
    switch (field.kind) {
      case Kind::kInt:
        return plain("Int32");
      case Kind::kLong:
        return plain("Int64 = 5");
      case Kind::kText:
        return plain("Text");
      case Kind::kBool:
        return plain("Bool");
      case Kind::kTexts:
        return plain("List(Text)");
      case Kind::kDate:
        return plain("Int32 $Daftar.date");
      case Kind::kState:
        return plain("State");
      case Kind::kPart:
        return plain("Part");
      case Kind::kOptional:
      case Kind::kMadeOptional:
        return absl::StrCat(field.name, " :union { none @", field.none, " :Void; v @",
                            field.ordinal, " :Int32; }");
    }
    return "";
  }

  Random& random_;
  std::vector<Field> fields_;
  std::vector<std::string> states_ = {"s0", "s1"};
  size_t next_ordinal_ = 1;
  size_t next_name_ = 0;
};

// A record as it was written: its bytes and the values by ordinal.
struct Written {
  std::string bytes;
  std::map<size_t, JsonValue> values;
};

Written WriteRecord(Model& model, Random& random, capnp::StructSchema schema) {
  Written written;
  JsonObject object = {{"district", JsonValue("K")}};
  for (const Field& field : model.fields()) {
    if (Below(random, 3) == 0) continue;
    const JsonValue value = model.RandomValue(field.kind);
    object.push_back({field.name, model.Named(field.kind, value)});
    written.values[field.ordinal] = value;
  }
  REQUIRE_OK_AND_ASSIGN(const auto message,
                        record::MessageFromJson(schema, JsonValue(std::move(object))));
  written.bytes = message.bytes();
  return written;
}

// What an unset field of a record shows as; null: nothing at all.
JsonValue UnsetValue(const Model& model, const Field& field) {
  switch (field.kind) {
    case Kind::kInt:
    case Kind::kMadeOptional:
      return JsonValue(JsonNumber{"0"});
    case Kind::kLong:
      return JsonValue(JsonNumber{"5"});
    case Kind::kBool:
      return JsonValue(false);
    case Kind::kDate:
      return JsonValue("1970-01-01");
    case Kind::kState:
      return model.Named(field.kind, JsonValue(JsonNumber{"0"}));
    default:
      return JsonValue();
  }
}

void CheckReads(const Model& model, const Written& written, capnp::StructSchema schema) {
  REQUIRE_OK_AND_ASSIGN(const auto message, record::Message::FromStored(schema, written.bytes));
  std::string text;
  REQUIRE_OK(record::AppendMessageJson(message, &text));
  CAPTURE(text);
  REQUIRE_OK_AND_ASSIGN(const JsonValue json, record::ParseJson(text));
  for (const Field& field : model.fields()) {
    CAPTURE(field.name);
    const auto found = written.values.find(field.ordinal);
    JsonValue expected = UnsetValue(model, field);
    if (found != written.values.end()) expected = model.Named(field.kind, found->second);
    const JsonValue* read = json.Find(field.name);
    CHECK((read == nullptr ? JsonValue() : *read) == expected);
  }
}

TEST_CASE("evolution: chains of safe changes keep every record readable", "[catalog][property]") {
  const auto seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int chain = 0; chain < 10; ++chain) {
    CAPTURE(chain);
    Model model(&random);
    std::vector<testing::ParsedTables> versions;
    std::vector<Written> records;
    for (int step = 0; step < 12; ++step) {
      CAPTURE(step, model.Body());
      versions.push_back(testing::ParseBody(model.Body()));
      const capnp::StructSchema schema = versions.back().tables[0].schema;
      for (const auto& earlier : versions) {
        REQUIRE_OK_AND_ASSIGN(const SchemaCheck check,
                              catalog::CheckEvolution(earlier.side(), versions.back().side()));
        CHECK(check.verdict == Verdict::kSafe);
        CHECK(record::SchemaSet::CheckWireCompatible(*earlier.types, *versions.back().types).ok());
      }
      for (int i = 0; i < 3; ++i) records.push_back(WriteRecord(model, random, schema));
      for (const Written& written : records) CheckReads(model, written, schema);
      model.ChangeSafely();
    }
  }
}

}  // namespace
}  // namespace daftar
