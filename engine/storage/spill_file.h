// The external sorter's file: runs of records, each
//   key bytes (4, little-endian), value bytes (4), CRC32C of these 8 bytes, key and value (4), key,
//   value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/external_sorter.h"

namespace daftar::storage {

// Written once from begin to end, then read at any place. The file goes with the object.
// Thread safety: none.
class SpillFile {
 public:
  // Makes a file in `folder`, nameless unless `named`. Errors: NotFound (folder),
  // ResourceExhausted, Unavailable.
  static absl::StatusOr<std::unique_ptr<SpillFile>> Create(const std::filesystem::path& folder,
                                                           bool named);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  // Errors: ResourceExhausted, Unavailable.
  absl::Status Append(std::string_view key, std::string_view value);
  // Writes what Append still holds back. Must precede reading. Errors: as Append.
  absl::Status Flush();
  // Bytes appended.
  uint64_t bytes() const { return written_ + pending_.size(); }
  // Fills `out` with `bytes` bytes from `offset`. Errors: DataLoss when the file is shorter,
  // Unavailable.
  absl::Status Read(uint64_t offset, size_t bytes, char* out) const;

 private:
  SpillFile(int file, std::filesystem::path path, bool named);

  const int file_;
  const std::filesystem::path path_;
  const bool named_;
  std::string pending_;
  uint64_t written_ = 0;
};

// Walks the records of one run through a buffer. Thread safety: none.
class RunReader {
 public:
  // Lifetime: `file` must outlive the reader.
  RunReader(const SpillFile& file, SpillRun run, size_t buffer_bytes)
      : file_(&file), next_(run.begin), end_(run.end), buffer_bytes_(buffer_bytes) {}

  // As SortedReader.
  [[nodiscard]] absl::StatusOr<bool> Next();
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }
  uint64_t key_prefix() const { return key_prefix_; }

 private:
  // Has `bytes` unread bytes of the run in the buffer. Errors: DataLoss when the run has less.
  absl::Status Fill(size_t bytes);

  const SpillFile* file_;
  uint64_t next_;  // Where the buffer's end lies in the file.
  uint64_t end_;
  size_t buffer_bytes_;
  std::string buffer_;
  size_t used_ = 0;
  std::string_view key_;
  std::string_view value_;
  uint64_t key_prefix_ = 0;
};

// The first 8 bytes as a number that orders as they do; missing ones count as zero.
uint64_t KeyPrefix(std::string_view key);

}  // namespace daftar::storage
