// The commands of `daftar`. Each adds itself to the argument parser and, when it was chosen, runs
// and gives the exit code.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/database.h"

namespace daftar::cli {

// Exit codes; docs/cli.md explains them.
enum ExitCode : int {
  kOk = 0,
  kFindings = 1,  // the command ran and its answer is "no": problems found, rows rejected
  kUsage = 2,
  kAbsent = 3,
  kRefused = 4,
  kDamaged = 5,
  kSystem = 6,
  kInternal = 70,
};

// What main() runs once the arguments are parsed.
using Runner = std::function<absl::StatusOr<ExitCode>()>;

// Adds the commands; the chosen one puts itself into `runner`.
void AddInit(CLI::App* app, Runner* runner);
void AddRecordCommands(CLI::App* app, Runner* runner);  // put, get, delete
void AddQueryCommands(CLI::App* app, Runner* runner);   // query, explain, count, rank, export
void AddAggregate(CLI::App* app, Runner* runner);
void AddNear(CLI::App* app, Runner* runner);
void AddImport(CLI::App* app, Runner* runner);
void AddSchemaCommands(CLI::App* app, Runner* runner);   // schema show, check, apply
void AddMaintenance(CLI::App* app, Runner* runner);      // stats, verify
void AddAuditCommands(CLI::App* app, Runner* runner);    // history, diff, changes
void AddRuleCommands(CLI::App* app, Runner* runner);     // audit, may
void AddRecoverCommands(CLI::App* app, Runner* runner);  // recover, upgrade
void AddPrune(CLI::App* app, Runner* runner);
void AddMigrate(CLI::App* app, Runner* runner);
void AddFind(CLI::App* app, Runner* runner);
void AddSql(CLI::App* app, Runner* runner);
void AddAnalyze(CLI::App* app, Runner* runner);

ExitCode ExitCodeOf(const absl::Status& status);

// Opens an existing database. Errors: those of Database::Open.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const std::string& directory,
                                                       bool read_only);

// All of standard input, or of a file. Errors: NotFound, Unavailable.
absl::StatusOr<std::string> ReadText(const std::string& path);

// The columns of the terminal that standard output goes to; 0 when it goes elsewhere.
size_t TerminalWidth();

// Writes to standard output. Errors: Unavailable, so that a full disk or closed pipe is not taken
// for success.
absl::Status Print(std::string_view text);
// The same for one of many parts, which need not be out yet when it returns; Print("") ends them.
absl::Status PrintPart(std::string_view text);

// The values of a primary key as text, which fits every type.
Key ToKey(const std::vector<std::string>& texts);

}  // namespace daftar::cli
