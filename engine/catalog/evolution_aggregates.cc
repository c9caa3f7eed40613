#include "catalog/evolution_aggregates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "catalog/evolution_match.h"

namespace daftar::catalog {
namespace {

bool SameExtremes(const std::vector<AggregateDef::Extreme>& a,
                  const std::vector<AggregateDef::Extreme>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.path == y.path; });
}

bool SameGroups(const AggregateDef& a, const AggregateDef& b) {
  return a.by() == b.by() && a.sums() == b.sums() &&
         std::is_permutation(a.groups.where.begin(), a.groups.where.end(), b.groups.where.begin(),
                             b.groups.where.end(), SameCondition);
}

bool SameDefinition(const AggregateDef& a, const AggregateDef& b) {
  return SameGroups(a, b) && SameExtremes(a.mins, b.mins) && SameExtremes(a.maxs, b.maxs);
}

std::string Place(const AggregateDef& aggregate) {
  return absl::StrCat("aggregate ", aggregate.name());
}

void Compare(const TableDef& table, const AggregateMatch& match, Findings* findings) {
  if (match.from == nullptr) {
    findings->Add(Rule::kAggregateAdded, Place(*match.to),
                  absl::StrCat("new on table ", table.name));
    return;
  }
  if (match.to == nullptr) {
    findings->Add(
        Rule::kAggregateDropped, Place(*match.from),
        absl::StrCat("dropped from table ", table.name, "; who asks for it gets nothing"));
    return;
  }
  if (match.from->name() != match.to->name()) {
    findings->Add(Rule::kAggregateRenamed, Place(*match.from),
                  absl::StrCat("of table ", table.name, " is now called ", match.to->name()));
  }
  if (!match.same_groups) {
    findings->Add(Rule::kAggregateChanged, Place(*match.to),
                  "its groups, sums or records are others now");
  }
}

}  // namespace

std::vector<AggregateMatch> MatchAggregates(const TableDef& from, const TableDef& to) {
  const auto same_name = [](const AggregateDef& a, const AggregateDef& b) {
    return a.name() == b.name();
  };
  const auto same_both = [&](const AggregateDef& a, const AggregateDef& b) {
    return same_name(a, b) && SameDefinition(a, b);
  };
  std::vector<AggregateMatch> matches;
  for (const auto& [before, after] : MatchByPasses<AggregateDef>(
           from.aggregates, to.aggregates, {same_both, SameDefinition, same_name})) {
    const bool same = before != nullptr && after != nullptr && SameGroups(*before, *after);
    matches.push_back({before, after, same});
  }
  return matches;
}

void CompareAggregates(const TableDef& from, const TableDef& to, Findings* findings) {
  for (const AggregateMatch& match : MatchAggregates(from, to)) Compare(to, match, findings);
}

}  // namespace daftar::catalog
