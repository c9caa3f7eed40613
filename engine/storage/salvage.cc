#include "storage/salvage.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "storage/file_error.h"

namespace daftar::storage {
namespace {

bool IsEvidence(const std::string& name) {
  return absl::EndsWith(name, ".log") || absl::StartsWith(name, "MANIFEST-") || name == "CURRENT" ||
         name == "ANCHOR";
}

absl::StatusOr<std::filesystem::path> MakeFolder(const std::filesystem::path& directory) {
  for (int number = 1;; ++number) {
    const std::filesystem::path folder = directory / absl::StrCat("damaged-", number);
    std::error_code error;
    if (std::filesystem::create_directory(folder, error)) return folder;
    if (error) return FileError("cannot make a folder for damaged files", folder, error);
  }
}

absl::Status Sync(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileErrno("cannot open a saved file", path);
  absl::Status status = fsync(file) == 0 ? absl::OkStatus() : FileErrno("cannot sync", path);
  close(file);
  return status;
}

}  // namespace

absl::StatusOr<std::filesystem::path> SaveDamagedFiles(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  auto entry = std::filesystem::directory_iterator(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (IsEvidence(entry->path().filename().string())) files.push_back(entry->path());
  }
  if (error) return FileError("cannot list the database directory", directory, error);
  DAFTAR_ASSIGN_OR_RETURN(const std::filesystem::path folder, MakeFolder(directory));
  for (const std::filesystem::path& file : files) {
    const std::filesystem::path copy = folder / file.filename();
    if (!std::filesystem::copy_file(file, copy, error)) {
      return FileError("cannot save a damaged file", copy, error);
    }
    DAFTAR_RETURN_IF_ERROR(Sync(copy));
  }
  DAFTAR_RETURN_IF_ERROR(Sync(folder));
  DAFTAR_RETURN_IF_ERROR(Sync(directory));
  return folder;
}

}  // namespace daftar::storage
