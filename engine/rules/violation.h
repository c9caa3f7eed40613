// What breaks a rule, and how it is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

// Keeps the first violation that refuses a commit; those that are reported only do not.
class FirstRefusal {
 public:
  void Take(RuleViolation violation) {
    if (!violation.reported_only && !violation_.has_value()) violation_ = std::move(violation);
  }
  absl::Status status() const {
    return violation_.has_value() ? Refusal(*violation_) : absl::OkStatus();
  }

 private:
  std::optional<RuleViolation> violation_;
};

// A day since 1970-01-01 as messages have it.
std::string DayText(int64_t day);

}  // namespace daftar::rules
