// $exclusive: no two records of one group have intervals that overlap.
//
// Intervals that do not overlap lie in an index in the order in which they begin and in which they
// end. So two that overlap make two neighbours that do, of which a commit wrote one at least: it is
// enough to look at the neighbours of what a commit writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "rules/context.h"

namespace daftar::rules {

absl::Status CheckExclusives(const Context& context, const Change& change, const Report& report);

// Looks at all entries of the rule's index, which come in their order.
class ExclusiveScan {
 public:
  // Lifetime: refers to its arguments.
  ExclusiveScan(const catalog::TableDef& table, const catalog::ExclusiveDef& rule)
      : table_(table), rule_(rule) {}
  // The next entry; `covered` is its value without the commit. Errors: DataLoss.
  absl::Status Add(std::string_view key, std::string_view covered, const Report& report);

 private:
  const catalog::TableDef& table_;
  const catalog::ExclusiveDef& rule_;
  std::string group_;
  // Of the entry that ends last of those of the group so far.
  std::optional<std::string> last_key_;
  std::string last_covered_;
};

}  // namespace daftar::rules
