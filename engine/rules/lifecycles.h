// $lifecycle: a record goes from state to state by declared acts only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rules/context.h"

namespace daftar::rules {

absl::Status CheckLifecycles(const Context& context, const Change& change, const Report& report);

// Whether a record may be in the state that it is in, whatever led there.
absl::Status CheckStates(const Change& change, const Report& report);

// The state of a record on a day, a derived one where one holds. Errors: DataLoss.
absl::StatusOr<catalog::State> StateOn(const catalog::LifecycleDef& rule,
                                       const record::Message& record, int32_t day);

// The day on which what leads from `before` to `after` takes effect: what the record says when that
// is new, else that of the commit. Errors: DataLoss.
absl::StatusOr<int32_t> EffectiveDay(const Context& context, const catalog::LifecycleDef& rule,
                                     const record::Message& before, const record::Message& after);

// What stands in the way of an act that leads from `before` to `after`, one sentence each; that the
// state fits is the caller's to see. Errors: DataLoss.
absl::StatusOr<std::vector<std::string>> Obstacles(const Context& context,
                                                   const catalog::LifecycleDef& rule,
                                                   const catalog::ActDef& act,
                                                   const record::Message& before,
                                                   const record::Message& after);

// The acts that start from a state, in their order. Lifetime: as the rule.
std::vector<const catalog::ActDef*> ActsStartingFrom(const catalog::LifecycleDef& rule,
                                                     catalog::State state);
// Their names, with where they lead: "issue (to issued)".
std::string ActsFrom(const catalog::LifecycleDef& rule, catalog::State state);

}  // namespace daftar::rules
