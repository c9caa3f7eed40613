// What a field holds, seen through our annotations: the meeting point of Cap'n Proto's types, the
// key encoding and public values.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "base/written_date.h"
#include "codec/key.h"
#include "daftar/value.h"

namespace daftar::record {

// Meaning that an annotation of schema/daftar.capnp gives to a plain type.
enum class Meaning : uint8_t { kPlain, kDate, kInstant, kDecimal, kJson };

struct FieldMeaning {
  Meaning meaning = Meaning::kPlain;
  uint8_t scale = 0;  // digits after the point of a decimal
};

// The name of the field beside it that holds the currency of an amount; empty when it is none.
// Lifetime: as the schema of the field.
std::string_view CurrencyOf(capnp::schema::Field::Reader field);

// The meaning of a field. Only fields of accepted schemas are asked (see catalog/resolve.h), where
// at most one annotation stands on a fitting type.
FieldMeaning MeaningOf(capnp::schema::Field::Reader field);

// The type of a scalar field: what a path can end in. Value type.
// Lifetime: points into the SchemaSet it was made from when it is an enumeration.
class FieldType {
 public:
  FieldType() = default;
  // Requires: IsScalar(type).
  FieldType(capnp::Type type, FieldMeaning meaning);

  static bool IsScalar(capnp::Type type);

  capnp::Type type() const { return type_; }
  Meaning meaning() const { return meaning_.meaning; }
  uint8_t scale() const { return meaning_.scale; }
  codec::KeyType key_type() const;
  // "date", "decimal(6)", "text", "permit state", as messages and `schema show` print it.
  std::string Name() const;

  // The name of an enumerant: "#7" of one that only a newer schema names. Requires: an enumeration.
  std::string EnumerantName(uint64_t ordinal) const;

  // A stored scalar as users see it: enumerants by name, dates as Date.
  Value ToValue(const Scalar& scalar) const;

  // A user's value in stored form; text is read as the type demands ("2024-03-20", "12.5",
  // "active"). Errors: InvalidArgument naming the value, what was expected and the remedy.
  // Text of dates and instants is what people write ("1404/05/12" too, see daftar/calendar.h).
  absl::StatusOr<OwnedScalar> FromValue(const Value& value) const;
  // The same for text of a file or message: dates as DateForm::kStored.
  absl::StatusOr<OwnedScalar> FromStoredText(std::string_view text) const {
    return FromText(text, DateForm::kStored);
  }

 private:
  absl::StatusOr<OwnedScalar> FromText(std::string_view text, DateForm form) const;
  absl::StatusOr<OwnedScalar> FromInteger(bool negative, uint64_t magnitude) const;
  absl::Status WrongValue(std::string_view shown) const;

  capnp::Type type_;
  FieldMeaning meaning_;
  std::shared_ptr<const std::vector<std::string>> enumerants_;  // their names; null: no enumeration
};

}  // namespace daftar::record
