// $identifier: a number keeps the form and check digits of its scheme.
#pragma once

#include "absl/status/status.h"
#include "rules/context.h"

namespace daftar::rules {

// Looks at the numbers that the change brings: those of the record before stay as they are.
absl::Status CheckIdentifiers(const Change& change, const Report& report);

}  // namespace daftar::rules
