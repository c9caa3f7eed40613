// Two versions of a record, field by field.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/calendar.h"
#include "record/message.h"

namespace daftar::audit {

// A part of a record that differs, as JSON; empty where it is not set.
struct FieldDifference {
  std::string path;  // "validTo", "names[1].text"
  std::string before;
  std::string after;
  friend bool operator==(const FieldDifference&, const FieldDifference&) = default;
};

// The differences in the order of the fields; where one field was set and another unset in one
// place, the newly set one comes first. Lists are compared element by element from the front.
// Null stands for "no record": all fields that are set are then differences. Dates are in
// `calendar`. Errors: DataLoss.
absl::StatusOr<std::vector<FieldDifference>> FieldDifferences(
    const record::Message* before, const record::Message* after,
    Calendar calendar = Calendar::kGregorian);

}  // namespace daftar::audit
