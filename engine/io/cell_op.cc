#include "io/cell_op.h"

#include "base/status.h"

namespace daftar::io {

using record::JsonArray;
using record::JsonNumber;
using record::JsonValue;

std::optional<std::string> TextOf(const JsonValue& value) {
  if (const std::string* text = value.as_string()) return *text;
  if (const JsonNumber* number = value.as_number()) return number->text;
  if (const bool* boolean = value.as_bool()) return *boolean ? "true" : "false";
  return std::nullopt;
}

CellOp CellOp::OnText(TextFunction function, bool fallible) {
  CellOp op;
  op.text_function_ = std::move(function);
  op.fallible_ = fallible;
  return op;
}

CellOp CellOp::OnValue(ValueFunction function) {
  CellOp op;
  op.value_function_ = std::move(function);
  return op;
}

absl::Status CellOp::Apply(JsonValue* value) const {
  if (value_function_) return value_function_(value);
  if (JsonArray* array = value->as_array()) {
    for (JsonValue& element : *array) DAFTAR_RETURN_IF_ERROR(Apply(&element));
    return absl::OkStatus();
  }
  return value->is_null() ? absl::OkStatus() : ApplyToText(value);
}

absl::Status CellOp::ApplyToText(JsonValue* value) const {
  if (value->as_string() == nullptr) {
    std::optional<std::string> text = TextOf(*value);
    if (!text) {
      return InvalidArgument("the operation needs text")
          .With("value", value->KindName())
          .With("remedy", "take one part of it first");
    }
    *value = JsonValue(*std::move(text));
  }
  const absl::Status status = text_function_(value->as_string(), value);
  if (status.ok()) return status;
  switch (otherwise_.kind) {
    case Otherwise::Kind::kError:
      return status;
    case Otherwise::Kind::kNull:
      *value = JsonValue();
      break;
    case Otherwise::Kind::kKeep:
      break;
    case Otherwise::Kind::kValue:
      *value = otherwise_.value;
      break;
  }
  return absl::OkStatus();
}

absl::Status ApplyAll(const std::vector<CellOp>& ops, JsonValue* value) {
  for (const CellOp& op : ops) DAFTAR_RETURN_IF_ERROR(op.Apply(value));
  return absl::OkStatus();
}

}  // namespace daftar::io
