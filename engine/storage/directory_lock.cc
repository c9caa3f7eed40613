#include "storage/directory_lock.h"

#include <rocksdb/file_system.h>
#include <rocksdb/status.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "base/status.h"
#include "storage/file_error.h"
#include "storage/rocks_status.h"

namespace daftar::storage {
namespace {

constexpr const char* kLockName = "LOCK";

// The process that locks `file`, or 0. Looked up in /proc/locks: asking with fcntl would need the
// file to be opened, and closing it would drop a lock of this process.
int LockHolder(const std::filesystem::path& file) {
  struct stat wanted = {};
  if (stat(file.c_str(), &wanted) != 0) return 0;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    int pid = 0;
    unsigned device_major = 0;
    unsigned device_minor = 0;
    unsigned long inode = 0;  // NOLINT(google-runtime-int): scanf's own type
    // "1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF"
    if (std::sscanf(line.c_str(), "%*s POSIX %*s WRITE %d %x:%x:%lu", &pid, &device_major,
                    &device_minor, &inode) == 4 &&
        inode == wanted.st_ino && makedev(device_major, device_minor) == wanted.st_dev) {
      return pid;
    }
  }
  return 0;
}

// RocksDB's own lock, which it also keeps from others in this process.
class RocksLock final : public DirectoryLock {
 public:
  explicit RocksLock(rocksdb::FileLock* lock) : lock_(lock) {}
  ~RocksLock() override {
    // It ends with the process at the latest.
    rocksdb::FileSystem::Default()->UnlockFile(lock_, {}, nullptr).PermitUncheckedError();
  }

 private:
  rocksdb::FileLock* const lock_;
};

}  // namespace

absl::Status InUse(const std::filesystem::path& directory, const rocksdb::Status& status) {
  const bool here = IsLockHeldHere(status);
  Error error = FailedPrecondition(here ? "database is in use by this process"
                                        : "database is in use by another process");
  const int pid = here ? 0 : LockHolder(directory / kLockName);
  if (pid > 0) return std::move(error).With("directory", directory.string()).With("pid", pid);
  return std::move(error).With("directory", directory.string());
}

absl::StatusOr<std::unique_ptr<DirectoryLock>> LockDirectory(
    const std::filesystem::path& directory) {
  // The same name as for opening: RocksDB knows its locks by path.
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::canonical(directory, error);
  if (error || !std::filesystem::exists(whole / kLockName, error)) {
    return std::make_unique<DirectoryLock>();
  }
  rocksdb::FileLock* lock = nullptr;
  const rocksdb::Status status =
      rocksdb::FileSystem::Default()->LockFile((whole / kLockName).string(), {}, &lock, nullptr);
  if (status.ok()) return std::make_unique<RocksLock>(lock);
  if (IsLockHeld(status)) return InUse(whole, status);
  return WithContext(FromRocks(status, "the database cannot be locked"), "directory",
                     whole.string());
}

}  // namespace daftar::storage
