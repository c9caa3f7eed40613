// `daftar_torture`: tries to make the database lose or falsify something. docs/testing.md says how.

#include <chrono>
#include <iostream>

#include "torture/commands.h"

namespace daftar::torture {
namespace {

// In the order of the help text.
constexpr AddCommand kCommands[] = {
    AddHistory,
    AddSchedules,
    AddBeside,
};

int Run(int argc, char** argv) {
  CLI::App app("daftar_torture: tries to make the database lose or falsify something",
               "daftar_torture");
  app.require_subcommand(1);
  Runner runner;
  for (const AddCommand add : kCommands) add(&app, &runner);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kClean : kCannotRun;
  }
  return runner();
}

}  // namespace

void AddCommon(CLI::App* command, Common* common, const std::vector<std::string>& plants) {
  common->folder = std::filesystem::is_directory("/dev/shm")
                       ? std::filesystem::path("/dev/shm")
                       : std::filesystem::temp_directory_path();
  common->seed = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count() %
                                       1'000'000'007);
  command->add_option("--seed", common->seed, "replays a run; default: by the clock");
  command->add_option("--folder", common->folder, "where databases are made")
      ->capture_default_str();
  command->add_option("--plant", common->plant, "a fault that must be found")
      ->check(CLI::IsMember(plants));
  command->add_flag("-q,--quiet", common->quiet, "print no progress");
}

}  // namespace daftar::torture

int main(int argc, char** argv) { return daftar::torture::Run(argc, argv); }
