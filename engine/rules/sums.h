// $sumsTo: numbers add up, exactly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "base/scalar.h"
#include "rules/context.h"

namespace daftar::rules {

absl::Status CheckSums(const Context& context, const Change& change, const Report& report);

// The rules that add up what one record holds.
absl::Status CheckOwnSums(const Change& change, const Report& report);

// Adds up the records of one group, of which it is told in any order.
class GroupSum {
 public:
  // Lifetime: refers to its arguments.
  GroupSum(const catalog::TableDef& table, const catalog::SumDef& rule)
      : table_(table), rule_(rule) {}

  // One more entry of the rule's index; `covered` is its value without the commit. Errors:
  // DataLoss.
  absl::Status Add(std::string_view key, std::string_view covered);
  // Reports when the sum is not what it must be; `key` is of the record to name, and of the last
  // that was added when empty. A group without records is right.
  void Finish(std::string_view record_key, const Report& report) const;
  // Goes on with another group.
  void Clear();

 private:
  // What one record adds, and when.
  struct Part {
    absl::int128 amount = 0;
    bool to_total = false;
    OwnedScalar from;
    OwnedScalar to;
  };

  bool HoldsOn(const Part& part, const Scalar& moment) const;
  // The first moments of the stretches in which the same records count; one null when the rule has
  // no dates.
  std::vector<OwnedScalar> Moments() const;
  void CheckMoment(const OwnedScalar& moment, std::string_view record_key, bool* wrong,
                   const Report& report) const;

  const catalog::TableDef& table_;
  const catalog::SumDef& rule_;
  std::vector<Part> parts_;
  std::string group_text_;
  std::string last_key_;
};

// Looks at all entries of the rule's index, which come in their order.
class SumScan {
 public:
  // Lifetime: refers to its arguments.
  SumScan(const catalog::TableDef& table, const catalog::SumDef& rule)
      : table_(table), rule_(rule), sum_(table, rule) {}
  absl::Status Add(std::string_view key, std::string_view covered, const Report& report);
  // Call it after the last entry.
  void Finish(const Report& report) { sum_.Finish("", report); }

 private:
  const catalog::TableDef& table_;
  const catalog::SumDef& rule_;
  std::string group_;
  GroupSum sum_;
};

}  // namespace daftar::rules
