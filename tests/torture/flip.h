// `flip`: one bit of one file of a closed database is flipped.
#pragma once

#include "torture/commands.h"

namespace daftar::torture {

void AddFlip(CLI::App* app, Runner* runner);

}  // namespace daftar::torture
