// `kill`: processes that write are killed at any moment.
#pragma once

#include "torture/commands.h"

namespace daftar::torture {

void AddKill(CLI::App* app, Runner* runner);

}  // namespace daftar::torture
