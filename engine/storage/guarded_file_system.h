// A file system under which RocksDB's manifest and the files that it names stay together.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "storage/log_check.h"

namespace daftar::storage {

class OpenLogs;

// Passes everything on, with three exceptions that RocksDB 9.10 needs:
//   - It makes a new manifest, syncs its content, renames a file to CURRENT and syncs the directory
//     only then. When the power goes in between, a file system may keep the renaming and lose the
//     name of the manifest: POSIX orders neither. Here the directory is synced before the renaming.
//   - When writing a manifest fails, it takes what was to be written for not written and removes
//     the data files that it ingested. The bytes may be there all the same, and the database would
//     not open any more for lack of those files. Here nothing is removed after such a failure; the
//     next opening clears away what no manifest names.
//   - It begins another write-ahead log without syncing the one before. When the power goes, writes
//     in the later one may be kept and writes before them lost: a hole that no checksum shows. Here
//     what was written to a log is synced, and so is its name, before another log is made.
// A recovery, moreover, reads damaged logs up to their damage only.
// Thread safety: full. Lifetime: one for each opening.
class GuardedFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit GuardedFileSystem(const std::shared_ptr<rocksdb::FileSystem>& target);

  // From now on these files end after so many bytes for who reads them. Call it before the file
  // system is used by others.
  void CutLogs(LogCuts cuts) { cuts_ = std::move(cuts); }

  const char* Name() const override { return "GuardedFileSystem"; }

  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      Debug* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    Debug* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       Debug* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const Options& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 Debug* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const Options& options, Debug* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const Options& options,
                               Debug* debug) override;

 private:
  // Syncs the open logs and their names before `next` is made.
  rocksdb::IOStatus SyncLogs(const std::string& next, Debug* debug);

  // Whether a manifest or CURRENT may be there although RocksDB thinks that it is not.
  const std::shared_ptr<std::atomic<bool>> in_doubt_;
  const std::shared_ptr<OpenLogs> logs_;
  LogCuts cuts_;
};

}  // namespace daftar::storage
