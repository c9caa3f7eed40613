#include "record/field_path.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/status.h"
#include "record/schema_set.h"

namespace daftar::record {
namespace {

using Field = capnp::StructSchema::Field;

bool InUnion(const Field& field) {
  return field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
}

bool IsPointer(capnp::Type type) {
  return type.isText() || type.isData() || type.isList() || type.isAnyPointer() ||
         type.isInterface();
}

std::string_view NameOf(const Field& field) { return field.getProto().getName().cStr(); }

// The fields to walk from `schema` to its slot with `ordinal`, groups on the way included.
bool FindOrdinal(capnp::StructSchema schema, uint16_t ordinal, std::vector<Field>* route) {
  for (auto field : schema.getFields()) {
    auto proto = field.getProto();
    route->push_back(field);
    if (proto.isGroup()) {
      if (FindOrdinal(field.getType().asStruct(), ordinal, route)) return true;
    } else if (proto.getOrdinal().isExplicit() && proto.getOrdinal().getExplicit() == ordinal) {
      return true;
    }
    route->pop_back();
  }
  return false;
}

}  // namespace

Scalar ScalarOf(const capnp::DynamicValue::Reader& value) {
  switch (value.getType()) {
    case capnp::DynamicValue::BOOL:
      return value.as<bool>();
    case capnp::DynamicValue::INT:
      return value.as<int64_t>();
    case capnp::DynamicValue::UINT:
      return value.as<uint64_t>();
    case capnp::DynamicValue::FLOAT:
      return value.as<double>();
    case capnp::DynamicValue::TEXT: {
      auto text = value.as<capnp::Text>();
      return std::string_view(text.begin(), text.size());
    }
    case capnp::DynamicValue::DATA: {
      auto data = value.as<capnp::Data>();
      return std::string_view(reinterpret_cast<const char*>(data.begin()), data.size());
    }
    case capnp::DynamicValue::ENUM:
      return static_cast<uint64_t>(value.as<capnp::DynamicEnum>().getRaw());
    default:
      return Scalar();
  }
}

std::string FieldNames(capnp::StructSchema schema) {
  std::vector<std::string_view> names;
  for (auto field : schema.getFields()) names.push_back(NameOf(field));
  return absl::StrJoin(names, ", ");
}

bool IsOptional(capnp::StructSchema schema) {
  if (!schema.getProto().getStruct().getIsGroup()) return false;
  auto fields = schema.getFields();
  if (fields.size() != 2 || !InUnion(fields[0]) || !InUnion(fields[1])) return false;
  return fields[0].getType().isVoid() != fields[1].getType().isVoid();
}

Field OptionalValue(capnp::StructSchema schema) {
  auto fields = schema.getFields();
  return fields[0].getType().isVoid() ? fields[1] : fields[0];
}

Field OptionalNone(capnp::StructSchema schema) {
  auto fields = schema.getFields();
  return fields[0].getType().isVoid() ? fields[0] : fields[1];
}

void FieldPath::Data::AddField(Field field) {
  Step step;
  step.field = field;
  step.in_union = InUnion(field);
  step.is_list = field.getType().isList();
  const bool is_group = field.getProto().isGroup();
  step.is_pointer = IsPointer(field.getType()) || (field.getType().isStruct() && !is_group);
  if (step.in_union) in_union = true;
  if (step.is_list) {
    // An element of a list is there or not; what led to the list no longer makes it null.
    list_steps.push_back(steps.size());
    nullable = false;
  } else if (step.in_union || step.is_pointer) {
    nullable = true;
  }
  if (!is_group) {
    // The owning struct is the nearest one that is not a group.
    auto owner = field.getContainingStruct();
    uint64_t owner_id = owner.getProto().getId();
    for (size_t i = steps.size(); i > 0 && owner.getProto().getStruct().getIsGroup(); --i) {
      owner = steps[i - 1].field.getContainingStruct();
      owner_id = owner.getProto().getId();
    }
    stored.push_back({owner_id, field.getProto().getOrdinal().getExplicit()});
  }
  steps.push_back(step);
  raw.Add(field);
}

absl::Status FieldPath::Data::Finish(capnp::Type last_type, std::string_view shown) {
  if (last_type.isStruct() && IsOptional(last_type.asStruct())) {
    AddField(OptionalValue(last_type.asStruct()));
    last_type = steps.back().field.getType();
  }
  if (steps.back().is_list) last_type = last_type.asList().getElementType();
  if (!FieldType::IsScalar(last_type)) {
    return InvalidArgument("path does not end in a single value")
        .With("path", shown)
        .With("continue with one of",
              last_type.isStruct() ? FieldNames(last_type.asStruct()) : "(nothing)");
  }
  type = FieldType(last_type, MeaningOf(steps.back().field.getProto()));
  std::vector<std::string_view> names;
  for (const Step& step : steps) names.push_back(NameOf(step.field));
  const Step& last = steps.back();
  if (steps.size() > 1 && last.in_union && IsOptional(last.field.getContainingStruct())) {
    names.pop_back();
  }
  text = absl::StrJoin(names, ".");
  return absl::OkStatus();
}

FieldPath::FieldPath() {
  static const auto* const kNone = new std::shared_ptr<const Data>(std::make_shared<Data>());
  data_ = *kNone;
}

absl::StatusOr<FieldPath> FieldPath::Parse(capnp::StructSchema root, std::string_view text) {
  Data path;
  capnp::Type type = root;
  for (std::string_view name : absl::StrSplit(text, '.')) {
    if (type.isList()) type = type.asList().getElementType();
    if (!type.isStruct()) {
      return InvalidArgument("path goes on after a single value").With("path", text);
    }
    const std::string key(name);
    KJ_IF_MAYBE (field, type.asStruct().findFieldByName(key.c_str())) {
      path.AddField(*field);
      type = field->getType();
    } else {
      return InvalidArgument("no such field")
          .With("struct", TypeName(type.asStruct()))
          .With("field", name)
          .With("path", text)
          .With("fields", FieldNames(type.asStruct()));
    }
  }
  DAFTAR_RETURN_IF_ERROR(path.Finish(type, text));
  return FieldPath(std::move(path));
}

absl::StatusOr<FieldPath> FieldPath::Resolve(capnp::StructSchema root, const StoredPath& stored) {
  Data path;
  capnp::Type type = root;
  for (const FieldRef& ref : stored) {
    if (type.isList()) type = type.asList().getElementType();
    std::vector<Field> route;
    if (!type.isStruct() || type.asStruct().getProto().getId() != ref.struct_id ||
        !FindOrdinal(type.asStruct(), ref.ordinal, &route)) {
      return NotFound("schema lacks a field of a stored path")
          .With("struct", absl::Hex(ref.struct_id))
          .With("ordinal", ref.ordinal);
    }
    for (const Field& field : route) path.AddField(field);
    type = route.back().getType();
  }
  if (path.steps.empty()) return NotFound("stored path is empty");
  DAFTAR_RETURN_IF_ERROR(path.Finish(type, "(stored)"));
  return FieldPath(std::move(path));
}

absl::StatusOr<std::optional<FieldPath>> FieldPath::CurrencyPath(capnp::StructSchema root) const {
  const std::string_view name = CurrencyOf(data_->steps.back().field.getProto());
  if (name.empty()) return std::optional<FieldPath>();
  // The amount may stand in a group, such as an optional, inside of the one that has both.
  size_t parents = data_->steps.size() - 1;
  const auto lacks_currency = [&] {
    const auto beside = data_->steps[parents].field.getContainingStruct();
    return beside.getProto().getStruct().getIsGroup() &&
           beside.findFieldByName(std::string(name).c_str()) == nullptr;
  };
  while (parents > 0 && lacks_currency()) --parents;
  std::string text;
  for (size_t i = 0; i < parents; ++i) absl::StrAppend(&text, NameOf(data_->steps[i].field), ".");
  DAFTAR_ASSIGN_OR_RETURN(FieldPath currency, Parse(root, absl::StrCat(text, name)));
  return std::optional<FieldPath>(std::move(currency));
}

bool FieldPath::SharesList(size_t n, const FieldPath& other) const {
  if (n >= data_->list_steps.size() || n >= other.data_->list_steps.size()) return false;
  if (data_->list_steps[n] != other.data_->list_steps[n]) return false;
  for (size_t i = 0; i <= data_->list_steps[n]; ++i) {
    if (!(data_->steps[i].field == other.data_->steps[i].field)) return false;
  }
  return true;
}

capnp::DynamicValue::Reader FieldPath::Walk(const capnp::DynamicStruct::Reader& record,
                                            ListElements elements, size_t steps_end) const {
  capnp::DynamicValue::Reader value = record;
  size_t i = 0;
  if (!elements.empty()) {
    value = elements.back();
    i = data_->list_steps[elements.size() - 1] + 1;
  }
  for (; i < steps_end; ++i) {
    const Step& step = data_->steps[i];
    auto parent = value.as<capnp::DynamicStruct>();
    // has() is false for members of a union that are not active and for unset pointers.
    if ((step.in_union || step.is_pointer) && !parent.has(step.field)) return {};
    value = parent.get(step.field);
  }
  return value;
}

Scalar FieldPath::Evaluate(const capnp::DynamicStruct::Reader& record,
                           ListElements elements) const {
  DAFTAR_DCHECK(elements.size() == data_->list_steps.size());
  return ScalarOf(Walk(record, elements, data_->steps.size()));
}

capnp::DynamicList::Reader FieldPath::List(const capnp::DynamicStruct::Reader& record,
                                           ListElements elements) const {
  DAFTAR_CHECK_LT(elements.size(), data_->list_steps.size());
  const auto value = Walk(record, elements, data_->list_steps[elements.size()] + 1);
  if (value.getType() != capnp::DynamicValue::LIST) return {};
  return value.as<capnp::DynamicList>();
}

}  // namespace daftar::record
