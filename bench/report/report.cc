#include "bench/report/report.h"

#include <cmath>
#include <cstdio>

namespace daftar::bench {

void Row::Add(std::string_view peer, double value) {
  for (auto& [name, samples] : peers) {
    if (name == peer) return samples.Add(value);
  }
  peers.emplace_back(peer, Samples());
  peers.back().second.Add(value);
}

const Samples* Row::Of(std::string_view peer) const {
  for (const auto& [name, samples] : peers) {
    if (name == peer) return &samples;
  }
  return nullptr;
}

std::optional<double> Row::Ratio(std::string_view peer) const {
  const Samples* own = Of(kDaftar);
  const Samples* other = Of(peer);
  if (own == nullptr || other == nullptr || own->median() <= 0) return std::nullopt;
  return other->median() / own->median();
}

const Goal* Row::GoalAgainst(std::string_view peer) const {
  for (const Goal& goal : goals) {
    if (goal.peer == peer) return &goal;
  }
  return nullptr;
}

std::string Short(double number) {
  const int whole = number < 1 ? 1 : static_cast<int>(std::log10(number)) + 1;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", whole >= 3 ? 0 : 3 - whole, number);
  return text;
}

std::string_view Verdict(double ratio, const Goal& goal) {
  return ratio >= goal.ratio ? "met" : "missed";
}

}  // namespace daftar::bench
