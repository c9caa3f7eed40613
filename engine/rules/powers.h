// Who may act: $powers, and the decisions that commits rest on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rules/context.h"

namespace daftar::rules {

// Nothing when the actor of the commit has one of `roles` on `day` where `zone` says, null being
// everywhere; else why not. Requires: the schema has a table of powers. Errors: DataLoss,
// Unavailable.
absl::StatusOr<std::optional<std::string>> LackOfPower(const Context& context,
                                                       const std::vector<std::string>& roles,
                                                       const Scalar& zone, int32_t day);

// Whether the decision that a commit states is one of the table of decisions, and was made by the
// day of the commit. A commit that states none is right. Errors: FailedPrecondition when it is not.
absl::Status CheckDecision(const Context& context);

}  // namespace daftar::rules
