// What breaks a rule, and how it is said.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "daftar/rules.h"

namespace daftar::rules {

// Begins a violation of the rule `name` of `kind` by the record with this key, which is a whole key
// of the store.
RuleViolation NewViolation(const catalog::TableDef& table, std::string_view key,
                           std::string_view kind, std::string_view name,
                           catalog::RulePolicy policy = catalog::RulePolicy::kRefuse);

// Sets the record that it conflicts with.
void SetOther(const catalog::TableDef& table, std::string_view primary_key,
              RuleViolation* violation);

// The refusal of a commit: FailedPrecondition with everything that the violation says.
absl::Status Refusal(const RuleViolation& violation);
// Whether `status` is one, and no other thing that is wrong with the state. A status that was given
// more context does not tell any more.
bool IsRefusal(const absl::Status& status);

}  // namespace daftar::rules
