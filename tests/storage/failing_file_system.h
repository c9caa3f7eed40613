// A file system whose n-th call fails.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <string>

namespace daftar::testing {

// Calls of one kind fail alike: reading, and asking what there is; writing, and closing what was
// written; making durable; making, renaming, linking and removing names.
enum IoKind : unsigned { kIoRead = 1, kIoWrite = 2, kIoSync = 4, kIoName = 8 };
inline constexpr unsigned kIoAll = kIoRead | kIoWrite | kIoSync | kIoName;

enum class IoFailure {
  kError,    // the device fails
  kNoSpace,  // the disk is full; the first half of what is appended still fits
  kIgnored,  // nothing is done and success reported: a defect that tests must notice
};

// Only writes and syncs can be ignored.
struct IoFault {
  unsigned kinds = kIoAll;
  uint64_t nth = 1;         // of calls of these kinds since Arm()
  bool persistent = false;  // every later one fails, too
  IoFailure failure = IoFailure::kError;
};

// Decides which call fails. Thread safety: full.
class IoFaults;

// Passes everything on to the system's files, except for what the armed fault meets. Locks and the
// info log are left alone. Thread safety: full.
class FailingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FailingFileSystem();

  // Replaces the armed fault and starts counting anew. A fault with nth 0 only counts.
  void Arm(const IoFault& fault);
  void Disarm();
  // Calls of the armed kinds so far.
  uint64_t calls() const;
  // How many of them failed.
  uint64_t failures() const;

  const char* Name() const override { return "FailingFileSystem"; }

  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using Status = rocksdb::IOStatus;
  Status NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSSequentialFile>* file, Debug* debug) override;
  Status NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                             Debug* debug) override;
  Status NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override;
  Status ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                            std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override;
  Status NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                         std::unique_ptr<rocksdb::FSRandomRWFile>* file, Debug* debug) override;
  Status NewDirectory(const std::string& path, const Options& options,
                      std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) override;
  Status FileExists(const std::string& path, const Options& options, Debug* debug) override;
  Status GetChildren(const std::string& path, const Options& options,
                     std::vector<std::string>* names, Debug* debug) override;
  Status GetFileSize(const std::string& path, const Options& options, uint64_t* bytes,
                     Debug* debug) override;
  Status DeleteFile(const std::string& path, const Options& options, Debug* debug) override;
  Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                    Debug* debug) override;
  Status LinkFile(const std::string& from, const std::string& to, const Options& options,
                  Debug* debug) override;
  Status CreateDirIfMissing(const std::string& path, const Options& options, Debug* debug) override;
  Status Truncate(const std::string& path, size_t bytes, const Options& options,
                  Debug* debug) override;

 private:
  const std::shared_ptr<IoFaults> faults_;
};

}  // namespace daftar::testing
