// AppendMessageJson, AppendPathJson.

#include <vector>

#include "absl/strings/str_split.h"
#include "base/json_string.h"
#include "base/status.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"
#include "record/schema_set.h"

namespace daftar::record {
namespace {

using Field = capnp::StructSchema::Field;

void AppendStruct(const capnp::DynamicStruct::Reader& record, std::string* out);

void AppendValue(const capnp::DynamicValue::Reader& value, capnp::Type type, FieldMeaning meaning,
                 std::string* out) {
  if (type.isStruct()) return AppendStruct(value.as<capnp::DynamicStruct>(), out);
  if (type.isList()) {
    out->push_back('[');
    bool first = true;
    for (auto element : value.as<capnp::DynamicList>()) {
      if (!first) out->push_back(',');
      first = false;
      AppendValue(element, type.asList().getElementType(), meaning, out);
    }
    out->push_back(']');
    return;
  }
  if (type.isVoid()) {
    *out += "null";
    return;
  }
  const Scalar scalar = ScalarOf(value);
  if (meaning.meaning == Meaning::kJson) {
    *out += std::get<std::string_view>(scalar);
  } else if (const auto* text = std::get_if<std::string_view>(&scalar); text && type.isText()) {
    AppendJsonString(*text, out);
  } else {
    *out += FieldType(type, meaning).ToValue(scalar).ToJson();
  }
}

// Whether a field stands in the output: set pointers, active members of unions, and plain values.
bool IsShown(const capnp::DynamicStruct::Reader& record, Field field) {
  if (!record.has(field)) return false;
  const capnp::Type type = field.getType();
  if (field.getProto().isGroup() && IsOptional(type.asStruct())) {
    return record.get(field).as<capnp::DynamicStruct>().has(OptionalValue(type.asStruct()));
  }
  const bool in_union =
      field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
  return in_union || !type.isVoid();
}

void AppendField(const capnp::DynamicStruct::Reader& record, Field field, std::string* out) {
  const capnp::Type type = field.getType();
  auto value = record.get(field);
  if (field.getProto().isGroup() && IsOptional(type.asStruct())) {
    const Field member = OptionalValue(type.asStruct());
    return AppendField(value.as<capnp::DynamicStruct>(), member, out);
  }
  AppendValue(value, type, MeaningOf(field.getProto()), out);
}

void AppendStruct(const capnp::DynamicStruct::Reader& record, std::string* out) {
  out->push_back('{');
  bool first = true;
  for (auto field : record.getSchema().getFields()) {
    if (!IsShown(record, field)) continue;
    if (!first) out->push_back(',');
    first = false;
    AppendJsonString(field.getProto().getName().cStr(), out);
    out->push_back(':');
    AppendField(record, field, out);
  }
  out->push_back('}');
}

// What `names` from `from` on lead to; arrays where a list is on the way.
void AppendNames(const capnp::DynamicStruct::Reader& record, const std::vector<std::string>& names,
                 size_t from, std::string* out) {
  auto field = record.getSchema().getFieldByName(names[from]);
  if (!IsShown(record, field)) {
    *out += "null";
    return;
  }
  if (from + 1 == names.size()) return AppendField(record, field, out);
  auto value = record.get(field);
  if (!field.getType().isList()) {
    return AppendNames(value.as<capnp::DynamicStruct>(), names, from + 1, out);
  }
  out->push_back('[');
  bool first = true;
  for (auto element : value.as<capnp::DynamicList>()) {
    if (!first) out->push_back(',');
    first = false;
    AppendNames(element.as<capnp::DynamicStruct>(), names, from + 1, out);
  }
  out->push_back(']');
}

}  // namespace

absl::Status AppendMessageJson(const Message& message, std::string* out) {
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&] {
    AppendStruct(message.root(), out);
    return absl::OkStatus();
  });
}

absl::Status CheckJsonPath(capnp::StructSchema schema, std::string_view path) {
  capnp::Type type = schema;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (const std::string& name : names) {
    if (type.isList()) type = type.asList().getElementType();
    if (!type.isStruct()) {
      return InvalidArgument("path goes on after a single value").With("path", path);
    }
    KJ_IF_MAYBE (field, type.asStruct().findFieldByName(name)) {
      type = field->getType();
    } else {
      return InvalidArgument("no such field")
          .With("struct", TypeName(type.asStruct()))
          .With("field", name)
          .With("path", path)
          .With("fields", FieldNames(type.asStruct()));
    }
  }
  return absl::OkStatus();
}

absl::Status AppendPathJson(const Message& message, std::string_view path, std::string* out) {
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&] {
    AppendNames(message.root(), absl::StrSplit(path, '.'), 0, out);
    return absl::OkStatus();
  });
}

}  // namespace daftar::record
