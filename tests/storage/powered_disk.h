// The names and files of a disk, as they are and as they are safe from a power loss.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "storage/file_image.h"

namespace daftar::testing {

// What a power loss took.
struct PowerLoss {
  int files_with_garbage = 0;
  int name_changes_lost = 0;  // files made, renamed, linked or removed
  uint64_t bytes_lost = 0;
};

// Which unsynced names a power loss takes.
enum class NameLoss {
  kRandom,    // the last changes; at times any new files as well
  kNewFiles,  // all new files and no other change: the most that POSIX allows
};

// Mirrors a real directory tree, which its user keeps up to date. Methods that change something
// give false once the power is off; the change in whose middle it goes may be there in part.
// Thread safety: full, for files too.
class PoweredDisk {
 public:
  using File = std::shared_ptr<FileImage>;

  // Cuts the power in the middle of the `nth` change from now on; 0: never.
  void CutPowerAt(uint64_t nth);
  bool power_is_off() const;
  uint64_t changes() const;

  // Takes the files that are in `directory` for synced.
  void Adopt(const std::filesystem::path& directory);
  // The file of that name, or null.
  File Find(const std::string& path) const;
  bool Make(const std::string& path, File* file);
  bool Remove(const std::string& path);
  bool Rename(const std::string& from, const std::string& to);
  bool Link(const std::string& from, const std::string& to);
  bool SyncDirectory(const std::string& directory);

  bool Append(const File& file, std::string_view bytes);
  bool Write(const File& file, uint64_t offset, std::string_view bytes);
  bool Truncate(const File& file, uint64_t bytes);
  bool Sync(const File& file);

  // Decides what the disk holds after the loss, makes the real files so, and takes them for synced.
  PowerLoss Restore(std::mt19937_64& random, Spoiling spoiling, NameLoss names = NameLoss::kRandom);

 private:
  using Names = std::map<std::string, File>;
  // Names that change in one step, in one directory; null: the name goes.
  struct NameChange {
    std::string directory;
    std::vector<std::pair<std::string, File>> names;
    bool makes = false;
  };
  // Counts a change and gives whether the power is still on. Requires: the mutex.
  bool Step();
  void Change(NameChange change);
  static void Apply(const NameChange& change, Names* names);
  // Also those that the mirror does not have because the power went in the middle of a change.
  void RemoveRealFiles() const;
  Names NamesAfterLoss(std::mt19937_64& random, NameLoss which, PowerLoss* loss) const;

  mutable std::mutex mutex_;
  bool off_ = false;
  uint64_t changes_ = 0;
  uint64_t cut_at_ = 0;
  Names now_;
  Names synced_;
  std::vector<NameChange> unsynced_;
};

}  // namespace daftar::testing
