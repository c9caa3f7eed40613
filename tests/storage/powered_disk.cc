#include "storage/powered_disk.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

namespace daftar::testing {
namespace {

std::string DirectoryOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// The store's own log and lock are not part of the database.
bool Matters(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name != "LOCK" && !name.starts_with("LOG");
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

void WriteAll(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

void PoweredDisk::CutPowerAt(uint64_t nth) {
  const std::lock_guard lock(mutex_);
  changes_ = 0;
  cut_at_ = nth;
}

bool PoweredDisk::power_is_off() const {
  const std::lock_guard lock(mutex_);
  return off_;
}

uint64_t PoweredDisk::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

bool PoweredDisk::Step() {
  if (!off_) off_ = ++changes_ == cut_at_;
  return !off_;
}

void PoweredDisk::Adopt(const std::filesystem::path& directory) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_regular_file() || !Matters(entry.path())) continue;
    now_[entry.path().string()] = std::make_shared<FileImage>(ReadAll(entry.path()));
  }
  synced_ = now_;
}

PoweredDisk::File PoweredDisk::Find(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = now_.find(path);
  return found == now_.end() ? nullptr : found->second;
}

void PoweredDisk::Apply(const NameChange& change, Names* names) {
  for (const auto& [path, file] : change.names) {
    if (file == nullptr) {
      names->erase(path);
    } else {
      (*names)[path] = file;
    }
  }
}

void PoweredDisk::Change(NameChange change) {
  Apply(change, &now_);
  unsynced_.push_back(std::move(change));
}

bool PoweredDisk::Make(const std::string& path, File* file) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  *file = std::make_shared<FileImage>();
  if (Matters(path)) Change({DirectoryOf(path), {{path, *file}}, true});
  return Step();
}

bool PoweredDisk::Remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  if (now_.contains(path)) Change({DirectoryOf(path), {{path, nullptr}}});
  return Step();
}

bool PoweredDisk::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  const auto found = now_.find(from);
  if (found == now_.end()) return true;
  const File file = found->second;
  if (DirectoryOf(from) == DirectoryOf(to)) {
    Change({DirectoryOf(to), {{from, nullptr}, {to, file}}});
  } else {
    Change({DirectoryOf(to), {{to, file}}});
    Change({DirectoryOf(from), {{from, nullptr}}});
  }
  return Step();
}

bool PoweredDisk::Link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  const auto found = now_.find(from);
  if (found != now_.end()) Change({DirectoryOf(to), {{to, found->second}}, true});
  return Step();
}

bool PoweredDisk::SyncDirectory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (!Step()) return false;
  const std::string name = std::filesystem::path(directory).lexically_normal().string();
  std::vector<NameChange> others;
  for (NameChange& change : unsynced_) {
    if (change.directory == name) {
      Apply(change, &synced_);
    } else {
      others.push_back(std::move(change));
    }
  }
  unsynced_ = std::move(others);
  return true;
}

bool PoweredDisk::Append(const File& file, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  file->Append(bytes);
  return Step();
}

bool PoweredDisk::Write(const File& file, uint64_t offset, std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  file->Write(offset, bytes);
  return Step();
}

bool PoweredDisk::Truncate(const File& file, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (off_) return false;
  file->Truncate(bytes);
  return Step();
}

bool PoweredDisk::Sync(const File& file) {
  const std::lock_guard lock(mutex_);
  if (!Step()) return false;
  file->Sync();
  return true;
}

PoweredDisk::Names PoweredDisk::NamesAfterLoss(std::mt19937_64& random, NameLoss which,
                                               PowerLoss* loss) const {
  const auto below = [&](size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random);
  };
  Names names = synced_;
  const size_t kept = below(unsynced_.size() + 1);
  // Journals of file systems keep the order of names; one that does not may lose any new file.
  const bool any_order = below(5) == 0;
  for (size_t i = 0; i < unsynced_.size(); ++i) {
    bool lost = i >= kept || (any_order && unsynced_[i].makes && below(2) == 0);
    if (which == NameLoss::kNewFiles) lost = unsynced_[i].makes;
    if (lost) {
      ++loss->name_changes_lost;
    } else {
      Apply(unsynced_[i], &names);
    }
  }
  return names;
}

void PoweredDisk::RemoveRealFiles() const {
  std::set<std::string> directories;
  for (const Names* names : {&now_, &synced_}) {
    for (const auto& [path, file] : *names) directories.insert(DirectoryOf(path));
  }
  std::vector<std::filesystem::path> files;
  for (const std::string& directory : directories) {
    std::error_code gone;  // Of bulk writers, which remove their folder themselves.
    for (const auto& entry : std::filesystem::directory_iterator(directory, gone)) {
      if (entry.is_regular_file() && Matters(entry.path())) files.push_back(entry.path());
    }
  }
  for (const std::filesystem::path& file : files) std::filesystem::remove(file);
}

PowerLoss PoweredDisk::Restore(std::mt19937_64& random, Spoiling spoiling, NameLoss which) {
  const std::lock_guard lock(mutex_);
  PowerLoss loss;
  const Names names = NamesAfterLoss(random, which, &loss);
  RemoveRealFiles();
  // A file with two names has one content.
  std::map<const FileImage*, File> images;
  now_.clear();
  for (const auto& [path, file] : names) {
    if (!std::filesystem::is_directory(DirectoryOf(path))) continue;
    File& image = images[file.get()];
    if (image == nullptr) {
      FileImage::Crashed crashed = file->AfterPowerLoss(random, spoiling);
      if (crashed.garbage) ++loss.files_with_garbage;
      if (crashed.content.size() < file->content().size()) {
        loss.bytes_lost += file->content().size() - crashed.content.size();
      }
      image = std::make_shared<FileImage>(std::move(crashed.content));
    }
    WriteAll(path, image->content());
    now_[path] = image;
  }
  synced_ = now_;
  unsynced_.clear();
  off_ = false;
  cut_at_ = 0;
  return loss;
}

}  // namespace daftar::testing
