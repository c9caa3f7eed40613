#include "query/plan.h"

#include "absl/strings/str_cat.h"

namespace daftar::query {
namespace {

std::string Joined(const std::vector<record::Condition>& conditions) {
  std::string text;
  for (const record::Condition& condition : conditions) {
    absl::StrAppend(&text, text.empty() ? "" : " and ", condition.ToString());
  }
  return text;
}

bool Contains(const std::vector<record::Condition>& conditions, const record::Condition& wanted) {
  for (const record::Condition& condition : conditions) {
    if (condition.path == wanted.path && condition.op == wanted.op &&
        condition.operands == wanted.operands) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string Plan::ToString() const {
  std::string text = index == nullptr
                         ? absl::StrCat("scan ", query.table->name, " by primary key")
                         : absl::StrCat("scan ", query.table->name, " by index ", index->name);
  if (!bounded.empty()) absl::StrAppend(&text, " where ", Joined(bounded));
  if (bounded.empty() && (index == nullptr || index->where.empty())) {
    absl::StrAppend(&text, ", all entries");
  }
  if (ranges.size() != 1) absl::StrAppend(&text, ", ", ranges.size(), " ranges");
  if (reverse) absl::StrAppend(&text, ", backwards");
  absl::StrAppend(&text, "\n");
  std::vector<record::Condition> filters;
  for (const record::Condition& condition : query.conditions) {
    if (!Contains(bounded, condition)) filters.push_back(condition);
  }
  if (index != nullptr) {
    absl::StrAppend(&text, reads_records ? "read each record\n" : "read no record: covered\n");
  }
  if (may_repeat) absl::StrAppend(&text, "give each record once\n");
  if (!filters.empty()) absl::StrAppend(&text, "keep where ", Joined(filters), "\n");
  if (!query.orders.empty()) {
    std::string orders;
    for (const OrderTerm& order : query.orders) {
      absl::StrAppend(&orders, orders.empty() ? "" : ", ", order.path.text(),
                      order.direction == SortDirection::kDescending ? " desc" : "");
    }
    absl::StrAppend(&text, sort ? "sort by " : "in order of ", orders,
                    sort ? "\n" : ", as scanned\n");
  }
  if (query.limit.has_value()) {
    absl::StrAppend(&text, "stop after ", *query.limit, sort ? " of the sorted rows\n" : " rows\n");
  }
  return text;
}

}  // namespace daftar::query
