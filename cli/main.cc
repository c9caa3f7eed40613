// `daftar`, the command line of the library.

#include <csignal>
#include <iostream>

#include "cli/commands.h"

namespace {

constexpr const char* kFooter = R"(
Exit codes: 0 done; 1 done, and the answer is no (problems found, rows rejected, change forbidden);
2 wrong arguments; 3 not found; 4 refused (bad value, key taken, database in use);
5 the database is damaged; 6 the system failed (disk full, cannot read); 70 a bug in daftar.
Results go to standard output, errors and progress to standard error.
A DB is a directory. See docs/cli.md for examples.)";

int Run(int argc, char** argv) {
  CLI::App app("daftar: an embedded database for investment registries", "daftar");
  app.require_subcommand(1);
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("daftar ") + DAFTAR_VERSION);
  daftar::cli::Runner runner;
  daftar::cli::AddInit(&app, &runner);
  daftar::cli::AddRecordCommands(&app, &runner);
  daftar::cli::AddQueryCommands(&app, &runner);
  daftar::cli::AddAggregate(&app, &runner);
  daftar::cli::AddFind(&app, &runner);
  daftar::cli::AddSql(&app, &runner);
  daftar::cli::AddNear(&app, &runner);
  daftar::cli::AddImport(&app, &runner);
  daftar::cli::AddSchemaCommands(&app, &runner);
  daftar::cli::AddMigrate(&app, &runner);
  daftar::cli::AddAuditCommands(&app, &runner);
  daftar::cli::AddRuleCommands(&app, &runner);
  daftar::cli::AddMaintenance(&app, &runner);
  daftar::cli::AddRecoverCommands(&app, &runner);
  daftar::cli::AddPrune(&app, &runner);
  daftar::cli::AddAnalyze(&app, &runner);
  // CLI11 reports wrong arguments by exceptions; they end here.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? daftar::cli::kOk : daftar::cli::kUsage;
  }
  const auto result = runner();
  if (result.ok()) return *result;
  std::cerr << "daftar: " << result.status().message() << "\n";
  return daftar::cli::ExitCodeOf(result.status());
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away (`daftar query … | head`) shows as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  return Run(argc, argv);
}
