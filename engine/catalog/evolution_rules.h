// The numbered rules of schema evolution and the findings they make. Internal to evolution*.cc.
#pragma once

#include <string>
#include <string_view>

#include "daftar/schema.h"

namespace daftar::catalog {

// Numbers are permanent and printed to users; docs/evolution.md explains each. The range says the
// verdict: 1 to 19 safe, 20 to 29 rebuild, 30 to 39 migrate, from 40 forbidden.
enum class Rule : int {
  kFieldAdded = 1,
  kTypeAdded = 2,
  kTableAdded = 3,
  kEnumerantAdded = 4,
  kLabelChanged = 5,
  kTableRenamed = 6,
  kIndexRenamed = 7,
  kMovedIntoNewGroup = 8,
  kIndexDropped = 9,
  kListBecameStructs = 10,
  kUnusedTypeDropped = 11,
  kJsonRemoved = 12,
  kUniqueDropped = 13,
  kRequirementsChanged = 14,
  kHistoryDaysChanged = 15,
  kAggregateDropped = 16,
  kAggregateRenamed = 17,
  kRuleDropped = 18,

  kIndexAdded = 20,
  kIndexTermsChanged = 21,
  kIndexCoveringChanged = 22,
  kIndexWhereChanged = 23,
  kUniqueAdded = 24,
  kNullabilityChanged = 25,
  kAggregateAdded = 26,
  kAggregateChanged = 27,
  kRuleAdded = 28,
  kRuleChanged = 29,

  kKeyChanged = 30,
  kDecimalChanged = 31,
  kTimeMeaningChanged = 32,
  kJsonAdded = 33,

  kFieldRemoved = 40,
  kTypeChanged = 41,
  kTextAndDataExchanged = 42,
  kDefaultChanged = 43,
  kFieldRenumbered = 44,
  kEnumerantRemoved = 45,
  kEnumerantRenumbered = 46,
  kGroupingChanged = 47,
  kTableDropped = 48,
  kTableTypeChanged = 49,
  kFieldTypeIdChanged = 50,
  kTableNameReused = 51,
  kKindChanged = 52,
  kRefusedByLoader = 53,
};

constexpr Verdict VerdictOf(Rule rule) {
  const int number = static_cast<int>(rule);
  if (number < 20) return Verdict::kSafe;
  if (number < 30) return Verdict::kRebuild;
  return number < 40 ? Verdict::kMigrate : Verdict::kForbidden;
}

// Gathers what one comparison finds.
class Findings {
 public:
  void Add(Rule rule, std::string place, std::string message);
  // Whether some finding forbids the change.
  bool forbidden() const { return check_.verdict == Verdict::kForbidden; }
  // All of them, the gravest first, otherwise in the order they were added.
  SchemaCheck Take() &&;

 private:
  SchemaCheck check_;
};

}  // namespace daftar::catalog
