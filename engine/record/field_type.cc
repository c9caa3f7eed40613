#include "record/field_type.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/calendar.h"
#include "base/check.h"
#include "base/decimal.h"
#include "base/status.h"
#include "record/annotations.h"
#include "record/schema_set.h"

namespace daftar::record {
namespace {

using Which = capnp::schema::Type::Which;

struct Limits {
  int64_t min;
  uint64_t max;
};

Limits LimitsOf(capnp::Type type) {
  switch (type.which()) {
    case Which::INT8:
      return {INT8_MIN, INT8_MAX};
    case Which::INT16:
      return {INT16_MIN, INT16_MAX};
    case Which::INT32:
      return {INT32_MIN, INT32_MAX};
    case Which::INT64:
      return {INT64_MIN, INT64_MAX};
    case Which::UINT8:
      return {0, UINT8_MAX};
    case Which::UINT16:
      return {0, UINT16_MAX};
    case Which::UINT32:
      return {0, UINT32_MAX};
    default:
      return {0, UINT64_MAX};
  }
}

bool IsInteger(capnp::Type type) {
  return type.which() >= Which::INT8 && type.which() <= Which::UINT64;
}
bool IsSigned(capnp::Type type) {
  return type.which() >= Which::INT8 && type.which() <= Which::INT64;
}
bool IsFloat(capnp::Type type) {
  return type.which() == Which::FLOAT32 || type.which() == Which::FLOAT64;
}

std::string EnumerantNames(capnp::EnumSchema schema) {
  std::string names;
  for (auto enumerant : schema.getEnumerants()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", enumerant.getProto().getName().cStr());
  }
  return names;
}

}  // namespace

std::string_view CurrencyOf(capnp::schema::Field::Reader field) {
  for (auto annotation : field.getAnnotations()) {
    if (annotation.getId() == kMoneyAnnotation) return annotation.getValue().getText().cStr();
  }
  return {};
}

FieldMeaning MeaningOf(capnp::schema::Field::Reader field) {
  for (auto annotation : field.getAnnotations()) {
    switch (annotation.getId()) {
      case kDateAnnotation:
        return {Meaning::kDate, 0};
      case kInstantAnnotation:
        return {Meaning::kInstant, 0};
      case kDecimalAnnotation:
        return {Meaning::kDecimal, annotation.getValue().getUint8()};
      case kJsonAnnotation:
        return {Meaning::kJson, 0};
      default:
        break;
    }
  }
  return {};
}

FieldType::FieldType(capnp::Type type, FieldMeaning meaning) : type_(type), meaning_(meaning) {
  if (!type_.isEnum()) return;
  std::vector<std::string> names;
  for (auto enumerant : type_.asEnum().getEnumerants()) {
    names.emplace_back(enumerant.getProto().getName().cStr());
  }
  enumerants_ = std::make_shared<const std::vector<std::string>>(std::move(names));
}

std::string FieldType::EnumerantName(uint64_t ordinal) const {
  // A newer writer may know enumerants that this schema lacks; they show as their number.
  return ordinal < enumerants_->size() ? (*enumerants_)[ordinal] : absl::StrCat("#", ordinal);
}

bool FieldType::IsScalar(capnp::Type type) {
  return type.isBool() || IsInteger(type) || IsFloat(type) || type.isText() || type.isData() ||
         type.isEnum();
}

codec::KeyType FieldType::key_type() const {
  switch (type_.which()) {
    case Which::BOOL:
      return codec::KeyType::kBool;
    case Which::INT8:
      return codec::KeyType::kInt8;
    case Which::INT16:
      return codec::KeyType::kInt16;
    case Which::INT32:
      return codec::KeyType::kInt32;
    case Which::INT64:
      return codec::KeyType::kInt64;
    case Which::UINT8:
      return codec::KeyType::kUInt8;
    case Which::UINT16:
    case Which::ENUM:
      return codec::KeyType::kUInt16;
    case Which::UINT32:
      return codec::KeyType::kUInt32;
    case Which::UINT64:
      return codec::KeyType::kUInt64;
    case Which::FLOAT32:
      return codec::KeyType::kFloat32;
    case Which::FLOAT64:
      return codec::KeyType::kFloat64;
    case Which::TEXT:
      return codec::KeyType::kText;
    default:
      return codec::KeyType::kData;
  }
}

std::string FieldType::Name() const {
  switch (meaning_.meaning) {
    case Meaning::kDate:
      return "date";
    case Meaning::kInstant:
      return "instant";
    case Meaning::kDecimal:
      return absl::StrCat("decimal(", meaning_.scale, ")");
    case Meaning::kJson:
      return "json";
    case Meaning::kPlain:
      break;
  }
  if (type_.isEnum()) return absl::StrCat("enum ", TypeName(type_.asEnum()));
  if (type_.isBool()) return "boolean";
  if (type_.isText()) return "text";
  if (type_.isData()) return "data";
  if (IsFloat(type_)) return type_.which() == Which::FLOAT32 ? "float32" : "float64";
  const Limits limits = LimitsOf(type_);
  return absl::StrCat("integer from ", limits.min, " to ", limits.max);
}

Value FieldType::ToValue(const Scalar& scalar) const {
  if (IsNull(scalar)) return Value();
  switch (meaning_.meaning) {
    case Meaning::kDate:
      return Date{static_cast<int32_t>(std::get<int64_t>(scalar))};
    case Meaning::kInstant:
      return Instant{std::get<int64_t>(scalar)};
    case Meaning::kDecimal:
      return Decimal{std::get<int64_t>(scalar), meaning_.scale};
    default:
      break;
  }
  if (type_.isEnum()) {
    const auto ordinal = static_cast<uint16_t>(std::get<uint64_t>(scalar));
    return Enumerant{ordinal, EnumerantName(ordinal)};
  }
  if (type_.isData()) return Blob{std::string(std::get<std::string_view>(scalar))};
  return std::visit(
      [](const auto& v) -> Value {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>) {
          return Value();
        } else {
          return Value(v);
        }
      },
      scalar);
}

absl::Status FieldType::WrongValue(std::string_view shown) const {
  absl::Status status = InvalidArgument("value does not fit the field")
                            .With("value", absl::StrCat("'", shown, "'"))
                            .With("expected", Name());
  if (type_.isEnum()) return WithContext(status, "one of", EnumerantNames(type_.asEnum()));
  if (meaning() == Meaning::kDate) return WithContext(status, "write it as", kDateForms);
  if (meaning() == Meaning::kInstant) {
    return WithContext(status, "write it as", "YYYY-MM-DDTHH:MM:SSZ");
  }
  return status;
}

absl::StatusOr<OwnedScalar> FieldType::FromInteger(bool negative, uint64_t magnitude) const {
  const std::string shown = absl::StrCat(negative ? "-" : "", magnitude);
  const Limits limits = LimitsOf(type_);
  // The magnitude of the smallest integer, computed without overflow.
  const uint64_t below_zero = static_cast<uint64_t>(-(limits.min + 1)) + (limits.min < 0 ? 1 : 0);
  if (negative && magnitude != 0) {
    if (limits.min == 0 || magnitude > below_zero) return WrongValue(shown);
    return OwnedScalar(static_cast<int64_t>(~magnitude + 1));
  }
  if (magnitude > limits.max) return WrongValue(shown);
  if (IsSigned(type_)) return OwnedScalar(static_cast<int64_t>(magnitude));
  return OwnedScalar(magnitude);
}

absl::StatusOr<OwnedScalar> FieldType::FromText(std::string_view text, DateForm form) const {
  if (type_.isText()) return OwnedScalar(std::string(text));
  if (type_.isData()) return OwnedScalar(std::string(text));
  if (meaning() == Meaning::kDate) {
    const auto days = DateFromText(text, form);
    if (days.ok()) return OwnedScalar(int64_t{days->days});
    return WithContext(WrongValue(text), "cause", days.status().message());
  }
  if (meaning() == Meaning::kInstant) {
    if (auto instant = InstantFromText(text, form); instant.ok()) {
      return OwnedScalar(instant->micros);
    }
    return WrongValue(text);
  }
  if (meaning() == Meaning::kDecimal) {
    auto unscaled = ParseDecimal(text, meaning_.scale);
    if (!unscaled.ok()) return WrongValue(text);
    return FromInteger(*unscaled < 0, *unscaled < 0 ? ~static_cast<uint64_t>(*unscaled) + 1
                                                    : static_cast<uint64_t>(*unscaled));
  }
  if (type_.isEnum()) {
    const std::string name(text);
    KJ_IF_MAYBE (found, type_.asEnum().findEnumerantByName(name.c_str())) {
      return OwnedScalar(uint64_t{found->getOrdinal()});
    }
    // "#7": an enumerant that only a newer schema names, as ToValue shows it.
    uint32_t ordinal = 0;
    if (text.starts_with('#') && absl::SimpleAtoi(text.substr(1), &ordinal) &&
        ordinal <= UINT16_MAX) {
      return OwnedScalar(uint64_t{ordinal});
    }
    return WrongValue(text);
  }
  if (type_.isBool()) {
    if (text == "true" || text == "false") return OwnedScalar(text == "true");
    return WrongValue(text);
  }
  if (IsFloat(type_)) {
    double value = 0;
    if (text == "NaN") return OwnedScalar(std::numeric_limits<double>::quiet_NaN());
    if (text == "Infinity") return OwnedScalar(std::numeric_limits<double>::infinity());
    if (text == "-Infinity") return OwnedScalar(-std::numeric_limits<double>::infinity());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // from_chars takes more spellings of infinity and NaN than the three that we write.
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
      return WrongValue(text);
    }
    return FromValue(Value(value));
  }
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return WrongValue(text);
  }
  return FromInteger(negative, magnitude);
}

absl::StatusOr<OwnedScalar> FieldType::FromValue(const Value& value) const {
  if (value.is_null()) return OwnedScalar();
  if (const auto* text = value.get_if<std::string>()) return FromText(*text, DateForm::kWritten);
  if (const auto* blob = value.get_if<Blob>()) {
    if (type_.isData()) return OwnedScalar(blob->bytes);
    return WrongValue(value.ToString());
  }
  if (const auto* enumerant = value.get_if<Enumerant>())
    return FromText(enumerant->name, DateForm::kWritten);
  if (const auto* date = value.get_if<Date>(); date && meaning() == Meaning::kDate) {
    return OwnedScalar(int64_t{date->days});
  }
  if (const auto* instant = value.get_if<Instant>(); instant && meaning() == Meaning::kInstant) {
    return OwnedScalar(instant->micros);
  }
  if (value.get_if<Decimal>() != nullptr) {
    if (meaning() == Meaning::kDecimal || IsFloat(type_))
      return FromText(value.ToString(), DateForm::kWritten);
    return WrongValue(value.ToString());
  }
  if (const bool* flag = value.get_if<bool>(); flag && type_.isBool()) return OwnedScalar(*flag);
  if (const double* number = value.get_if<double>()) {
    if (type_.which() == Which::FLOAT64) return OwnedScalar(*number);
    if (type_.which() == Which::FLOAT32) {
      // Rounding is what a float does; losing the number altogether is not.
      if (std::isfinite(*number) && std::abs(*number) > std::numeric_limits<float>::max()) {
        return WrongValue(value.ToString());
      }
      return OwnedScalar(static_cast<double>(static_cast<float>(*number)));
    }
    return WrongValue(value.ToString());
  }
  const int64_t* number = value.get_if<int64_t>();
  const uint64_t* natural = value.get_if<uint64_t>();
  if (number == nullptr && natural == nullptr) return WrongValue(value.ToString());
  // An integer means a whole decimal or a float of that value; never days or microseconds, where it
  // would more likely be a mistake.
  if (meaning() == Meaning::kDecimal || IsFloat(type_))
    return FromText(value.ToString(), DateForm::kWritten);
  if (meaning() != Meaning::kPlain || !IsInteger(type_)) return WrongValue(value.ToString());
  if (number != nullptr && *number < 0)
    return FromInteger(true, ~static_cast<uint64_t>(*number) + 1);
  return FromInteger(false, number != nullptr ? static_cast<uint64_t>(*number) : *natural);
}

}  // namespace daftar::record
