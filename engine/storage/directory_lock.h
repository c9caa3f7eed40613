// Who has a RocksDB directory open for writing.
#pragma once

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"

namespace rocksdb {
class Status;
}

namespace daftar::storage {

// While it exists, nobody opens the store in its directory for writing.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

// Locks a directory whose store is not open. One in which there never was a store is left as it is.
// Errors: FailedPrecondition when this or another process has the store open for writing, naming
// the process; Unavailable.
absl::StatusOr<std::unique_ptr<DirectoryLock>> LockDirectory(
    const std::filesystem::path& directory);

// The error for a lock that RocksDB did not get because somebody holds it.
absl::Status InUse(const std::filesystem::path& directory, const rocksdb::Status& status);

}  // namespace daftar::storage
