// `powerloss`: the machine loses power at any moment.
#pragma once

#include "torture/commands.h"

namespace daftar::torture {

void AddPowerLoss(CLI::App* app, Runner* runner);

}  // namespace daftar::torture
