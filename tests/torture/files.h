// `files`: files of a closed database are cut, zeroed, swapped, removed or replaced by older ones.
#pragma once

#include "torture/commands.h"

namespace daftar::torture {

void AddFiles(CLI::App* app, Runner* runner);

}  // namespace daftar::torture
