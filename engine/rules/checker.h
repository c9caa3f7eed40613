// All rules of a table over one changed record, or over one that is there.
#pragma once

#include "absl/status/status.h"
#include "rules/context.h"

namespace daftar::rules {

// Reports every rule that the change breaks. What a commit leaves as it was is not looked at again.
// Errors: of reading only: DataLoss, Unavailable, those of the state's reader.
absl::Status CheckChange(const Context& context, const Change& change, const Report& report);

// The same for what needs nothing but the change itself, the powers and the decisions of the state:
// not what several records break together, nor references.
absl::Status CheckChangeAlone(const Context& context, const Change& change, const Report& report);

// Reports what a record breaks by itself: conditions, its own sums, its states. Reads nothing else.
absl::Status CheckRecord(const Change& change, const Report& report);

// Refuses the change for the first rule that it breaks and that is not for reports only. Errors:
// FailedPrecondition with everything that is to be said of it; those of CheckChange.
absl::Status RefuseChange(const Context& context, const Change& change);

}  // namespace daftar::rules
