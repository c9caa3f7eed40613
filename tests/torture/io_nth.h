// `ionth`: the n-th call of the file system fails.
#pragma once

#include "torture/commands.h"

namespace daftar::torture {

void AddIoNth(CLI::App* app, Runner* runner);

}  // namespace daftar::torture
