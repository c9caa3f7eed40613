// The operations of an import map on one value: trim, split, lookup, …
// docs/import-maps.md describes each.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/spec.h"
#include "record/json_value.h"

namespace daftar::io {

using LookupTable = std::unordered_map<std::string, record::JsonValue>;
// Named tables of the map's "lookups".
using LookupTables = std::unordered_map<std::string, LookupTable>;

// What a value becomes that an operation cannot take.
struct Otherwise {
  enum class Kind { kError, kNull, kKeep, kValue };
  Kind kind = Kind::kError;
  record::JsonValue value;
};

// One operation. Immutable once parsed; thread-safe.
class CellOp {
 public:
  // Changes a text in place, or replaces the value that holds it.
  using TextFunction = std::function<absl::Status(std::string* text, record::JsonValue* value)>;
  using ValueFunction = std::function<absl::Status(record::JsonValue* value)>;

  // On each text of the value: its elements when it is a list; null stays null; numbers and
  // booleans count as their text. Takes "otherwise" when `fallible`.
  static CellOp OnText(TextFunction function, bool fallible);
  // On the value as a whole, null included.
  static CellOp OnValue(ValueFunction function);

  // Errors: InvalidArgument with "value=…".
  absl::Status Apply(record::JsonValue* value) const;

  bool fallible() const { return fallible_; }
  void set_otherwise(Otherwise otherwise) { otherwise_ = std::move(otherwise); }

 private:
  absl::Status ApplyToText(record::JsonValue* value) const;

  TextFunction text_function_;
  ValueFunction value_function_;
  bool fallible_ = false;
  Otherwise otherwise_;
};

// Parses members of a source spec as operations, in their order.
// Errors: InvalidArgument naming the place: unknown operations, wrong arguments.
absl::StatusOr<std::vector<CellOp>> ParseCellOps(
    const std::vector<std::pair<std::string, Spec>>& members, const LookupTables& lookups);

// A lookup table from an object. Errors: InvalidArgument.
absl::StatusOr<LookupTable> ParseLookupTable(const Spec& spec);

// Applies all in order.
absl::Status ApplyAll(const std::vector<CellOp>& ops, record::JsonValue* value);

// The value as text when it is text, a number or a boolean; else nothing.
std::optional<std::string> TextOf(const record::JsonValue& value);

}  // namespace daftar::io
