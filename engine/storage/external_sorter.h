// Sorts more (key, value) pairs than fit into memory: index builds and imports feed it.
//
// Pairs gather in an arena; when it is full they are sorted and written to one spill file as a run;
// Finish() merges the runs. One file with many runs rather than a file per run: the number of runs
// is then bounded by neither file descriptors nor merge passes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::storage {

struct SorterOptions {
  // Where the spill file is made; must exist.
  std::filesystem::path folder;
  // Bytes of pairs held before they are spilled, and bytes of read buffers while merging; at least
  // 4 KiB for each run are used, and what the largest pair needs.
  size_t memory_bytes_max = size_t{64} << 20;
  // The spill file normally has no name, so that nothing can be left behind. Tests ask for one
  // (`sort-…` in the folder, removed at destruction) in order to damage it.
  bool keep_file_named = false;
};

// The sorted pairs. Thread safety: none. Independent of the sorter that made it.
class SortedReader {
 public:
  virtual ~SortedReader() = default;
  // Moves to the next pair; false after the last one. Errors: DataLoss when the spill file has
  // changed, Unavailable, ResourceExhausted; each call after an error gives the same one.
  [[nodiscard]] virtual absl::StatusOr<bool> Next() = 0;
  // Requires: the last Next() returned true. Lifetime: until the next call.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
};

class SpillFile;

// A stretch of the spill file that holds sorted records.
struct SpillRun {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// Pairs in memory, 24 bytes beside each pair's own. Thread safety: none.
class SortArena {
 public:
  // Requires: key and value shorter than 4 GiB.
  void Add(std::string_view key, std::string_view value);
  // By key; equal keys stay in the order of their adding.
  void Sort();
  size_t size() const { return entries_.size(); }
  // Counts what is reserved, too.
  size_t memory_bytes() const;
  // Lifetime: until Clear().
  std::string_view key(size_t index) const;
  std::string_view value(size_t index) const;
  void Clear();

 private:
  struct Entry {
    uint64_t key_prefix;  // 8 bytes, big-endian: the first ones, until they are sorted.
    uint64_t place;       // Chunk number << 32 | offset: increases with each pair.
    uint32_t key_bytes;
    uint32_t value_bytes;
  };
  const char* data(const Entry& entry) const;
  // Sorts entries whose keys have the first `depth` bytes in common and go on; `key_prefix` holds
  // the 8 bytes after these.
  void SortFrom(size_t begin, size_t end, uint32_t depth);

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::vector<Entry> entries_;
  size_t chunk_bytes_ = 0;  // Of the last chunk.
  size_t chunk_used_ = 0;
  size_t chunks_bytes_ = 0;
};

// Thread safety: none. Destroyed at any moment, it leaves nothing behind.
class ExternalSorter {
 public:
  explicit ExternalSorter(SorterOptions options);
  ~ExternalSorter();
  ExternalSorter(ExternalSorter&&) noexcept;
  ExternalSorter& operator=(ExternalSorter&&) noexcept;

  // Errors: InvalidArgument when key or value have 4 GiB or more; FailedPrecondition after
  // Finish(); ResourceExhausted when the disk is full, NotFound when the folder is missing,
  // Unavailable; after these three every call fails with the same error.
  absl::Status Add(std::string_view key, std::string_view value);
  // Everything added, by key, equal keys in the order of adding. Errors: as Add; FailedPrecondition
  // when called twice.
  absl::StatusOr<std::unique_ptr<SortedReader>> Finish();
  // Runs spilled so far.
  size_t runs() const { return runs_.size(); }

 private:
  absl::Status Spill();

  SorterOptions options_;
  SortArena arena_;
  std::unique_ptr<SpillFile> file_;
  std::vector<SpillRun> runs_;
  bool finished_ = false;
  absl::Status failure_;
};

}  // namespace daftar::storage
