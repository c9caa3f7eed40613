#include "catalog/evolution_aggregates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

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
  std::vector<const AggregateDef*> partner(to.aggregates.size(), nullptr);
  std::vector<bool> taken(from.aggregates.size(), false);
  const auto pass = [&](auto&& fits) {
    for (size_t t = 0; t < to.aggregates.size(); ++t) {
      for (size_t f = 0; f < from.aggregates.size() && partner[t] == nullptr; ++f) {
        if (taken[f] || !fits(from.aggregates[f], to.aggregates[t])) continue;
        partner[t] = &from.aggregates[f];
        taken[f] = true;
      }
    }
  };
  pass([](const AggregateDef& a, const AggregateDef& b) {
    return a.name() == b.name() && SameDefinition(a, b);
  });
  pass(SameDefinition);
  pass([](const AggregateDef& a, const AggregateDef& b) { return a.name() == b.name(); });
  std::vector<AggregateMatch> matches;
  for (size_t t = 0; t < to.aggregates.size(); ++t) {
    const bool same = partner[t] != nullptr && SameGroups(*partner[t], to.aggregates[t]);
    matches.push_back({partner[t], &to.aggregates[t], same});
  }
  for (size_t f = 0; f < from.aggregates.size(); ++f) {
    if (!taken[f]) matches.push_back({&from.aggregates[f], nullptr, false});
  }
  return matches;
}

void CompareAggregates(const TableDef& from, const TableDef& to, Findings* findings) {
  for (const AggregateMatch& match : MatchAggregates(from, to)) Compare(to, match, findings);
}

}  // namespace daftar::catalog
