// Arguments of the special benchmark programs.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace daftar::bench {

// Fills what the options of `app` are bound to. After --help, and after arguments that do not fit,
// the program ends.
inline void Parse(CLI::App* app, int argc, char** argv) {
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app->exit(error));
  }
}

}  // namespace daftar::bench
