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

class Appender {
 public:
  Appender(Calendar calendar, std::string* out) : calendar_(calendar), out_(*out) {}

  void AppendStruct(const capnp::DynamicStruct::Reader& record) {
    out_.push_back('{');
    bool first = true;
    for (auto field : record.getSchema().getFields()) {
      if (!IsShown(record, field)) continue;
      if (!first) out_.push_back(',');
      first = false;
      AppendJsonString(field.getProto().getName().cStr(), &out_);
      out_.push_back(':');
      AppendField(record, field);
    }
    out_.push_back('}');
  }

  // What `names` from `from` on lead to; arrays where a list is on the way.
  void AppendNames(const capnp::DynamicStruct::Reader& record,
                   const std::vector<std::string>& names, size_t from) {
    auto field = record.getSchema().getFieldByName(names[from]);
    if (!IsShown(record, field)) {
      out_ += "null";
      return;
    }
    if (from + 1 == names.size()) return AppendField(record, field);
    auto value = record.get(field);
    if (!field.getType().isList()) {
      return AppendNames(value.as<capnp::DynamicStruct>(), names, from + 1);
    }
    out_.push_back('[');
    bool first = true;
    for (auto element : value.as<capnp::DynamicList>()) {
      if (!first) out_.push_back(',');
      first = false;
      AppendNames(element.as<capnp::DynamicStruct>(), names, from + 1);
    }
    out_.push_back(']');
  }

 private:
  void AppendField(const capnp::DynamicStruct::Reader& record, Field field) {
    const capnp::Type type = field.getType();
    auto value = record.get(field);
    if (field.getProto().isGroup() && IsOptional(type.asStruct())) {
      const Field member = OptionalValue(type.asStruct());
      return AppendField(value.as<capnp::DynamicStruct>(), member);
    }
    AppendValue(value, type, MeaningOf(field.getProto()));
  }

  void AppendValue(const capnp::DynamicValue::Reader& value, capnp::Type type,
                   FieldMeaning meaning) {
    if (type.isStruct()) return AppendStruct(value.as<capnp::DynamicStruct>());
    if (type.isList()) {
      out_.push_back('[');
      bool first = true;
      for (auto element : value.as<capnp::DynamicList>()) {
        if (!first) out_.push_back(',');
        first = false;
        AppendValue(element, type.asList().getElementType(), meaning);
      }
      out_.push_back(']');
      return;
    }
    if (type.isVoid()) {
      out_ += "null";
      return;
    }
    const Scalar scalar = ScalarOf(value);
    if (meaning.meaning == Meaning::kJson) {
      out_ += std::get<std::string_view>(scalar);
    } else if (const auto* text = std::get_if<std::string_view>(&scalar); text && type.isText()) {
      AppendJsonString(*text, &out_);
    } else {
      out_ += InCalendar(FieldType(type, meaning).ToValue(scalar), calendar_).ToJson();
    }
  }

  const Calendar calendar_;
  std::string& out_;
};

}  // namespace

absl::Status AppendMessageJson(const Message& message, std::string* out, Calendar calendar) {
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&] {
    Appender(calendar, out).AppendStruct(message.root());
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

absl::Status AppendPathJson(const Message& message, std::string_view path, std::string* out,
                            Calendar calendar) {
  return Fenced(absl::StatusCode::kDataLoss, "record does not decode", [&] {
    Appender(calendar, out).AppendNames(message.root(), absl::StrSplit(path, '.'), 0);
    return absl::OkStatus();
  });
}

}  // namespace daftar::record
