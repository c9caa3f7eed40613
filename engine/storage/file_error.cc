#include "storage/file_error.h"

#include <cerrno>

#include "base/status.h"

namespace daftar::storage {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case ENOENT:
    case ENOTDIR:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status FileError(std::string_view text, const std::filesystem::path& path,
                       std::error_code error) {
  return Error(CodeOf(error.value()), text)
      .With("path", path.string())
      .With("cause", error.message());
}

absl::Status FileErrno(std::string_view text, const std::filesystem::path& path) {
  return FileError(text, path, std::error_code(errno, std::generic_category()));
}

}  // namespace daftar::storage
