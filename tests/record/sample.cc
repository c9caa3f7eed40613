#include "record/sample.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "record/json_codec.h"
#include "record/json_parser.h"

namespace daftar::testing {
namespace {

constexpr std::string_view kWell = R"(
struct Place {
  town @0 :Text;
  street @1 :Text;
  box :union { none @2 :Void; number @3 :UInt32; }
}
struct Result {
  value @0 :Int32 $Daftar.decimal(2);
  unit @1 :Text;
}
struct Test {
  code @0 :Text;
  day @1 :Int32 $Daftar.date;
  results @2 :List(Result);
  tags @3 :List(Text);
}
struct Numbers {
  int8 @0 :Int8;
  int16 @1 :Int16;
  int32 @2 :Int32;
  int64 @3 :Int64;
  uint8 @4 :UInt8;
  uint16 @5 :UInt16;
  uint32 @6 :UInt32;
  uint64 @7 :UInt64;
}
struct Node {
  name @0 :Text;
  children @1 :List(Node);
}
enum State { unspecified @0; active @1; sealed @2; }
struct Well {
  district @0 :Text;
  licence @1 :UInt32;
  place @2 :Place;
  tests @3 :List(Test);
  others @4 :List(Test);
  hs @5 :List(Text);
  depth :union { none @6 :Void; metres @7 :Int32 $Daftar.decimal(2); }
  validTo :union { none @8 :Void; day @9 :Int32 $Daftar.date; }
  recordedAt @10 :Int64 $Daftar.instant;
  seal @11 :Data;
  form @12 :Text $Daftar.json;
  state @13 :State;
  owner :group {
    name @14 :Text;
    share @15 :UInt32 = 100;
    contact :group { mail @16 :Text; }
  }
  law :union {
    unknown @17 :Void;
    act :group { number @18 :UInt16; title @19 :Text; }
    decree @20 :Text;
    order @21 :Place;
  }
  ratio @22 :Float64;
  small @23 :Float32;
  flag @24 :Bool;
  seat :union { none @25 :Void; place @26 :Place; }
  matrix @27 :List(List(Int16));
  numbers @28 :Numbers;
  price @29 :Int64 $Daftar.decimal(18);
  days @30 :List(Int32) $Daftar.date;
  states @31 :List(State);
  note :union { none @32 :Void; json @33 :Text $Daftar.json; }
  mark @34 :Void;
}
)";

void AppendValues(const record::FieldPath& path, const record::Message& message,
                  std::vector<capnp::DynamicValue::Reader>* elements, std::string* out) {
  if (elements->size() < path.list_count()) {
    const auto list = path.List(message.root(), *elements);
    for (uint i = 0; i < list.size(); ++i) {
      elements->push_back(list[i]);
      AppendValues(path, message, elements, out);
      elements->pop_back();
    }
    return;
  }
  const Value value = path.type().ToValue(path.Evaluate(message.root(), *elements));
  absl::StrAppend(out, out->empty() ? "" : " | ", value.is_null() ? "null" : value.ToString());
}

}  // namespace

std::string SchemaText(std::string_view body) {
  return absl::StrCat("@0xa1b2c3d4e5f60718;\nusing Daftar = import \"/daftar/daftar.capnp\";\n",
                      body);
}

Sample::Sample(std::string_view body) {
  auto parsed = record::SchemaSet::ParseText("sample.capnp", SchemaText(body));
  if (!parsed.ok()) throw std::invalid_argument(parsed.status().ToString());
  set_ = *std::move(parsed);
}

capnp::StructSchema Sample::Struct(std::string_view name) const {
  for (const uint64_t id : set_->struct_ids()) {
    const capnp::StructSchema schema = set_->Struct(id).value();
    if (record::TypeName(schema) == name) return schema;
  }
  throw std::invalid_argument(std::string(name));
}

record::FieldPath Sample::Path(std::string_view struct_name, std::string_view path) const {
  auto parsed = record::FieldPath::Parse(Struct(struct_name), path);
  if (!parsed.ok()) throw std::invalid_argument(parsed.status().ToString());
  return *std::move(parsed);
}

record::Message Sample::Make(std::string_view struct_name, std::string_view json) const {
  return MakeRecord(Struct(struct_name), json);
}

const Sample& WellSample() {
  static const Sample sample(kWell);
  return sample;
}

record::Message MakeRecord(capnp::StructSchema schema, std::string_view json) {
  const auto parsed = record::ParseJson(json);
  if (!parsed.ok()) throw std::invalid_argument(parsed.status().ToString());
  auto message = record::MessageFromJson(schema, *parsed);
  if (!message.ok()) throw std::invalid_argument(message.status().ToString());
  return *std::move(message);
}

std::string ToJson(const record::Message& message) {
  std::string json;
  const absl::Status status = record::AppendMessageJson(message, &json);
  if (!status.ok()) throw std::invalid_argument(status.ToString());
  return json;
}

std::string AllValues(const record::FieldPath& path, const record::Message& message) {
  std::string out;
  std::vector<capnp::DynamicValue::Reader> elements;
  AppendValues(path, message, &elements, &out);
  return out;
}

}  // namespace daftar::testing
