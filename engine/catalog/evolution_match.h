// Pairs what two versions of a table declare under names. Internal to evolution*.cc.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace daftar::catalog {

// A pair for each of `to`, in their order, then one for each of `from` that found no partner; what
// is missing is null. Partners are found by the first of `passes` that says that they fit.
template <typename Def>
std::vector<std::pair<const Def*, const Def*>> MatchByPasses(
    const std::vector<Def>& from, const std::vector<Def>& to,
    const std::vector<std::function<bool(const Def&, const Def&)>>& passes) {
  std::vector<const Def*> partner(to.size(), nullptr);
  std::vector<bool> taken(from.size(), false);
  for (const auto& fits : passes) {
    for (size_t t = 0; t < to.size(); ++t) {
      for (size_t f = 0; f < from.size() && partner[t] == nullptr; ++f) {
        if (taken[f] || !fits(from[f], to[t])) continue;
        partner[t] = &from[f];
        taken[f] = true;
      }
    }
  }
  std::vector<std::pair<const Def*, const Def*>> matches;
  for (size_t t = 0; t < to.size(); ++t) matches.emplace_back(partner[t], &to[t]);
  for (size_t f = 0; f < from.size(); ++f) {
    if (!taken[f]) matches.emplace_back(&from[f], nullptr);
  }
  return matches;
}

}  // namespace daftar::catalog
