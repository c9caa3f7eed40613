#include "query/plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codec/key.h"

namespace daftar::query {
namespace {

std::string Joined(const std::vector<record::Condition>& conditions) {
  std::string text;
  for (const record::Condition& condition : conditions) {
    absl::StrAppend(&text, text.empty() ? "" : " and ", condition.ToString());
  }
  return text;
}

std::string Named(const std::vector<OrderTerm>& orders, size_t first, size_t end) {
  std::string text;
  for (size_t i = first; i < end; ++i) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", orders[i].path.text(),
                    orders[i].direction == SortDirection::kDescending ? " desc" : "");
  }
  return text;
}

// How the rows get into their order. What follows of itself, the primary key, is not named.
std::string OrderSteps(const Plan& plan) {
  const BoundQuery& query = plan.query;
  const size_t asked = query.asked_orders;
  std::string text;
  if (query.orders.empty()) return text;
  const std::string rest = query.distinct ? "the other columns" : "primary key";
  const std::string all =
      asked == 0 ? (query.distinct ? "the columns" : "primary key") : Named(query.orders, 0, asked);
  if (!plan.sort) {
    absl::StrAppend(&text, "in order of ", all, ", as scanned\n");
  } else if (plan.scanned_terms == 0) {
    absl::StrAppend(&text, "sort by ", all, "\n");
  } else {
    const size_t scanned = plan.scanned_terms;
    absl::StrAppend(&text, "in order of ", Named(query.orders, 0, scanned), ", as scanned\n",
                    "sort what ties by ",
                    scanned < asked ? Named(query.orders, scanned, asked) : rest, "\n");
  }
  if (query.after.has_value()) {
    absl::StrAppend(&text, plan.sort && plan.scanned_terms == 0 ? "keep" : "start with",
                    " rows after the place given\n");
  }
  return text;
}

std::string AnyOf(const std::vector<std::vector<record::Condition>>& alternatives) {
  std::string text;
  for (const auto& alternative : alternatives) {
    absl::StrAppend(&text, text.empty() ? "" : ", or ",
                    alternative.empty() ? "anything" : Joined(alternative));
  }
  return text;
}

// Whether something outside of the scan is asked of the same elements of a list: then what its
// entries meet may be met by another element.
bool IsAskedTogether(const BoundQuery& query, const IntersectedScan& scan,
                     const record::Condition& condition) {
  if (!condition.path.fans_out()) return false;
  return std::any_of(query.conditions.begin(), query.conditions.end(),
                     [&](const record::Condition& other) {
                       return other.path.fans_out() && condition.path.SharesList(0, other.path) &&
                              !Contains(scan.bounded, other);
                     });
}

std::string ScanStep(const BoundQuery& query, const catalog::IndexDef* index,
                     const std::vector<record::Condition>& bounded) {
  std::string text = absl::StrCat("scan ", query.table->name, " by ");
  absl::StrAppend(&text, index == nullptr ? "primary key" : "index ",
                  index == nullptr ? "" : index->name);
  if (!bounded.empty()) absl::StrAppend(&text, " where ", Joined(bounded));
  if (bounded.empty() && (index == nullptr || index->where.empty())) {
    absl::StrAppend(&text, ", all entries");
  }
  return text;
}

std::string IntersectionSteps(const Plan& plan) {
  std::string text = absl::StrCat("intersection of ", 1 + plan.intersected.size(), " scans",
                                  plan.reverse ? ", backwards\n" : "\n");
  absl::StrAppend(&text, "  ", ScanStep(plan.query, plan.index, plan.bounded), "\n");
  for (const IntersectedScan& scan : plan.intersected) {
    absl::StrAppend(&text, "  ", ScanStep(plan.query, scan.index, scan.bounded), "\n");
  }
  return text;
}

std::string RangeSteps(const Plan& plan) {
  std::string text = ScanStep(plan.query, plan.index, plan.bounded);
  if (plan.ranges.size() != 1) absl::StrAppend(&text, ", ", plan.ranges.size(), " ranges");
  if (plan.merge) absl::StrAppend(&text, " side by side");
  if (plan.reverse) absl::StrAppend(&text, ", backwards");
  return text + "\n";
}

std::string UnionSteps(const Plan& plan) {
  const bool side_by_side = !plan.sort && !plan.query.orders.empty();
  std::string text = absl::StrCat("rows of ", plan.branches.size(), " scans",
                                  side_by_side ? ", side by side\n" : "\n");
  for (const Plan& branch : plan.branches) {
    for (const std::string_view line :
         absl::StrSplit(branch.ScanSteps(), '\n', absl::SkipEmpty())) {
      absl::StrAppend(&text, "  ", line, "\n");
    }
  }
  return text;
}

}  // namespace

bool Contains(const std::vector<record::Condition>& conditions, const record::Condition& wanted) {
  return std::any_of(conditions.begin(), conditions.end(), [&](const record::Condition& each) {
    return each.path == wanted.path && each.op == wanted.op && each.operands == wanted.operands;
  });
}

storage::KeyRange IntersectedScan::range() const { return {prefix, codec::PrefixEnd(prefix)}; }

bool Plan::IsBounded(const record::Condition& condition) const {
  if (Contains(bounded, condition)) return true;
  return std::any_of(intersected.begin(), intersected.end(), [&](const IntersectedScan& scan) {
    return Contains(scan.bounded, condition) && !IsAskedTogether(query, scan, condition);
  });
}

std::optional<size_t> Plan::FindSlot(const record::FieldPath& path) const {
  for (size_t slot = 0; slot < slots.size(); ++slot) {
    if (slots[slot].path == path) return slot;
  }
  return std::nullopt;
}

std::vector<catalog::Term> Plan::EntryTerms() const {
  if (index == nullptr) return query.table->key;
  std::vector<catalog::Term> terms = index->on;
  terms.insert(terms.end(), query.table->key.begin(), query.table->key.end());
  return terms;
}

bool Plan::CanBeIntersected() const {
  return index != nullptr && ranges.size() == 1 && equal_terms == index->on.size();
}

std::string Plan::ScanSteps() const {
  if (!branches.empty()) return UnionSteps(*this);
  std::string text = intersected.empty() ? RangeSteps(*this) : IntersectionSteps(*this);
  std::vector<record::Condition> filters;
  for (const record::Condition& condition : query.conditions) {
    if (!IsBounded(condition)) filters.push_back(condition);
  }
  if (index != nullptr) {
    absl::StrAppend(&text, reads_records ? "read each record\n" : "read no record: covered\n");
  }
  if (may_repeat) absl::StrAppend(&text, "give each record once\n");
  if (!filters.empty()) absl::StrAppend(&text, "keep where ", Joined(filters), "\n");
  if (!query.alternatives.empty()) {
    absl::StrAppend(&text, "keep where ", AnyOf(query.alternatives), "\n");
  }
  if (!query.excluded.empty()) text += "leave out what the scans before give\n";
  return text;
}

std::string Plan::ToString() const {
  std::string text = ScanSteps();
  text += OrderSteps(*this);
  if (query.distinct) absl::StrAppend(&text, "give each row once\n");
  if (query.offset > 0) absl::StrAppend(&text, "leave out the first ", query.offset, " rows\n");
  if (query.limit.has_value()) {
    absl::StrAppend(&text, "stop after ", *query.limit, sort ? " of the sorted rows\n" : " rows\n");
  }
  if (expected_entries.has_value()) {
    absl::StrAppend(&text, "expected: ", *expected_entries, " entries, ", *expected_rows,
                    " rows\n");
  }
  return text;
}

}  // namespace daftar::query
