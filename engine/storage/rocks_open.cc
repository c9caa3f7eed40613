// Opening a RocksDB directory: which one it is, who holds it, and what to do about leftovers.
#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "base/status.h"
#include "storage/file_error.h"
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

// The process that locks `file`, or 0. Looked up in /proc/locks: asking with fcntl would need the
// file to be opened, and closing it would drop a lock of this process.
int LockHolder(const std::filesystem::path& file) {
  struct stat wanted = {};
  if (stat(file.c_str(), &wanted) != 0) return 0;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    int pid = 0;
    unsigned device_major = 0;
    unsigned device_minor = 0;
    unsigned long inode = 0;  // NOLINT(google-runtime-int): scanf's own type
    // "1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF"
    if (std::sscanf(line.c_str(), "%*s POSIX %*s WRITE %d %x:%x:%lu", &pid, &device_major,
                    &device_minor, &inode) == 4 &&
        inode == wanted.st_ino && makedev(device_major, device_minor) == wanted.st_dev) {
      return pid;
    }
  }
  return 0;
}

absl::Status InUse(const std::filesystem::path& directory, const rocksdb::Status& status) {
  const bool here = IsLockHeldHere(status);
  Error error = FailedPrecondition(here ? "database is in use by this process"
                                        : "database is in use by another process");
  const int pid = here ? 0 : LockHolder(directory / "LOCK");
  if (pid > 0) return std::move(error).With("directory", directory.string()).With("pid", pid);
  return std::move(error).With("directory", directory.string());
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
  parts.file_system =
      options.file_system != nullptr ? options.file_system : rocksdb::FileSystem::Default();
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
    const absl::Status refusal = WithContext(FromRocksOpen(status, "database does not open"),
                                             "directory", parts.directory.string());
    if (!absl::IsDataLoss(refusal)) return refusal;
    return WithContext(refusal, "remedy", "run `daftar recover --dry-run`");
  }
  parts.database.reset(database);
  if (!options.read_only) DAFTAR_RETURN_IF_ERROR(RemoveStaleBulkFolders(parts.directory));
  return std::make_unique<RocksStore>(std::move(parts));
}

}  // namespace daftar::storage
