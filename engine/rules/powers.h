// Who may act: $powers, and the decisions that commits rest on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/scalar.h"
#include "rules/context.h"

namespace daftar::rules {

// What one actor lacks in one state, for acts on very many records. Thread safety: none.
class PowerMemory {
 public:
  using Lack = std::optional<std::string>;

  // What Add was given for the same question; null: nothing.
  const Lack* Find(const std::vector<std::string>& roles, const Scalar& zone, int32_t day) const;
  void Add(const std::vector<std::string>& roles, const Scalar& zone, int32_t day, Lack lack);

 private:
  using Question = std::tuple<std::vector<std::string>, OwnedScalar, int32_t>;
  static Question Of(const std::vector<std::string>& roles, const Scalar& zone, int32_t day);

  absl::flat_hash_map<Question, Lack> known_;
};

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
