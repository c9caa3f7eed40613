// A file system that can lose power: what was not synced is then lost, whole or in part.
#pragma once

#include <rocksdb/file_system.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>

#include "storage/powered_disk.h"

namespace daftar::testing {

// Passes everything on to the system's files and remembers beside it what a disk would hold. Files
// keep their synced bytes, directories what they held when they were synced; of everything later
// any part may be there. Locks and the info log are the system's own. Thread safety: full.
class PowerLossFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  // Takes what is in `directory` for synced.
  explicit PowerLossFileSystem(const std::filesystem::path& directory);

  // Cuts the power in the middle of the `nth` change from now on: a write, a sync, or the making,
  // renaming, linking or removing of a file. Every call fails from then on. 0: never.
  void CutPowerAt(uint64_t nth);
  bool power_is_off() const;
  // Changes since the last call of CutPowerAt.
  uint64_t changes() const;

  // Brings the power back: gives all files the content and all directories the names that such a
  // disk may have, and takes them for synced. Requires: nobody has a file open.
  PowerLoss RestorePower(std::mt19937_64& random, Spoiling spoiling,
                         NameLoss names = NameLoss::kRandom);

  const char* Name() const override { return "PowerLossFileSystem"; }

  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      Debug* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        Debug* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    Debug* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       Debug* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      Debug* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    Debug* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const Options& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 Debug* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const Options& options,
                               Debug* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const Options& options, Debug* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const Options& options,
                             Debug* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, size_t bytes, const Options& options,
                             Debug* debug) override;

 private:
  const std::shared_ptr<PoweredDisk> disk_;
};

}  // namespace daftar::testing
