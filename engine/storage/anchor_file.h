// The anchor of a RocksDB store: one small file with two slots that are written in turn.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "storage/store.h"

namespace daftar::storage {

// A write that is torn by a crash damages one slot; the other one holds the anchor before. A slot
// is 512 bytes, what a disk writes as one. docs/format.md section 10. Thread safety: full.
class AnchorFile {
 public:
  AnchorFile(std::shared_ptr<rocksdb::FileSystem> file_system, std::string directory);

  // Errors: those of Store::WriteAnchor. The first call makes the file, durably.
  absl::Status Write(std::string_view anchor, Durability durability);
  // The newest anchor that is whole; nothing when there is no file. Reads the file anew each time:
  // another process may have written it. Errors: DataLoss when no slot is whole; Unavailable.
  absl::StatusOr<std::optional<std::string>> Read() const;

  static constexpr std::string_view kFileName = "ANCHOR";

 private:
  absl::Status Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::shared_ptr<rocksdb::FileSystem> file_system_;
  const std::string directory_;
  const std::string path_;
  mutable absl::Mutex mutex_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_ ABSL_GUARDED_BY(mutex_);  // null: not yet opened
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;                          // of the newest slot
};

}  // namespace daftar::storage
