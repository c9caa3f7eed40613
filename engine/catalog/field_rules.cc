#include "catalog/field_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "record/annotations.h"
#include "record/field_type.h"

namespace daftar::catalog {
namespace {

using Which = capnp::schema::Type::Which;

constexpr int kScaleMax = 18;
constexpr int kScaleMax32 = 9;

bool IsOurs(uint64_t annotation_id) {
  return annotation_id == record::kDateAnnotation || annotation_id == record::kInstantAnnotation ||
         annotation_id == record::kDecimalAnnotation || annotation_id == record::kJsonAnnotation;
}

// A list counts as its element: "dates @0 :List(Int32) $date" holds dates.
capnp::Type ElementOf(capnp::Type type) {
  while (type.isList()) type = type.asList().getElementType();
  return type;
}

absl::Status CheckAnnotation(capnp::schema::Annotation::Reader annotation, capnp::Type type) {
  const Which which = type.which();
  switch (annotation.getId()) {
    case record::kDateAnnotation:
      if (which != Which::INT32) return InvalidArgument("$date stands on Int32 only");
      break;
    case record::kInstantAnnotation:
      if (which != Which::INT64) return InvalidArgument("$instant stands on Int64 only");
      break;
    case record::kJsonAnnotation:
      if (which != Which::TEXT) return InvalidArgument("$json stands on Text only");
      break;
    case record::kDecimalAnnotation: {
      if (which != Which::INT32 && which != Which::INT64) {
        return InvalidArgument("$decimal stands on Int32 or Int64 only");
      }
      const int scale = annotation.getValue().getUint8();
      const int scale_max = which == Which::INT32 ? kScaleMax32 : kScaleMax;
      if (scale > scale_max) {
        return InvalidArgument("$decimal has too many digits after the point")
            .With("digits", scale)
            .With("limit", scale_max);
      }
      break;
    }
    default:
      break;
  }
  return absl::OkStatus();
}

// Whether `schema`, or what it is a group of, has a text or enumeration of this name.
bool HasCurrency(const record::SchemaSet& schemas, capnp::StructSchema schema,
                 const std::string& name) {
  while (true) {
    KJ_IF_MAYBE (field, schema.findFieldByName(name.c_str())) {
      return field->getType().isText() || field->getType().isEnum();
    }
    if (!schema.getProto().getStruct().getIsGroup()) return false;
    const auto outer = schemas.Struct(schema.getProto().getScopeId());
    if (!outer.ok()) return false;
    schema = *outer;
  }
}

absl::Status CheckMoney(const record::SchemaSet& schemas, capnp::StructSchema::Field field) {
  bool is_money = false;
  for (auto annotation : field.getProto().getAnnotations()) {
    if (annotation.getId() == record::kMoneyAnnotation) is_money = true;
  }
  if (!is_money) return absl::OkStatus();
  const Which which = field.getType().which();
  const record::Meaning meaning = record::MeaningOf(field.getProto()).meaning;
  if (which < Which::INT8 || which > Which::UINT64 || meaning == record::Meaning::kDate ||
      meaning == record::Meaning::kInstant) {
    return InvalidArgument("$money stands on an integer or a decimal only");
  }
  const std::string name(record::CurrencyOf(field.getProto()));
  if (HasCurrency(schemas, field.getContainingStruct(), name)) return absl::OkStatus();
  return InvalidArgument("$money names a text or enumeration beside the field: its currency")
      .With("currency", absl::StrCat("'", name, "'"));
}

absl::Status CheckField(const record::SchemaSet& schemas, capnp::StructSchema::Field field) {
  const capnp::Type type = ElementOf(field.getType());
  if (type.isAnyPointer()) {
    return InvalidArgument("AnyPointer and generic parameters cannot be stored; name a type");
  }
  if (type.isInterface()) return InvalidArgument("capabilities cannot be stored; remove the field");
  int meanings = 0;
  for (auto annotation : field.getProto().getAnnotations()) {
    if (!IsOurs(annotation.getId())) continue;
    if (++meanings > 1) {
      return InvalidArgument("a field has at most one of $date, $instant, $decimal and $json");
    }
    DAFTAR_RETURN_IF_ERROR(CheckAnnotation(annotation, type));
  }
  return CheckMoney(schemas, field);
}

}  // namespace

absl::Status CheckFields(const record::SchemaSet& schemas) {
  for (uint64_t id : schemas.type_ids()) {
    auto schema = schemas.Struct(id);
    if (!schema.ok()) continue;  // an enumeration
    for (auto field : schema->getFields()) {
      absl::Status status = CheckField(schemas, field);
      if (!status.ok()) {
        status = WithContext(status, "struct", record::TypeName(*schema));
        return WithContext(status, "field", field.getProto().getName().cStr());
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace daftar::catalog
