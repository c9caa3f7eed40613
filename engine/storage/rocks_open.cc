// Opening a RocksDB directory: which one it is, who holds it, and what to do about leftovers.
#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "base/status.h"
#include "storage/directory_lock.h"
#include "storage/file_error.h"
#include "storage/guarded_file_system.h"
#include "storage/log_check.h"
#include "storage/open.h"
#include "storage/rocks_bulk.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"
#include "storage/rocks_store.h"

namespace daftar::storage {
namespace {

// What a directory holds.
enum class Contents { kNothing, kDatabase, kHeadless };

// RocksDB takes a directory without CURRENT for an empty one and would remove the data files in it.
// A crash during the creation leaves no more than the first manifest.
absl::StatusOr<Contents> Inspect(const std::filesystem::path& directory) {
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(directory, error);
  if (error == std::errc::no_such_file_or_directory) return Contents::kNothing;
  Contents contents = Contents::kNothing;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name == "CURRENT") return Contents::kDatabase;
    if (absl::EndsWith(name, ".sst") || absl::EndsWith(name, ".log") ||
        (absl::StartsWith(name, "MANIFEST-") && name != "MANIFEST-000001")) {
      contents = Contents::kHeadless;
    }
  }
  if (error) return FileError("cannot list the database directory", directory, error);
  return contents;
}

absl::Status CheckContents(const std::filesystem::path& directory, const RocksOptions& options) {
  DAFTAR_ASSIGN_OR_RETURN(const Contents contents, Inspect(directory));
  switch (contents) {
    case Contents::kHeadless:
      return DataLoss("database has lost its CURRENT file").With("directory", directory.string());
    case Contents::kNothing:
      if (options.create_if_missing) return absl::OkStatus();
      return NotFound("there is no database in the directory")
          .With("directory", directory.string());
    case Contents::kDatabase:
      if (!options.error_if_exists) return absl::OkStatus();
      return AlreadyExists("there is a database in the directory")
          .With("directory", directory.string());
  }
  return Internal("unknown directory contents");
}

absl::Status SyncFolder(const std::filesystem::path& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return FileErrno("cannot open a directory", folder);
  absl::Status status =
      fsync(file) == 0 ? absl::OkStatus() : FileErrno("cannot sync a directory", folder);
  close(file);
  return status;
}

// Makes the directory so that it survives power loss: RocksDB syncs what is in it, not its own
// entry in the parent.
absl::Status MakeDirectory(const std::filesystem::path& directory) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(directory, error);
  if (error) return FileError("cannot resolve the path", directory, error);
  const bool made = std::filesystem::create_directory(whole, error);
  if (error) return FileError("cannot make the database directory", whole, error);
  return made ? SyncFolder(whole.has_filename() ? whole.parent_path()
                                                : whole.parent_path().parent_path())
              : absl::OkStatus();
}

absl::Status Refusal(const absl::Status& status, const std::filesystem::path& directory,
                     const RocksOptions& options) {
  const absl::Status refusal = WithContext(status, "directory", directory.string());
  // A recovery tells itself what to do.
  if (!absl::IsDataLoss(refusal) || options.until_damage) return refusal;
  return WithContext(refusal, "remedy", "run `daftar recover --dry-run`");
}

// Writes no log: whoever only reads leaves the directory as it is.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::Status OpenForReading(rocksdb::Options options, bool nobody_writes,
                               const std::string& directory, rocksdb::DB** database) {
  options.info_log = std::make_shared<SilentLogger>();
  if (nobody_writes) return rocksdb::DB::OpenForReadOnly(options, directory, database);
  // A writer beside us may remove a file between our reading its name and opening it: look again.
  constexpr int kAttemptsMax = 4;
  rocksdb::Status status;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    // A secondary instance: what is named the place of its files is not used with a logger given.
    status = rocksdb::DB::OpenAsSecondary(options, directory, directory, database);
    if (status.ok()) break;
  }
  return status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(const std::filesystem::path& directory,
                                                      const RocksOptions& options) {
  if (options.read_only && (options.create_if_missing || options.error_if_exists)) {
    return InvalidArgument("a database opened for reading only cannot be created");
  }
  DAFTAR_RETURN_IF_ERROR(CheckContents(directory, options));
  if (options.create_if_missing) DAFTAR_RETURN_IF_ERROR(MakeDirectory(directory));

  // One name for one directory: RocksDB knows its own locks by path, and the system's locks do not
  // stop the process that holds them.
  std::error_code error;
  RocksStore::Parts parts;
  parts.directory = std::filesystem::canonical(directory, error);
  if (error) return FileError("cannot resolve the database directory", directory, error);
  parts.read_only = options.read_only;
  const auto guarded = std::make_shared<GuardedFileSystem>(
      options.file_system != nullptr ? options.file_system : rocksdb::FileSystem::Default());
  LogCuts cuts;
  if (auto status = CheckLogs(guarded.get(), parts.directory.string(),
                              options.until_damage ? &cuts : nullptr);
      !status.ok()) {
    return Refusal(status, parts.directory, options);
  }
  guarded->CutLogs(std::move(cuts));
  parts.file_system = guarded;
  parts.env = rocksdb::NewCompositeEnv(parts.file_system);

  rocksdb::Options rocks = MakeRocksOptions(options, &parts.cache);
  rocks.env = parts.env.get();
  rocksdb::DB* database = nullptr;
  const rocksdb::Status status =
      options.read_only
          ? OpenForReading(rocks, options.nobody_writes, parts.directory.string(), &database)
          : rocksdb::DB::Open(rocks, parts.directory.string(), &database);
  if (!status.ok()) {
    if (IsLockHeld(status)) return InUse(parts.directory, status);
    return Refusal(FromRocksOpen(status, "database does not open"), parts.directory, options);
  }
  parts.database.reset(database);
  if (!options.read_only) {
    parts.values = std::make_unique<ValueCache>(ValueBytesMax(options));
  }
  if (!options.read_only) DAFTAR_RETURN_IF_ERROR(RemoveStaleBulkFolders(parts.directory));
  return std::make_unique<RocksStore>(std::move(parts));
}

}  // namespace daftar::storage
