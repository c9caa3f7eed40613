#include "storage/guarded_file_system.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"

namespace daftar::storage {
namespace {

using rocksdb::DataVerificationInfo;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
// Shared because files may outlive the file system that made them.
using Doubt = std::shared_ptr<std::atomic<bool>>;

constexpr std::string_view kCurrent = "/CURRENT";
// What a log has got without a sync before the system is asked to begin writing it.
constexpr uint64_t kBehindBytes = uint64_t{4} << 20;

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool IsManifest(std::string_view path) { return absl::StartsWith(NameOf(path), "MANIFEST-"); }

// What a manifest names, and manifests themselves.
bool IsPartOfDatabase(std::string_view path) {
  return absl::EndsWith(path, ".sst") || absl::EndsWith(path, ".log") || IsManifest(path);
}

IOStatus Noted(IOStatus status, const Doubt& doubt) {
  if (!status.ok()) *doubt = true;
  return status;
}

class ManifestFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  ManifestFile(std::unique_ptr<rocksdb::FSWritableFile> inner, Doubt doubt)
      : FSWritableFileOwnerWrapper(std::move(inner)), doubt_(std::move(doubt)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Noted(target()->Append(data, options, debug), doubt_);
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const DataVerificationInfo& info,
                  IODebugContext* debug) override {
    return Noted(target()->Append(data, options, info, debug), doubt_);
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    return Noted(target()->Flush(options, debug), doubt_);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return Noted(target()->Sync(options, debug), doubt_);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Noted(target()->Fsync(options, debug), doubt_);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return Noted(target()->Close(options, debug), doubt_);
  }

 private:
  const Doubt doubt_;
};

}  // namespace

// The write-ahead logs that are open for writing. Shared because files may outlive the file system
// that made them.
class OpenLogs {
 public:
  void Add(rocksdb::FSWritableFile* log) {
    absl::MutexLock lock(&mutex_);
    logs_.insert(log);
  }
  void Remove(rocksdb::FSWritableFile* log) {
    absl::MutexLock lock(&mutex_);
    logs_.erase(log);
  }
  // Syncs what all of them hold. `*any`: whether there are some.
  IOStatus Sync(const IOOptions& options, IODebugContext* debug, bool* any) {
    absl::MutexLock lock(&mutex_);
    *any = !logs_.empty();
    for (rocksdb::FSWritableFile* log : logs_) {
      IOStatus status = log->Sync(options, debug);
      if (!status.ok()) return status;
    }
    return IOStatus::OK();
  }

 private:
  absl::Mutex mutex_;
  std::set<rocksdb::FSWritableFile*> logs_ ABSL_GUARDED_BY(mutex_);
};

namespace {

class LogFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LogFile(std::unique_ptr<rocksdb::FSWritableFile> inner, std::shared_ptr<OpenLogs> logs)
      : FSWritableFileOwnerWrapper(std::move(inner)), logs_(std::move(logs)) {
    logs_->Add(target());
  }
  ~LogFile() override { logs_->Remove(target()); }

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Begun(target()->Append(data, options, debug), data.size(), options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const DataVerificationInfo& info,
                  IODebugContext* debug) override {
    return Begun(target()->Append(data, options, info, debug), data.size(), options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    logs_->Remove(target());
    return target()->Close(options, debug);
  }

 private:
  // After an append: of a large write much is on its way to the disk when the sync comes, which
  // alone says that it is there.
  IOStatus Begun(IOStatus appended, uint64_t bytes, const IOOptions& options,
                 IODebugContext* debug) {
    if (!appended.ok()) return appended;
    end_ += bytes;
    if (end_ - begun_ < kBehindBytes) return appended;
    IOStatus status = target()->RangeSync(begun_, end_ - begun_, options, debug);
    begun_ = end_;
    return status;
  }

  const std::shared_ptr<OpenLogs> logs_;
  uint64_t begun_ = 0;  // up to here the system was asked to write
  uint64_t end_ = 0;
};

// The first bytes of a file.
class CutFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  CutFile(std::unique_ptr<rocksdb::FSSequentialFile> inner, uint64_t bytes)
      : FSSequentialFileOwnerWrapper(std::move(inner)), left_(bytes) {}

  IOStatus Read(size_t count, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    const size_t allowed = static_cast<size_t>(std::min<uint64_t>(count, left_));
    IOStatus status = target()->Read(allowed, options, result, scratch, debug);
    if (status.ok()) left_ -= result->size();
    return status;
  }
  IOStatus Skip(uint64_t count) override {
    const uint64_t allowed = std::min(count, left_);
    left_ -= allowed;
    return target()->Skip(allowed);
  }

 private:
  uint64_t left_;
};

class GuardedDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  GuardedDirectory(std::unique_ptr<rocksdb::FSDirectory> inner, Doubt doubt)
      : FSDirectoryWrapper(std::move(inner)), doubt_(std::move(doubt)) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Noted(FSDirectoryWrapper::Fsync(options, debug), doubt_);
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& directory_options) override {
    return Noted(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, directory_options),
                 doubt_);
  }

 private:
  const Doubt doubt_;
};

}  // namespace

GuardedFileSystem::GuardedFileSystem(const std::shared_ptr<rocksdb::FileSystem>& target)
    : FileSystemWrapper(target),
      in_doubt_(std::make_shared<std::atomic<bool>>(false)),
      logs_(std::make_shared<OpenLogs>()) {}

IOStatus GuardedFileSystem::NewSequentialFile(const std::string& path,
                                              const rocksdb::FileOptions& options,
                                              std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                              Debug* debug) {
  IOStatus status = target()->NewSequentialFile(path, options, file, debug);
  const auto cut = cuts_.find(NameOf(path));
  if (status.ok() && cut != cuts_.end())
    *file = std::make_unique<CutFile>(std::move(*file), cut->second);
  return status;
}

IOStatus GuardedFileSystem::NewWritableFile(const std::string& path,
                                            const rocksdb::FileOptions& options,
                                            std::unique_ptr<rocksdb::FSWritableFile>* file,
                                            Debug* debug) {
  IOStatus status;
  const bool is_log = absl::EndsWith(path, ".log");
  if (is_log) status = SyncLogs(path, debug);
  if (status.ok()) status = target()->NewWritableFile(path, options, file, debug);
  if (status.ok() && is_log) *file = std::make_unique<LogFile>(std::move(*file), logs_);
  if (status.ok() && IsManifest(path)) {
    *file = std::make_unique<ManifestFile>(std::move(*file), in_doubt_);
  }
  return status;
}

IOStatus GuardedFileSystem::SyncLogs(const std::string& next, Debug* debug) {
  bool any = false;
  IOStatus status = logs_->Sync(IOOptions(), debug, &any);
  if (!status.ok() || !any) return status;
  std::unique_ptr<rocksdb::FSDirectory> directory;
  status = target()->NewDirectory(next.substr(0, next.rfind('/')), IOOptions(), &directory, debug);
  return status.ok() ? directory->Fsync(IOOptions(), debug) : status;
}

IOStatus GuardedFileSystem::ReopenWritableFile(const std::string& path,
                                               const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                                               Debug* debug) {
  IOStatus status = target()->ReopenWritableFile(path, options, file, debug);
  if (status.ok() && IsManifest(path)) {
    *file = std::make_unique<ManifestFile>(std::move(*file), in_doubt_);
  }
  return status;
}

IOStatus GuardedFileSystem::NewDirectory(const std::string& path, const Options& options,
                                         std::unique_ptr<rocksdb::FSDirectory>* directory,
                                         Debug* debug) {
  IOStatus status = target()->NewDirectory(path, options, directory, debug);
  if (status.ok())
    *directory = std::make_unique<GuardedDirectory>(std::move(*directory), in_doubt_);
  return status;
}

IOStatus GuardedFileSystem::RenameFile(const std::string& from, const std::string& to,
                                       const Options& options, Debug* debug) {
  if (!absl::EndsWith(to, kCurrent)) return target()->RenameFile(from, to, options, debug);
  const std::string folder(absl::StripSuffix(to, kCurrent));
  std::unique_ptr<rocksdb::FSDirectory> directory;
  IOStatus status = target()->NewDirectory(folder, options, &directory, debug);
  if (status.ok()) status = directory->Fsync(options, debug);
  if (status.ok()) status = target()->RenameFile(from, to, options, debug);
  return Noted(status, in_doubt_);
}

IOStatus GuardedFileSystem::DeleteFile(const std::string& path, const Options& options,
                                       Debug* debug) {
  if (*in_doubt_ && IsPartOfDatabase(path)) return IOStatus::OK();
  return target()->DeleteFile(path, options, debug);
}

}  // namespace daftar::storage
