// One scalar of a stored record, where the record lies.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "record/field_path.h"

namespace daftar::record {

// The value of `path` in `message`, the message of the record at `key`. Requires: the path does not
// fan out. Errors: DataLoss naming path and key. Lifetime: text points into `message`.
absl::StatusOr<Scalar> ReadScalar(const FieldPath& path, std::string_view key,
                                  std::string_view message);

}  // namespace daftar::record
