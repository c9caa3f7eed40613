// MessageFromJson and WithJsonFields.

#include <capnp/message.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "base/utf8.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"
#include "record/schema_set.h"

namespace daftar::record {
namespace {

using Field = capnp::StructSchema::Field;

constexpr size_t kShownValueMax = 80;
constexpr size_t kScratchWords = 256;

std::string Shown(const JsonValue& value) {
  std::string text;
  if (const std::string* string = value.as_string()) {
    text = absl::StrCat("'", *string, "'");
  } else {
    AppendJson(value, &text);
  }
  return Shortened(text, kShownValueMax);
}

capnp::DynamicValue::Reader ToDynamic(const OwnedScalar& scalar, capnp::Type type) {
  if (const auto* flag = std::get_if<bool>(&scalar)) return *flag;
  if (const auto* number = std::get_if<int64_t>(&scalar)) return *number;
  if (const auto* real = std::get_if<double>(&scalar)) return *real;
  if (const auto* number = std::get_if<uint64_t>(&scalar)) {
    if (type.isEnum()) {
      return capnp::DynamicEnum(type.asEnum(), static_cast<uint16_t>(*number));
    }
    return *number;
  }
  const auto& bytes = std::get<std::string>(scalar);
  if (type.isData()) {
    return capnp::Data::Reader(reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size());
  }
  return capnp::Text::Reader(bytes.c_str(), bytes.size());
}

// Fills builders from JSON, keeping the path for messages.
class Filler {
 public:
  absl::Status FillStruct(const JsonValue& json, capnp::DynamicStruct::Builder out) {
    const JsonObject* members = json.as_object();
    if (members == nullptr) return Refuse("expected an object", json);
    // Groups are part of the struct around them.
    const int levels = out.getSchema().getProto().getStruct().getIsGroup() ? 0 : 1;
    DAFTAR_RETURN_IF_ERROR(Descend(levels, json));
    absl::flat_hash_set<std::string_view> seen;
    std::string_view union_member;
    for (const JsonMember& member : *members) {
      const size_t path_end = path_.size();
      absl::StrAppend(&path_, path_.empty() ? "" : ".", member.name);
      if (!seen.insert(member.name).second) return Refuse("field is given twice", member.value);
      KJ_IF_MAYBE (field, out.getSchema().findFieldByName(member.name)) {
        if (field->getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
          if (!union_member.empty()) {
            return Refuse(absl::StrCat("only one of '", union_member, "' and this can be set"),
                          member.value);
          }
          union_member = member.name;
        }
        DAFTAR_RETURN_IF_ERROR(FillField(*field, member.value, out));
      } else {
        return InvalidArgument("no such field")
            .With("field", path_)
            .With("value", Shown(member.value))
            .With("struct", TypeName(out.getSchema()))
            .With("fields", FieldNames(out.getSchema()));
      }
      path_.resize(path_end);
    }
    depth_ -= levels;
    return absl::OkStatus();
  }

  // Changes what the names lead to. False: one of them is a member of a union.
  absl::StatusOr<bool> FillAt(std::span<const std::string_view> names, const JsonValue& json,
                              capnp::DynamicStruct::Builder out) {
    path_ = absl::StrJoin(names, ".");
    depth_ = 1;
    for (; !names.empty(); names = names.subspan(1)) {
      const auto field = out.getSchema().findFieldByName(std::string(names.front()).c_str());
      KJ_IF_MAYBE (found, field) {
        if (found->getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
          return false;
        }
        if (names.size() == 1) {
          out.clear(*found);
          if (!json.is_null()) DAFTAR_RETURN_IF_ERROR(FillField(*found, json, out));
          return true;
        }
        if (!found->getType().isStruct()) break;
        if (IsOptional(found->getType().asStruct())) return false;
        if (!found->getProto().isGroup()) {
          // What is not there has nothing to lose, and a struct is not made for it.
          if (json.is_null() && !out.has(*found)) return true;
          ++depth_;
        }
        out = out.get(*found).as<capnp::DynamicStruct>();
      } else {
        break;
      }
    }
    return InvalidArgument("no such field").With("field", path_).With("value", Shown(json));
  }

 private:
  // A record that is nested deeper than its readers go could be written but never read.
  absl::Status Descend(int levels, const JsonValue& json) {
    depth_ += levels;
    return depth_ > kNestingMax ? Refuse("the record is nested too deeply", json)
                                : absl::OkStatus();
  }
  absl::Status Refuse(std::string_view text, const JsonValue& value) const {
    return InvalidArgument(text).With("field", path_).With("value", Shown(value));
  }

  absl::Status FillField(Field field, const JsonValue& json, capnp::DynamicStruct::Builder out) {
    const capnp::Type type = field.getType();
    if (field.getProto().isGroup()) {
      if (IsOptional(type.asStruct())) return FillOptional(field, json, out);
      if (json.is_null()) return absl::OkStatus();
      return FillStruct(json, out.init(field).as<capnp::DynamicStruct>());
    }
    if (type.isVoid()) {
      if (!json.is_null()) return Refuse("the field holds nothing but null", json);
      out.set(field, capnp::VOID);
      return absl::OkStatus();
    }
    const FieldMeaning meaning = MeaningOf(field.getProto());
    if (json.is_null()) {
      if (type.isText() || type.isData() || type.isList() || type.isStruct()) {
        return absl::OkStatus();
      }
      return Refuse("the field cannot be null; leave it out for its default", json);
    }
    if (type.isStruct()) return FillStruct(json, out.init(field).as<capnp::DynamicStruct>());
    if (type.isList()) return FillList(field, meaning, json, out);
    DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar scalar, ReadScalar(FieldType(type, meaning), json));
    out.set(field, ToDynamic(scalar, type));
    return absl::OkStatus();
  }

  absl::Status FillOptional(Field group, const JsonValue& json, capnp::DynamicStruct::Builder out) {
    const auto schema = group.getType().asStruct();
    const Field value = OptionalValue(schema);
    const std::string* text = json.as_string();
    const bool empty_cell = text != nullptr && text->empty() && !value.getType().isText();
    auto builder = out.init(group).as<capnp::DynamicStruct>();
    if (json.is_null() || empty_cell) {
      builder.set(OptionalNone(schema), capnp::VOID);
      return absl::OkStatus();
    }
    // {"day": …} is accepted as well as the bare value: it is how the class is spelt.
    const JsonObject* members = json.as_object();
    const bool takes_object =
        value.getType().isStruct() || MeaningOf(value.getProto()).meaning == Meaning::kJson;
    if (members != nullptr && !takes_object) return FillStruct(json, builder);
    return FillField(value, json, builder);
  }

  absl::Status FillList(Field field, FieldMeaning meaning, const JsonValue& json,
                        capnp::DynamicStruct::Builder out) {
    const JsonArray* elements = json.as_array();
    if (elements == nullptr) return Refuse("expected an array", json);
    DAFTAR_RETURN_IF_ERROR(Descend(1, json));
    auto list = out.init(field, static_cast<uint>(elements->size())).as<capnp::DynamicList>();
    return FillElements(*elements, meaning, list);
  }

  absl::Status FillElements(const JsonArray& elements, FieldMeaning meaning,
                            capnp::DynamicList::Builder list) {
    const capnp::Type type = list.getSchema().getElementType();
    for (uint i = 0; i < list.size(); ++i) {
      const JsonValue& json = elements[i];
      const size_t path_end = path_.size();
      absl::StrAppend(&path_, "[", i, "]");
      if (type.isStruct()) {
        DAFTAR_RETURN_IF_ERROR(FillStruct(json, list[i].as<capnp::DynamicStruct>()));
      } else if (type.isList()) {
        const JsonArray* inner = json.as_array();
        if (inner == nullptr) return Refuse("expected an array", json);
        DAFTAR_RETURN_IF_ERROR(Descend(1, json));
        auto inner_list = list.init(i, static_cast<uint>(inner->size()));
        DAFTAR_RETURN_IF_ERROR(FillElements(*inner, meaning, inner_list.as<capnp::DynamicList>()));
      } else if (!type.isVoid()) {
        if (json.is_null()) return Refuse("an element cannot be null", json);
        DAFTAR_ASSIGN_OR_RETURN(const OwnedScalar scalar,
                                ReadScalar(FieldType(type, meaning), json));
        list.set(i, ToDynamic(scalar, type));
      }
      path_.resize(path_end);
    }
    --depth_;
    return absl::OkStatus();
  }

  absl::StatusOr<OwnedScalar> ReadScalar(const FieldType& type, const JsonValue& json) const {
    if (type.meaning() == Meaning::kJson) {
      std::string text;
      AppendJson(json, &text);
      return OwnedScalar(std::move(text));
    }
    absl::StatusOr<OwnedScalar> scalar = InvalidArgument("");
    if (type.type().isData()) {
      std::string bytes;
      const std::string* text = json.as_string();
      if (text != nullptr && absl::Base64Unescape(*text, &bytes)) return OwnedScalar(bytes);
      return Refuse("expected data in base64", json);
    }
    if (const bool* flag = json.as_bool()) {
      scalar = type.FromValue(Value(*flag));
    } else if (const std::string* text = json.as_string()) {
      scalar = type.FromStoredText(*text);
    } else if (const JsonNumber* number = json.as_number(); number && !type.type().isText()) {
      scalar = type.FromValue(Value(number->text));
    } else {
      return absl::Status(absl::StatusCode::kInvalidArgument,
                          absl::StrCat("value does not fit the field; field=", path_,
                                       "; value=", Shown(json), "; expected=", type.Name()));
    }
    if (!scalar.ok()) return WithContext(scalar.status(), "field", path_);
    return scalar;
  }

  std::string path_;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<Message> MessageFromJson(capnp::StructSchema schema, const JsonValue& json) {
  return Fenced(absl::StatusCode::kInvalidArgument, "record does not encode",
                [&]() -> absl::StatusOr<Message> {
                  // Most records fit here, which saves a larger allocation; what does not fit goes
                  // to the heap.
                  capnp::word scratch[kScratchWords] = {};
                  capnp::MallocMessageBuilder builder(kj::arrayPtr(scratch, kScratchWords));
                  auto root = builder.initRoot<capnp::DynamicStruct>(schema);
                  DAFTAR_RETURN_IF_ERROR(Filler().FillStruct(json, root));
                  return Message::FromBuilder(schema, builder);
                });
}

absl::StatusOr<std::optional<Message>> WithJsonFields(const Message& record,
                                                      std::span<const JsonField> fields) {
  return Fenced(absl::StatusCode::kInvalidArgument, "record does not encode",
                [&]() -> absl::StatusOr<std::optional<Message>> {
                  capnp::word scratch[kScratchWords] = {};
                  capnp::MallocMessageBuilder builder(kj::arrayPtr(scratch, kScratchWords));
                  builder.setRoot(record.root());
                  auto root = builder.getRoot<capnp::DynamicStruct>(record.schema());
                  for (const JsonField& field : fields) {
                    DAFTAR_ASSIGN_OR_RETURN(const bool filled,
                                            Filler().FillAt(field.names, field.value, root));
                    if (!filled) return std::optional<Message>();
                  }
                  DAFTAR_ASSIGN_OR_RETURN(Message changed,
                                          Message::FromBuilder(record.schema(), builder));
                  return std::optional(std::move(changed));
                });
}

}  // namespace daftar::record
