// Errors of the operating system's file calls.
#pragma once

#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"

namespace daftar::storage {

// `text` with the path and the system's message: ResourceExhausted when space, quota or descriptors
// ran out, NotFound when the path or a part of it is missing, else Unavailable.
absl::Status FileError(std::string_view text, const std::filesystem::path& path,
                       std::error_code error);
// The same for a system call that just failed: takes errno.
absl::Status FileErrno(std::string_view text, const std::filesystem::path& path);

}  // namespace daftar::storage
