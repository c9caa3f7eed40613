#include "storage/power_loss_file_system.h"

#include <utility>

namespace daftar::testing {
namespace {

using rocksdb::DataVerificationInfo;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using DiskPtr = std::shared_ptr<PoweredDisk>;

IOStatus NoPower() { return IOStatus::IOError("the power is off"); }
IOStatus OkIf(bool power) { return power ? IOStatus::OK() : NoPower(); }

class PoweredSequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  PoweredSequentialFile(std::unique_ptr<rocksdb::FSSequentialFile> inner, DiskPtr disk)
      : FSSequentialFileOwnerWrapper(std::move(inner)), disk_(std::move(disk)) {}
  IOStatus Read(size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    if (disk_->power_is_off()) return NoPower();
    return target()->Read(bytes, options, result, scratch, debug);
  }

 private:
  const DiskPtr disk_;
};

class PoweredRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  PoweredRandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile> inner, DiskPtr disk)
      : FSRandomAccessFileOwnerWrapper(std::move(inner)), disk_(std::move(disk)) {}
  IOStatus Read(uint64_t offset, size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    if (disk_->power_is_off()) return NoPower();
    return target()->Read(offset, bytes, options, result, scratch, debug);
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    if (disk_->power_is_off()) return NoPower();
    return target()->MultiRead(requests, count, options, debug);
  }

 private:
  const DiskPtr disk_;
};

class PoweredWritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PoweredWritableFile(std::unique_ptr<rocksdb::FSWritableFile> inner, DiskPtr disk,
                      PoweredDisk::File file)
      : FSWritableFileOwnerWrapper(std::move(inner)),
        disk_(std::move(disk)),
        file_(std::move(file)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (!disk_->Append(file_, data.ToStringView())) return NoPower();
    return target()->Append(data, options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const DataVerificationInfo& /*info*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            IODebugContext* debug) override {
    if (!disk_->Write(file_, offset, data.ToStringView())) return NoPower();
    return target()->PositionedAppend(data, offset, options, debug);
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            const DataVerificationInfo& /*info*/, IODebugContext* debug) override {
    return PositionedAppend(data, offset, options, debug);
  }
  IOStatus Truncate(uint64_t bytes, const IOOptions& options, IODebugContext* debug) override {
    if (!disk_->Truncate(file_, bytes)) return NoPower();
    return target()->Truncate(bytes, options, debug);
  }
  // The real file needs no sync: the machine keeps its power.
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return OkIf(disk_->Sync(file_));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  IOStatus RangeSync(uint64_t /*offset*/, uint64_t /*bytes*/, const IOOptions& /*options*/,
                     IODebugContext* /*debug*/) override {
    return OkIf(!disk_->power_is_off());  // Starts writing and promises nothing.
  }

 private:
  const DiskPtr disk_;
  const PoweredDisk::File file_;
};

class PoweredRandomRWFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  PoweredRandomRWFile(std::unique_ptr<rocksdb::FSRandomRWFile> inner, DiskPtr disk,
                      PoweredDisk::File file)
      : FSRandomRWFileOwnerWrapper(std::move(inner)),
        disk_(std::move(disk)),
        file_(std::move(file)) {}

  IOStatus Write(uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    if (!disk_->Write(file_, offset, data.ToStringView())) return NoPower();
    return target()->Write(offset, data, options, debug);
  }
  IOStatus Read(uint64_t offset, size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    if (disk_->power_is_off()) return NoPower();
    return target()->Read(offset, bytes, options, result, scratch, debug);
  }
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return OkIf(disk_->Sync(file_));
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  const DiskPtr disk_;
  const PoweredDisk::File file_;
};

class PoweredDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  PoweredDirectory(std::unique_ptr<rocksdb::FSDirectory> inner, DiskPtr disk, std::string path)
      : FSDirectoryWrapper(std::move(inner)), disk_(std::move(disk)), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return OkIf(disk_->SyncDirectory(path_));
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& /*directory_options*/) override {
    return Fsync(options, debug);
  }

 private:
  const DiskPtr disk_;
  const std::string path_;
};

}  // namespace

PowerLossFileSystem::PowerLossFileSystem(const std::filesystem::path& directory)
    : FileSystemWrapper(FileSystem::Default()), disk_(std::make_shared<PoweredDisk>()) {
  disk_->Adopt(directory);
}

void PowerLossFileSystem::CutPowerAt(uint64_t nth) { disk_->CutPowerAt(nth); }
bool PowerLossFileSystem::power_is_off() const { return disk_->power_is_off(); }
uint64_t PowerLossFileSystem::changes() const { return disk_->changes(); }

PowerLoss PowerLossFileSystem::RestorePower(std::mt19937_64& random, Spoiling spoiling,
                                            NameLoss names) {
  return disk_->Restore(random, spoiling, names);
}

IOStatus PowerLossFileSystem::NewSequentialFile(const std::string& path, const FileOptions& options,
                                                std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                                Debug* debug) {
  if (disk_->power_is_off()) return NoPower();
  IOStatus status = target()->NewSequentialFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<PoweredSequentialFile>(std::move(*file), disk_);
  return status;
}

IOStatus PowerLossFileSystem::NewRandomAccessFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug* debug) {
  if (disk_->power_is_off()) return NoPower();
  IOStatus status = target()->NewRandomAccessFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<PoweredRandomAccessFile>(std::move(*file), disk_);
  return status;
}

IOStatus PowerLossFileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                                              Debug* debug) {
  PoweredDisk::File image;
  if (!disk_->Make(path, &image)) return NoPower();
  IOStatus status = target()->NewWritableFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<PoweredWritableFile>(std::move(*file), disk_, image);
  return status;
}

IOStatus PowerLossFileSystem::ReopenWritableFile(const std::string& path,
                                                 const FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                 Debug* debug) {
  const PoweredDisk::File image = disk_->Find(path);
  if (image == nullptr) return NewWritableFile(path, options, file, debug);
  if (disk_->power_is_off()) return NoPower();
  IOStatus status = target()->ReopenWritableFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<PoweredWritableFile>(std::move(*file), disk_, image);
  return status;
}

IOStatus PowerLossFileSystem::ReuseWritableFile(const std::string& /*path*/,
                                                const std::string& /*old_path*/,
                                                const FileOptions& /*options*/,
                                                std::unique_ptr<rocksdb::FSWritableFile>* /*file*/,
                                                Debug* /*debug*/) {
  return IOStatus::NotSupported("files are never used again");  // Recycled logs are off.
}

IOStatus PowerLossFileSystem::NewRandomRWFile(const std::string& path, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                              Debug* debug) {
  if (disk_->power_is_off()) return NoPower();
  const PoweredDisk::File image = disk_->Find(path);
  if (image == nullptr) return IOStatus::PathNotFound(path);
  IOStatus status = target()->NewRandomRWFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<PoweredRandomRWFile>(std::move(*file), disk_, image);
  return status;
}

IOStatus PowerLossFileSystem::NewDirectory(const std::string& path, const Options& options,
                                           std::unique_ptr<rocksdb::FSDirectory>* directory,
                                           Debug* debug) {
  if (disk_->power_is_off()) return NoPower();
  IOStatus status = target()->NewDirectory(path, options, directory, debug);
  if (status.ok()) {
    *directory = std::make_unique<PoweredDirectory>(std::move(*directory), disk_, path);
  }
  return status;
}

IOStatus PowerLossFileSystem::DeleteFile(const std::string& path, const Options& options,
                                         Debug* debug) {
  if (!disk_->Remove(path)) return NoPower();
  return target()->DeleteFile(path, options, debug);
}

IOStatus PowerLossFileSystem::RenameFile(const std::string& from, const std::string& to,
                                         const Options& options, Debug* debug) {
  if (!disk_->Rename(from, to)) return NoPower();
  return target()->RenameFile(from, to, options, debug);
}

IOStatus PowerLossFileSystem::LinkFile(const std::string& from, const std::string& to,
                                       const Options& options, Debug* debug) {
  if (!disk_->Link(from, to)) return NoPower();
  return target()->LinkFile(from, to, options, debug);
}

IOStatus PowerLossFileSystem::Truncate(const std::string& path, size_t bytes,
                                       const Options& options, Debug* debug) {
  const PoweredDisk::File image = disk_->Find(path);
  if (image != nullptr && !disk_->Truncate(image, bytes)) return NoPower();
  return target()->Truncate(path, bytes, options, debug);
}

}  // namespace daftar::testing
