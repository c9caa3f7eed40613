// The commands of `daftar_torture`. Each runs until it is done or finds a violation, prints what it
// counted and its seed, and gives the exit code: 0 no violation, 1 a violation, 2 it could not run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace daftar::torture {

enum ExitCode : int { kClean = 0, kViolation = 1, kCannotRun = 2 };

// What main() runs once the arguments are parsed.
using Runner = std::function<ExitCode()>;

// Options that every command has.
struct Common {
  uint64_t seed = 0;  // 0: by the clock
  // Where databases are made; by default a folder in memory when the system has one.
  std::filesystem::path folder;
  // The name of a fault to plant; the command must then find a violation.
  std::string plant;
  bool quiet = false;  // no progress
};

// Adds --seed, --folder, --plant (one of `plants`) and --quiet.
void AddCommon(CLI::App* command, Common* common, const std::vector<std::string>& plants);

// Each adds one command, which puts itself into `runner` when it was chosen.
using AddCommand = void (*)(CLI::App* app, Runner* runner);
void AddHistory(CLI::App* app, Runner* runner);
void AddSchedules(CLI::App* app, Runner* runner);
void AddBeside(CLI::App* app, Runner* runner);

}  // namespace daftar::torture
