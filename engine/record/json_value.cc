#include "record/json_value.h"

#include "base/json_string.h"

namespace daftar::record {

JsonValue::JsonValue(const JsonValue& other) = default;

JsonValue& JsonValue::operator=(const JsonValue& other) {
  JsonValue copy(other);
  return *this = std::move(copy);
}

bool operator==(const JsonValue& a, const JsonValue& b) { return a.v_ == b.v_; }

const JsonValue* JsonValue::Find(std::string_view name) const {
  const JsonObject* members = as_object();
  if (members == nullptr) return nullptr;
  for (const JsonMember& member : *members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::string_view JsonValue::KindName() const {
  switch (v_.index()) {
    case 0:
      return "null";
    case 1:
      return "a boolean";
    case 2:
      return "a number";
    case 3:
      return "text";
    case 4:
      return "an array";
    default:
      return "an object";
  }
}

namespace {

void AppendArray(const JsonArray& array, std::string* out) {
  out->push_back('[');
  for (size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJson(array[i], out);
  }
  out->push_back(']');
}

void AppendObject(const JsonObject& members, std::string* out) {
  out->push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonString(members[i].name, out);
    out->push_back(':');
    AppendJson(members[i].value, out);
  }
  out->push_back('}');
}

}  // namespace

void AppendJson(const JsonValue& value, std::string* out) {
  if (const bool* boolean = value.as_bool()) {
    out->append(*boolean ? "true" : "false");
  } else if (const JsonNumber* number = value.as_number()) {
    out->append(number->text);
  } else if (const std::string* text = value.as_string()) {
    AppendJsonString(*text, out);
  } else if (const JsonArray* array = value.as_array()) {
    AppendArray(*array, out);
  } else if (const JsonObject* members = value.as_object()) {
    AppendObject(*members, out);
  } else {
    out->append("null");
  }
}

}  // namespace daftar::record
