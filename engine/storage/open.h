// Opens the backends of the store.
#pragma once

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace rocksdb {
class FileSystem;
}

namespace daftar::storage {

struct RocksOptions {
  bool create_if_missing = false;
  bool error_if_exists = false;
  // Opens for reading only what is there at this moment, which Store::CatchUp moves on; another
  // process may hold the store for writing. Such a store has no snapshots. Leaves the directory as
  // it is: no lock, no info log, no clean-up.
  bool read_only = false;
  // Bytes of block cache and write buffers together; at least a few megabytes are used.
  size_t memory_budget_bytes = size_t{128} << 20;
  // With read_only: nobody has the store open for writing. Damage is then found as by a writer, and
  // CatchUp is refused.
  bool nobody_writes = false;
  // Opens what is there up to the first damage of the log, dropping the rest, where the usual is to
  // refuse. For recovery only.
  bool until_damage = false;
  // By which files are read and written, for tests of what happens when they fail. Null: the
  // system's.
  std::shared_ptr<rocksdb::FileSystem> file_system = nullptr;
};

// A RocksDB store in `directory`, whose parent must exist.
// Errors: NotFound when there is none and it is not to be created; AlreadyExists;
// FailedPrecondition when this or another process has it open for writing; DataLoss when the log or
// a file is damaged or missing; InvalidArgument when the options contradict each other;
// ResourceExhausted, Unavailable.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(const std::filesystem::path& directory,
                                                      const RocksOptions& options);

// A store in memory, gone when destroyed.
std::unique_ptr<Store> NewMemoryStore();

}  // namespace daftar::storage
