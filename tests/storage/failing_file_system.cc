#include "storage/failing_file_system.h"

#include <mutex>
#include <string_view>
#include <utility>

namespace daftar::testing {

using rocksdb::DataVerificationInfo;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class IoFaults {
 public:
  void Arm(const IoFault& fault) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    calls_ = 0;
    failures_ = 0;
  }
  uint64_t calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  uint64_t failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

  // Makes the call unless it is to fail.
  template <typename Call>
  IOStatus Do(IoKind kind, const Call& call) {
    return Do(kind, call, [] { return IOStatus::OK(); });
  }
  // Makes the call `part` when there is no space for the whole.
  template <typename Call, typename Part>
  IOStatus Do(IoKind kind, const Call& call, const Part& part) {
    switch (Meet(kind)) {
      case Meeting::kPass:
        return call();
      case Meeting::kError:
        return IOStatus::IOError("injected failure");
      case Meeting::kNoSpace: {
        const IOStatus status = part();
        return status.ok() ? IOStatus::NoSpace("injected: no space left on device") : status;
      }
      case Meeting::kIgnored:
        return IOStatus::OK();
    }
    return IOStatus::IOError("unknown failure");
  }

 private:
  enum class Meeting { kPass, kError, kNoSpace, kIgnored };

  Meeting Meet(IoKind kind) {
    const std::lock_guard lock(mutex_);
    if ((fault_.kinds & kind) == 0) return Meeting::kPass;
    ++calls_;
    const bool met =
        fault_.nth != 0 && (calls_ == fault_.nth || (fault_.persistent && calls_ > fault_.nth));
    if (!met) return Meeting::kPass;
    ++failures_;
    switch (fault_.failure) {
      case IoFailure::kError:
        return Meeting::kError;
      case IoFailure::kNoSpace:
        return Meeting::kNoSpace;
      case IoFailure::kIgnored:
        return Meeting::kIgnored;
    }
    return Meeting::kError;
  }

  mutable std::mutex mutex_;
  IoFault fault_{.kinds = 0, .nth = 0};
  uint64_t calls_ = 0;
  uint64_t failures_ = 0;
};

namespace {

using FaultsPtr = std::shared_ptr<IoFaults>;

class FailingSequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FailingSequentialFile(std::unique_ptr<rocksdb::FSSequentialFile> inner, FaultsPtr faults)
      : FSSequentialFileOwnerWrapper(std::move(inner)), faults_(std::move(faults)) {}
  IOStatus Read(size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    return faults_->Do(kIoRead,
                       [&] { return target()->Read(bytes, options, result, scratch, debug); });
  }
  IOStatus Skip(uint64_t bytes) override {
    return faults_->Do(kIoRead, [&] { return target()->Skip(bytes); });
  }

 private:
  const FaultsPtr faults_;
};

class FailingRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FailingRandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile> inner, FaultsPtr faults)
      : FSRandomAccessFileOwnerWrapper(std::move(inner)), faults_(std::move(faults)) {}
  IOStatus Read(uint64_t offset, size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    return faults_->Do(
        kIoRead, [&] { return target()->Read(offset, bytes, options, result, scratch, debug); });
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    return faults_->Do(kIoRead,
                       [&] { return target()->MultiRead(requests, count, options, debug); });
  }
  IOStatus Prefetch(uint64_t offset, size_t bytes, const IOOptions& options,
                    IODebugContext* debug) override {
    return faults_->Do(kIoRead, [&] { return target()->Prefetch(offset, bytes, options, debug); });
  }

 private:
  const FaultsPtr faults_;
};

class FailingWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FailingWritableFile(std::unique_ptr<rocksdb::FSWritableFile> inner, FaultsPtr faults)
      : FSWritableFileOwnerWrapper(std::move(inner)), faults_(std::move(faults)) {}
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const Slice half(data.data(), data.size() / 2);
    return faults_->Do(
        kIoWrite, [&] { return target()->Append(data, options, debug); },
        [&] { return target()->Append(half, options, debug); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const DataVerificationInfo& /*info*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            IODebugContext* debug) override {
    return faults_->Do(kIoWrite,
                       [&] { return target()->PositionedAppend(data, offset, options, debug); });
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            const DataVerificationInfo& /*info*/, IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  IOStatus Truncate(uint64_t bytes, const IOOptions& options, IODebugContext* debug) override {
    return faults_->Do(kIoWrite, [&] { return target()->Truncate(bytes, options, debug); });
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    // The descriptor is given back whatever is said.
    const IOStatus status = target()->Close(options, debug);
    return faults_->Do(kIoWrite, [&] { return status; });
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->Do(kIoSync, [&] { return target()->Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->Do(kIoSync, [&] { return target()->Fsync(options, debug); });
  }
  IOStatus RangeSync(uint64_t offset, uint64_t bytes, const IOOptions& options,
                     IODebugContext* debug) override {
    return faults_->Do(kIoSync, [&] { return target()->RangeSync(offset, bytes, options, debug); });
  }

 private:
  const FaultsPtr faults_;
};

class FailingRandomRWFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  FailingRandomRWFile(std::unique_ptr<rocksdb::FSRandomRWFile> inner, FaultsPtr faults)
      : FSRandomRWFileOwnerWrapper(std::move(inner)), faults_(std::move(faults)) {}
  IOStatus Write(uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    return faults_->Do(kIoWrite, [&] { return target()->Write(offset, data, options, debug); });
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->Do(kIoSync, [&] { return target()->Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->Do(kIoSync, [&] { return target()->Fsync(options, debug); });
  }

 private:
  const FaultsPtr faults_;
};

class FailingDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FailingDirectory(std::unique_ptr<rocksdb::FSDirectory> inner, FaultsPtr faults)
      : FSDirectoryWrapper(std::move(inner)), faults_(std::move(faults)) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return faults_->Do(kIoSync, [&] { return FSDirectoryWrapper::Fsync(options, debug); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& directory_options) override {
    return faults_->Do(kIoSync, [&] {
      return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options);
    });
  }

 private:
  const FaultsPtr faults_;
};

// The info log is written past this file system; what is done to it by name does not matter either.
bool IsInfoLog(std::string_view path) {
  return path.substr(path.rfind('/') + 1).starts_with("LOG");
}

}  // namespace

FailingFileSystem::FailingFileSystem()
    : FileSystemWrapper(FileSystem::Default()), faults_(std::make_shared<IoFaults>()) {}

void FailingFileSystem::Arm(const IoFault& fault) { faults_->Arm(fault); }
void FailingFileSystem::Disarm() { faults_->Arm({.kinds = 0, .nth = 0}); }
uint64_t FailingFileSystem::calls() const { return faults_->calls(); }
uint64_t FailingFileSystem::failures() const { return faults_->failures(); }

IOStatus FailingFileSystem::NewSequentialFile(const std::string& path, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                              Debug* debug) {
  IOStatus status =
      faults_->Do(kIoRead, [&] { return target()->NewSequentialFile(path, options, file, debug); });
  if (*file != nullptr) {
    *file = std::make_unique<FailingSequentialFile>(std::move(*file), faults_);
  }
  return status;
}

IOStatus FailingFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                                std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                                Debug* debug) {
  IOStatus status = faults_->Do(
      kIoRead, [&] { return target()->NewRandomAccessFile(path, options, file, debug); });
  if (*file != nullptr) {
    *file = std::make_unique<FailingRandomAccessFile>(std::move(*file), faults_);
  }
  return status;
}

IOStatus FailingFileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                            std::unique_ptr<rocksdb::FSWritableFile>* file,
                                            Debug* debug) {
  IOStatus status =
      faults_->Do(kIoName, [&] { return target()->NewWritableFile(path, options, file, debug); });
  if (*file != nullptr) *file = std::make_unique<FailingWritableFile>(std::move(*file), faults_);
  return status;
}

IOStatus FailingFileSystem::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                                               Debug* debug) {
  IOStatus status = faults_->Do(
      kIoName, [&] { return target()->ReopenWritableFile(path, options, file, debug); });
  if (*file != nullptr) *file = std::make_unique<FailingWritableFile>(std::move(*file), faults_);
  return status;
}

IOStatus FailingFileSystem::NewRandomRWFile(const std::string& path, const FileOptions& options,
                                            std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                            Debug* debug) {
  IOStatus status =
      faults_->Do(kIoName, [&] { return target()->NewRandomRWFile(path, options, file, debug); });
  if (*file != nullptr) *file = std::make_unique<FailingRandomRWFile>(std::move(*file), faults_);
  return status;
}

IOStatus FailingFileSystem::NewDirectory(const std::string& path, const Options& options,
                                         std::unique_ptr<rocksdb::FSDirectory>* directory,
                                         Debug* debug) {
  IOStatus status =
      faults_->Do(kIoRead, [&] { return target()->NewDirectory(path, options, directory, debug); });
  if (*directory != nullptr) {
    *directory = std::make_unique<FailingDirectory>(std::move(*directory), faults_);
  }
  return status;
}

IOStatus FailingFileSystem::FileExists(const std::string& path, const Options& options,
                                       Debug* debug) {
  if (IsInfoLog(path)) return target()->FileExists(path, options, debug);
  return faults_->Do(kIoRead, [&] { return target()->FileExists(path, options, debug); });
}

IOStatus FailingFileSystem::GetChildren(const std::string& path, const Options& options,
                                        std::vector<std::string>* names, Debug* debug) {
  return faults_->Do(kIoRead, [&] { return target()->GetChildren(path, options, names, debug); });
}

IOStatus FailingFileSystem::GetFileSize(const std::string& path, const Options& options,
                                        uint64_t* bytes, Debug* debug) {
  return faults_->Do(kIoRead, [&] { return target()->GetFileSize(path, options, bytes, debug); });
}

IOStatus FailingFileSystem::DeleteFile(const std::string& path, const Options& options,
                                       Debug* debug) {
  if (IsInfoLog(path)) return target()->DeleteFile(path, options, debug);
  return faults_->Do(kIoName, [&] { return target()->DeleteFile(path, options, debug); });
}

IOStatus FailingFileSystem::RenameFile(const std::string& from, const std::string& to,
                                       const Options& options, Debug* debug) {
  if (IsInfoLog(from)) return target()->RenameFile(from, to, options, debug);
  return faults_->Do(kIoName, [&] { return target()->RenameFile(from, to, options, debug); });
}

IOStatus FailingFileSystem::LinkFile(const std::string& from, const std::string& to,
                                     const Options& options, Debug* debug) {
  return faults_->Do(kIoName, [&] { return target()->LinkFile(from, to, options, debug); });
}

IOStatus FailingFileSystem::CreateDirIfMissing(const std::string& path, const Options& options,
                                               Debug* debug) {
  return faults_->Do(kIoName, [&] { return target()->CreateDirIfMissing(path, options, debug); });
}

IOStatus FailingFileSystem::Truncate(const std::string& path, size_t bytes, const Options& options,
                                     Debug* debug) {
  return faults_->Do(kIoWrite, [&] { return target()->Truncate(path, bytes, options, debug); });
}

}  // namespace daftar::testing
