// Conditions on records, joined by "and".
//
// Conditions whose paths walk through the same list speak of the same element: with
// names.lang = 'fa' and names.text = 'پارس' one name must meet both. A condition that compares with
// a null is not met; only "is null" asks for one. An empty list meets nothing.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "daftar/query.h"
#include "record/field_path.h"
#include "record/message.h"

namespace daftar::record {

std::string_view OperatorSymbol(Operator op);

struct Condition {
  FieldPath path;
  Operator op = Operator::kEqual;
  std::vector<OwnedScalar> operands;  // one; none for the null tests; any number for kIn

  std::string ToString() const;
};

// Negative, zero or positive as `a` comes before, with or after `b`. NaN equals NaN and follows
// every number. Requires: both hold the same alternative and are not null.
int CompareScalars(const Scalar& a, const Scalar& b);

// Whether one value meets a condition.
bool Meets(const Condition& condition, const Scalar& value);

// Whether the record meets all of `conditions`. Runs inside Fenced().
bool MatchesAll(const std::vector<Condition>& conditions, const Message& record);

// Checks the operator against the path's type and turns `operands` into stored form.
// Errors: InvalidArgument naming path, operator and value.
absl::StatusOr<Condition> MakeCondition(FieldPath path, Operator op,
                                        const std::vector<Value>& operands);

// Reads "path op literal" with op one of = != < <= > >= ^= , "path in (a, b)", "path is null",
// "path is not null". A literal is 'quoted', with '' for a quote, or all the rest of the text.
// Errors: InvalidArgument naming the text and the place.
absl::StatusOr<Condition> ParseCondition(capnp::StructSchema schema, std::string_view text);

// The same, several joined by " and "; here a literal without quotes ends at the next space. An
// empty text gives no conditions.
absl::StatusOr<std::vector<Condition>> ParseConditions(capnp::StructSchema schema,
                                                       std::string_view text);

}  // namespace daftar::record
