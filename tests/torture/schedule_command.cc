// `daftar_torture schedules`: small scripts of a few clients in every order.

#include <chrono>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "torture/commands.h"
#include "torture/schedule_run.h"

namespace daftar::torture {
namespace {

struct Options {
  Common common;
  size_t count = 100'000;
  size_t all_max = 300;
  size_t sampled = 30;
};

// Items as the scripts find them.
std::string ToText(const ItemTable& items) {
  std::string text;
  for (const auto& [item, state] : items) {
    absl::StrAppend(&text, "\n    ", ToText(Operation(ReadItem{item, state})));
  }
  return text;
}

void Print(const Options& options, size_t sets, size_t exhausted, double seconds,
           const ScheduleCounts& counts) {
  std::cout << absl::StrFormat(
      "schedules: seed %d, %d schedules of %d sets of scripts, %d of them in every order\n",
      options.common.seed, counts.schedules, sets, exhausted);
  for (const auto& [name, count] : counts.endings) {
    std::cout << absl::StrFormat("  %-28s %10d\n", name, count);
  }
  std::cout << absl::StrFormat(
      "  aborted out of caution %16d\n  steps %33d\n  %.1f s, %.0f schedules/s\n", counts.cautious,
      counts.steps, seconds, static_cast<double>(counts.schedules) / std::max(seconds, 1e-9));
}

// Runs the orders of one set of scripts; false when one differs from the model.
bool RunSet(const Options& options, uint64_t seed, ScheduleRunner* runner, ScheduleCounts* counts,
            size_t* exhausted) {
  Random random(seed);
  const std::vector<Script> scripts = RandomScripts(&random);
  const ItemTable items = RandomItems(&random);
  Orders orders(scripts, options.all_max, options.sampled, &random);
  if (orders.all()) ++*exhausted;
  while (counts->schedules < options.count && orders.Next()) {
    const auto difference = runner->Run(scripts, items, orders.order(), counts);
    if (difference.ok() && !difference->has_value()) continue;
    std::cout << "schedules: set " << seed << ", order " << absl::StrJoin(orders.order(), " ")
              << ToText(scripts) << "\n  on" << ToText(items) << "\n  "
              << (difference.ok() ? **difference : difference.status().ToString()) << "\n";
    return false;
  }
  return true;
}

ExitCode Run(const Options& options) {
  auto catalog = BookCatalog();
  if (!catalog.ok()) {
    std::cout << "schedules: " << catalog.status() << "\n";
    return kCannotRun;
  }
  ScheduleRunner runner(*std::move(catalog), FaultsOf(options.common.plant));
  ScheduleCounts counts;
  size_t sets = 0;
  size_t exhausted = 0;
  bool clean = true;
  const auto started = std::chrono::steady_clock::now();
  while (clean && counts.schedules < options.count) {
    clean = RunSet(options, options.common.seed * 1'000'000 + sets++, &runner, &counts, &exhausted);
    if (!options.common.quiet && sets % 200 == 0) {
      std::cerr << "schedules: " << counts.schedules << " of " << options.count << "\n";
    }
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
  Print(options, sets, exhausted, passed.count(), counts);
  std::cout << "schedules: " << (clean ? 0 : 1) << " violations\n";
  return clean ? kClean : kViolation;
}

}  // namespace

void AddSchedules(CLI::App* app, Runner* runner) {
  auto* command = app->add_subcommand(
      "schedules", "small scripts of two or three clients in every order, against a plain map");
  const auto options = std::make_shared<Options>();
  AddCommon(command, &options->common, {"skip-range-check", "skip-read-set"});
  command->add_option("--count", options->count, "schedules to run")->capture_default_str();
  command->add_option("--all-max", options->all_max, "up to so many orders, scripts run in all")
      ->capture_default_str();
  command->add_option("--sampled", options->sampled, "orders to draw when there are more")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([options, runner] { *runner = [options] { return Run(*options); }; });
}

}  // namespace daftar::torture
