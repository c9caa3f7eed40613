#include "storage/log_check.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/crc/crc32c.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "storage/rocks_status.h"

namespace daftar::storage {
namespace {

// A log is made of blocks, a record of fragments that end with their block: checksum (4 bytes,
// masked), length of the payload (2), type (1), payload. Less than a header at the end of a block
// is left zero.
constexpr size_t kBlockBytes = 32768;
constexpr size_t kHeaderBytes = 7;
constexpr uint8_t kZeroType = 0;
constexpr uint8_t kFirstRecyclableType = 5;
constexpr uint8_t kLastRecyclableType = 8;
constexpr uint8_t kRecyclableTimestampType = 11;

struct Header {
  uint32_t checksum;
  size_t length;
  uint8_t type;
};

uint8_t Byte(std::string_view bytes, size_t at) { return static_cast<uint8_t>(bytes[at]); }

Header ReadHeader(std::string_view bytes) {
  uint32_t masked = 0;
  for (size_t i = 0; i < 4; ++i) masked |= uint32_t{Byte(bytes, i)} << (8 * i);
  const uint32_t rotated = masked - 0xa282ead8U;
  return {(rotated >> 17) | (rotated << 15), Byte(bytes, 4) | size_t{Byte(bytes, 5)} << 8,
          Byte(bytes, 6)};
}

bool IsRecyclable(uint8_t type) {
  return (type >= kFirstRecyclableType && type <= kLastRecyclableType) ||
         type == kRecyclableTimestampType;
}

// Whether a whole fragment begins at `at` whose checksum is right.
bool IsWhole(std::string_view bytes, size_t at) {
  if (at + kHeaderBytes > bytes.size()) return false;
  const Header header = ReadHeader(bytes.substr(at));
  if (at + kHeaderBytes + header.length > bytes.size()) return false;
  const absl::crc32c_t found = absl::ComputeCrc32c(bytes.substr(at + 6, 1 + header.length));
  return static_cast<uint32_t>(found) == header.checksum;
}

// The fragment at `at` says that it goes on beyond the end of the last block. Whether it is whole
// with some other length, and so is what follows it then.
bool HasWrongLength(std::string_view block, size_t at) {
  const uint32_t expected = ReadHeader(block.substr(at)).checksum;
  absl::crc32c_t checksum = absl::ComputeCrc32c(block.substr(at + 6, 1));
  for (size_t end = at + kHeaderBytes;; ++end) {
    const bool ends_here = static_cast<uint32_t>(checksum) == expected;
    if (ends_here && (end == block.size() || IsWhole(block, end))) return true;
    if (end == block.size()) return false;
    checksum = absl::ExtendCrc32c(checksum, block.substr(end, 1));
  }
}

// Takes a log block by block.
class LogCheck {
 public:
  // The next block; only the last one is shorter than a whole.
  absl::Status Add(std::string_view block);
  // Once that has found damage: where it begins.
  size_t damaged_at() const { return damaged_at_; }

 private:
  absl::Status Damaged(std::string_view text, size_t at) {
    damaged_at_ = at;
    return DataLoss(text).With("byte", at);
  }

  size_t block_at_ = 0;
  size_t damaged_at_ = 0;
  bool ended_ = false;  // nothing is to be said of what follows
  bool zeros_ = false;  // nothing but zeros may follow
};

absl::Status LogCheck::Add(std::string_view block) {
  const size_t block_at = std::exchange(block_at_, block_at_ + block.size());
  if (ended_) return absl::OkStatus();
  size_t at = 0;
  while (!zeros_ && at + kHeaderBytes <= block.size()) {
    const Header header = ReadHeader(block.substr(at));
    if (IsRecyclable(header.type))
      return Damaged("log has a record of an unknown kind", block_at + at);
    zeros_ = header.type == kZeroType && header.length == 0;
    if (zeros_) break;
    const size_t end = at + kHeaderBytes + header.length;
    if (!IsWhole(block, at)) {
      const bool interrupted = end > block.size() && block.size() < kBlockBytes;
      if (interrupted && HasWrongLength(block, at))
        return Damaged("log has a record of a wrong length", block_at + at);
      // RocksDB refuses it as well, but first looks for the next record and may do so for ever.
      if (!interrupted) return Damaged("log has a record with a wrong checksum", block_at + at);
      ended_ = true;
      return absl::OkStatus();
    }
    at = end;
  }
  if (!zeros_ || block.find_first_not_of('\0', at) == std::string_view::npos)
    return absl::OkStatus();
  return Damaged("log has a hole", block_at + at);
}

using BlockSink = absl::FunctionRef<absl::Status(std::string_view block)>;

// Hands out the blocks of a file; none when there is no file, as a writer beside us may have
// removed it.
absl::Status ReadBlocks(rocksdb::FileSystem* file_system, const std::string& path, BlockSink sink) {
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  rocksdb::IODebugContext debug;
  rocksdb::IOStatus status =
      file_system->NewSequentialFile(path, rocksdb::FileOptions(), &file, &debug);
  if (status.IsNotFound() || status.IsPathNotFound()) return absl::OkStatus();
  std::vector<char> buffer(kBlockBytes);
  std::string block;
  while (status.ok()) {
    rocksdb::Slice read;
    status =
        file->Read(kBlockBytes - block.size(), rocksdb::IOOptions(), &read, buffer.data(), &debug);
    if (!status.ok()) break;
    block.append(read.data(), read.size());
    if (block.size() < kBlockBytes && !read.empty()) continue;
    DAFTAR_RETURN_IF_ERROR(WithContext(sink(block), "file", path));
    if (read.empty()) return absl::OkStatus();
    block.clear();
  }
  return WithContext(FromRocks(status, "log cannot be read"), "file", path);
}

absl::Status CheckLog(rocksdb::FileSystem* file_system, const std::string& directory,
                      const std::string& name, LogCuts* cuts) {
  LogCheck check;
  absl::Status status = ReadBlocks(file_system, directory + "/" + name,
                                   [&](std::string_view block) { return check.Add(block); });
  if (cuts == nullptr || !absl::IsDataLoss(status)) return status;
  cuts->emplace(name, check.damaged_at());
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckLogBytes(std::string_view bytes) {
  LogCheck check;
  for (size_t at = 0; at < bytes.size(); at += kBlockBytes) {
    DAFTAR_RETURN_IF_ERROR(check.Add(bytes.substr(at, kBlockBytes)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> LogNames(rocksdb::FileSystem* file_system,
                                                  const std::string& directory) {
  rocksdb::IODebugContext debug;
  std::vector<std::string> names;
  DAFTAR_RETURN_IF_ERROR(
      FromRocks(file_system->GetChildren(directory, rocksdb::IOOptions(), &names, &debug),
                "cannot list the database directory"));
  std::erase_if(names, [](const std::string& name) { return !absl::EndsWith(name, ".log"); });
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status CheckLogs(rocksdb::FileSystem* file_system, const std::string& directory,
                       LogCuts* cuts) {
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<std::string> names, LogNames(file_system, directory));
  for (const std::string& name : names) {
    DAFTAR_RETURN_IF_ERROR(CheckLog(file_system, directory, name, cuts));
  }
  std::string current;
  DAFTAR_RETURN_IF_ERROR(
      ReadBlocks(file_system, directory + "/CURRENT", [&](std::string_view block) {
        current += block;
        return absl::OkStatus();
      }));
  // What CURRENT says beside that is for RocksDB to judge.
  if (!absl::StartsWith(current, "MANIFEST-")) return absl::OkStatus();
  const std::string manifest(absl::StripSuffix(current, "\n"));
  return CheckLog(file_system, directory, manifest, nullptr);
}

}  // namespace daftar::storage
