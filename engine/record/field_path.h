// Paths from a record to its scalar values: "validTo", "address.city", "names.text".
#pragma once

#include <capnp/dynamic.h>
#include <capnp/schema.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "record/field_type.h"
#include "record/raw_route.h"

namespace daftar::record {

// A field by permanent identity: the struct it belongs to (the enclosing one for members of groups
// and unions) and its ordinal there, the N of "@N". Renaming changes neither.
struct FieldRef {
  uint64_t struct_id = 0;
  uint16_t ordinal = 0;
  friend bool operator==(const FieldRef&, const FieldRef&) = default;
};

// The stored form of a path: one reference for each struct that is walked through.
using StoredPath = std::vector<FieldRef>;

// The elements chosen in the first lists of a path, outermost first. Elements rather than their
// numbers: entering a list anew for each element would cost its square and use up the message's
// traversal limit. Lifetime: points into the record.
using ListElements = std::span<const capnp::DynamicValue::Reader>;

// A path resolved against the schemas of a set.
// Invariants: it ends in a scalar, or in the element of a list of scalars.
// Lifetime: points into the SchemaSet. Value type, cheap to copy; thread-safe to read.
class FieldPath {
 public:
  FieldPath();  // no path: only to be assigned to
  // Resolves names joined by dots. A name of an optional (a union of Void and one value) means the
  // value. Errors: InvalidArgument naming the struct, the step and the fields there are.
  static absl::StatusOr<FieldPath> Parse(capnp::StructSchema root, std::string_view text);
  // Finds the fields of a stored path by identity. Errors: NotFound when the schema lacks one.
  static absl::StatusOr<FieldPath> Resolve(capnp::StructSchema root, const StoredPath& stored);

  // The path with the names that the schema has now.
  const std::string& text() const { return data_->text; }
  const StoredPath& stored() const { return data_->stored; }
  const FieldType& type() const { return data_->type; }
  // The path to the currency of the amount that this one leads to; absent when it is no $money.
  // `root` is what the path was parsed with. Errors: InvalidArgument when there is no such field.
  absl::StatusOr<std::optional<FieldPath>> CurrencyPath(capnp::StructSchema root) const;
  // How many lists the path walks through.
  size_t list_count() const { return data_->list_steps.size(); }
  bool fans_out() const { return !data_->list_steps.empty(); }
  // Whether Evaluate can give null: the value is text or data, in a union, or behind a struct.
  bool nullable() const { return data_->nullable; }
  // Whether some step is a member of a union.
  bool in_union() const { return data_->in_union; }
  // Two paths share list `n` when their steps up to and including it are the same.
  bool SharesList(size_t n, const FieldPath& other) const;

  // The value in `record`, or in the last of `elements`. Requires: elements.size() == list_count();
  // runs inside Fenced(). Lifetime: text points into `record`.
  Scalar Evaluate(const capnp::DynamicStruct::Reader& record, ListElements elements) const;
  // The value in the bytes of a stored message, or nothing when these are for Evaluate to read.
  // Requires: the path does not fan out. Lifetime: text points into `message`.
  std::optional<Scalar> Read(std::string_view message) const { return data_->raw.Read(message); }
  // The list number elements.size(), in the last of `elements`; empty when it is null. Requires:
  // elements.size() < list_count(); runs inside Fenced().
  capnp::DynamicList::Reader List(const capnp::DynamicStruct::Reader& record,
                                  ListElements elements) const;

  friend bool operator==(const FieldPath& a, const FieldPath& b) {
    return a.data_ == b.data_ || a.data_->stored == b.data_->stored;
  }

 private:
  struct Step {
    capnp::StructSchema::Field field;
    bool is_pointer = false;
    bool in_union = false;
    bool is_list = false;
  };
  struct Data {
    void AddField(capnp::StructSchema::Field field);
    absl::Status Finish(capnp::Type last_type, std::string_view shown);

    std::vector<Step> steps;
    std::vector<size_t> list_steps;  // indexes into steps
    StoredPath stored;
    std::string text;
    FieldType type;
    RawRoute raw;
    bool nullable = false;
    bool in_union = false;
  };

  explicit FieldPath(Data data) : data_(std::make_shared<const Data>(std::move(data))) {}

  // Takes the steps after the last of `elements` up to `steps_end`. Null when a step is not set.
  capnp::DynamicValue::Reader Walk(const capnp::DynamicStruct::Reader& record,
                                   ListElements elements, size_t steps_end) const;

  // Shared by all copies: plans and conditions are full of them.
  std::shared_ptr<const Data> data_;
};

// The stored form of a scalar; null for anything else. Lifetime: text points into the record.
Scalar ScalarOf(const capnp::DynamicValue::Reader& value);

// "a, b, c", for messages.
std::string FieldNames(capnp::StructSchema schema);

// Whether a struct is an optional: a group with exactly a Void and another member in one union.
// Then its two members.
bool IsOptional(capnp::StructSchema schema);
capnp::StructSchema::Field OptionalValue(capnp::StructSchema schema);
capnp::StructSchema::Field OptionalNone(capnp::StructSchema schema);

}  // namespace daftar::record
