// Random bytes from the operating system.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/status.h"

namespace daftar {

// Fills `bytes` with what nobody can guess. Errors: Unavailable.
absl::Status FillRandom(std::span<std::byte> bytes);

}  // namespace daftar
