// What a run has measured, and its forms: a table to read, JSON for programs, a picture.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/samples.h"

namespace daftar::bench {

// The first peer of every row; the others' times are divided by its.
inline constexpr std::string_view kDaftar = "Daftar";

struct Goal {
  std::string peer;
  double ratio = 0;  // at least
};

// One task. Less is better, whatever the unit is.
struct Row {
  std::string group;  // "load", "commits", …
  std::string task;
  std::string unit;
  std::vector<Goal> goals = {};
  std::vector<std::pair<std::string, Samples>> peers = {};

  void Add(std::string_view peer, double value);
  const Samples* Of(std::string_view peer) const;
  // The peer's median divided by Daftar's.
  std::optional<double> Ratio(std::string_view peer) const;
  const Goal* GoalAgainst(std::string_view peer) const;
};

struct Report {
  // What the numbers mean nothing without: machine, commit, command, options, settings of peers.
  std::vector<std::pair<std::string, std::string>> context;
  std::vector<std::pair<std::string, std::string>> skipped;  // peer and reason
  std::vector<Row> rows;
};

// "12.3" with three digits that count.
std::string Short(double number);
// "met" or "missed".
std::string_view Verdict(double ratio, const Goal& goal);

std::string AsText(const Report& report);
std::string AsJson(const Report& report);
std::string AsSvg(const Report& report);

}  // namespace daftar::bench
