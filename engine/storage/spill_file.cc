#include "storage/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/crc/crc32c.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/file_error.h"

namespace daftar::storage {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr size_t kWriteBytes = size_t{256} << 10;

uint32_t RecordCrc(std::string_view lengths, std::string_view key, std::string_view value) {
  absl::crc32c_t crc = absl::ComputeCrc32c(lengths);
  crc = absl::ExtendCrc32c(crc, key);
  return static_cast<uint32_t>(absl::ExtendCrc32c(crc, value));
}

uint32_t LoadWord(const char* bytes) {
  uint32_t word = 0;
  for (size_t i = 4; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  return word;
}

void AppendWord(uint32_t word, std::string& out) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(word >> (8 * i) & 0xff));
}

}  // namespace

uint64_t KeyPrefix(std::string_view key) {
  uint64_t prefix = 0;
  std::memcpy(&prefix, key.data(), std::min(key.size(), sizeof(prefix)));
  static_assert(std::endian::native == std::endian::little);
  return __builtin_bswap64(prefix);
}

absl::StatusOr<std::unique_ptr<SpillFile>> SpillFile::Create(const std::filesystem::path& folder,
                                                             bool named) {
  std::string path = (folder / "sort-XXXXXX").string();
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return FileErrno("cannot make a spill file", folder);
  std::unique_ptr<SpillFile> spill(new SpillFile(file, path, named));
  if (!named && unlink(path.c_str()) != 0) return FileErrno("cannot unlink a spill file", path);
  return spill;
}

SpillFile::SpillFile(int file, std::filesystem::path path, bool named)
    : file_(file), path_(std::move(path)), named_(named) {}

SpillFile::~SpillFile() {
  close(file_);
  if (named_) unlink(path_.c_str());
}

absl::Status SpillFile::Append(std::string_view key, std::string_view value) {
  const size_t header = pending_.size();
  AppendWord(static_cast<uint32_t>(key.size()), pending_);
  AppendWord(static_cast<uint32_t>(value.size()), pending_);
  AppendWord(RecordCrc(std::string_view(pending_).substr(header, 8), key, value), pending_);
  pending_.append(key).append(value);
  return pending_.size() >= kWriteBytes ? Flush() : absl::OkStatus();
}

absl::Status SpillFile::Flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t count = write(file_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileErrno("cannot write a spill file", path_);
    rest.remove_prefix(static_cast<size_t>(count));
    written_ += static_cast<uint64_t>(count);
  }
  pending_.clear();
  return absl::OkStatus();
}

absl::Status SpillFile::Read(uint64_t offset, size_t bytes, char* out) const {
  DAFTAR_CHECK(pending_.empty());
  while (bytes > 0) {
    const ssize_t count = pread(file_, out, bytes, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileErrno("cannot read a spill file", path_);
    if (count == 0) return DataLoss("spill file was cut").With("path", path_.string());
    out += count;
    offset += static_cast<uint64_t>(count);
    bytes -= static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

absl::Status RunReader::Fill(size_t bytes) {
  const size_t unread = buffer_.size() - used_;
  if (unread >= bytes) return absl::OkStatus();
  const uint64_t left = end_ - next_;
  if (bytes - unread > left) return DataLoss("spill record runs over its run").With("end", end_);
  buffer_.erase(0, used_);
  used_ = 0;
  const size_t target = std::max(bytes, buffer_bytes_);
  const size_t more = static_cast<size_t>(std::min<uint64_t>(left, target - unread));
  buffer_.resize(unread + more);
  DAFTAR_RETURN_IF_ERROR(file_->Read(next_, more, buffer_.data() + unread));
  next_ += more;
  return absl::OkStatus();
}

absl::StatusOr<bool> RunReader::Next() {
  if (used_ == buffer_.size() && next_ == end_) return false;
  DAFTAR_RETURN_IF_ERROR(Fill(kHeaderBytes));
  const size_t key_bytes = LoadWord(buffer_.data() + used_);
  const size_t value_bytes = LoadWord(buffer_.data() + used_ + 4);
  DAFTAR_RETURN_IF_ERROR(Fill(kHeaderBytes + key_bytes + value_bytes));
  const std::string_view record =
      std::string_view(buffer_).substr(used_, kHeaderBytes + key_bytes + value_bytes);
  key_ = record.substr(kHeaderBytes, key_bytes);
  value_ = record.substr(kHeaderBytes + key_bytes);
  if (RecordCrc(record.substr(0, 8), key_, value_) != LoadWord(record.data() + 8)) {
    return DataLoss("spill record does not match its checksum").With("end", next_);
  }
  used_ += record.size();
  key_prefix_ = KeyPrefix(key_);
  return true;
}

}  // namespace daftar::storage
