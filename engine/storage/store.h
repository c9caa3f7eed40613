// The ordered key-value store under the engine. Every backend passes
// tests/storage/conformance_test.cc.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::storage {

// Whether an acknowledged write survives power loss (kSynced) or only the end of the process.
enum class Durability { kSynced, kBuffered };

// An ordered list of puts and deletes that is applied as one. Later operations on a key win.
// Owns its bytes, already in the form that RocksDB writes to its log: what a commit changes is
// copied once. Thread safety: none.
class Batch {
 public:
  // Lifetime: during the visit.
  struct Operation {
    std::string_view key;
    std::optional<std::string_view> value;  // absent: delete
  };

  Batch();
  ~Batch();
  // What was moved away is empty.
  Batch(Batch&& other) noexcept;
  Batch& operator=(Batch&& other) noexcept;

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  // Puts the value, or deletes the key when there is none.
  void Set(std::string_view key, std::optional<std::string_view> value);
  // Appends the operations of `other`.
  void Append(const Batch& other);
  // Makes room for so many operations more, whose keys and values have so many bytes.
  void Reserve(size_t operations, size_t bytes);
  // Leaves out the operations from number `first` on whose key meets `condition`; for planting
  // faults.
  void DropIf(size_t first, absl::FunctionRef<bool(std::string_view key)> condition);
  // In order.
  void ForEach(absl::FunctionRef<void(const Operation& operation)> visit) const;
  size_t size() const;
  bool empty() const { return size() == 0; }
  // Bytes of keys and values held.
  size_t bytes() const { return bytes_; }

 private:
  friend class RocksStore;
  class Log;

  Log& log() const;

  mutable std::unique_ptr<Log> log_;  // null: empty
  size_t bytes_ = 0;
};

// A frozen state of the store. Lifetime: must be destroyed before its store.
// Thread safety: may be read from many threads.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

// The half-open range of keys [lower, upper); an empty `upper` means "to the end".
struct KeyRange {
  std::string lower;
  std::string upper;
};

// Walks a range in key order, forwards or backwards. After creation it stands before the first
// entry of its direction. Lifetime: must be destroyed before its store. Thread safety: none.
class Iterator {
 public:
  virtual ~Iterator() = default;
  // Moves to the next entry; false at the end of the range. Errors: DataLoss, Unavailable; the
  // iterator is unusable afterwards.
  [[nodiscard]] virtual absl::StatusOr<bool> Next() = 0;
  // Moves so that the following Next() gives the first entry at or after `key` (at or before it
  // when walking backwards), never outside the range.
  virtual void Seek(std::string_view key) = 0;
  // The current entry. Requires: the last Next() returned true. Lifetime: until the next call.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
};

struct ReadOptions {
  const Snapshot* snapshot = nullptr;  // null: the state at the call
  bool fill_cache = true;
  bool keep_values = true;  // the single values beside the blocks that they are in
};

struct IterateOptions {
  const Snapshot* snapshot = nullptr;
  bool reverse = false;
  bool fill_cache = true;
};

// Takes entries in strictly increasing key order and applies them all at once at Finish(), holding
// little memory however many there are. Destroyed unfinished, it leaves nothing behind.
// Lifetime: must be destroyed before its store. Thread safety: none.
class BulkWriter {
 public:
  virtual ~BulkWriter() = default;
  // Errors: InvalidArgument when `key` is not greater than the one before, the entry is then left
  // out; FailedPrecondition after Finish(). After any other error Finish() fails with it and
  // applies nothing.
  virtual absl::Status Put(std::string_view key, std::string_view value) = 0;
  virtual absl::Status Delete(std::string_view key) = 0;
  // Makes every entry visible in one step and durable (synced), and with them all earlier writes of
  // the store. Errors: FailedPrecondition when called twice or the store refuses writes. After
  // another error the store refuses writes, as after a failed Write.
  virtual absl::Status Finish() = 0;
  // A writer for spaces of keys (their first bytes) that this one gets no keys of, nor any other
  // part. Its Put and Delete may be called while another thread uses this writer; NewPart and the
  // part's Finish, which only adds what the part holds to this writer, may not. A part that is not
  // finished adds nothing. Lifetime: must be destroyed before this writer. Errors:
  // FailedPrecondition when this is a part itself. Finish: Internal when keys overlap.
  virtual absl::StatusOr<std::unique_ptr<BulkWriter>> NewPart() = 0;
};

// The longest anchor of a store.
inline constexpr size_t kAnchorBytesMax = 400;

// Bytes in use: of files, and of caches and unwritten data.
struct StoreStats {
  uint64_t disk_bytes = 0;
  uint64_t memory_bytes = 0;
};

// Thread safety: all methods may be called from many threads.
class Store {
 public:
  virtual ~Store() = default;

  // The value at `key`, or nothing. Errors: DataLoss, Unavailable.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key,
                                                         const ReadOptions& options) const = 0;
  // The values at `keys`, in their order. Errors: as Get.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const ReadOptions& options) const = 0;
  virtual std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                                const IterateOptions& options) const = 0;
  // Null when the store cannot freeze a state: one that follows another process.
  virtual std::unique_ptr<Snapshot> NewSnapshot() const = 0;

  // Applies `batch` in whole or not at all. Errors: InvalidArgument (key or value of 4 GiB or more)
  // and FailedPrecondition (open for reading only, or refusing writes) attempt nothing. After any
  // other error, whether the batch was applied is unknown, and the store refuses Write, Sync and
  // bulk writers with FailedPrecondition until it is opened again: a failed write or sync is never
  // retried in place.
  virtual absl::Status Write(const Batch& batch, Durability durability) = 0;
  virtual absl::StatusOr<std::unique_ptr<BulkWriter>> NewBulkWriter() = 0;
  // Makes buffered writes durable. Errors: as Write.
  virtual absl::Status Sync() = 0;

  // The anchor: a few bytes kept beside the ordered data, by other means, from which the layer
  // above sees whether the data it finds is as new as it must be. WriteAnchor replaces it, at once
  // for whoever reads it and, with `synced`, also for what comes after a power loss; without, what
  // is found then is this anchor or an earlier one. Errors: as Write; at most kAnchorBytesMax.
  virtual absl::Status WriteAnchor(std::string_view anchor, Durability durability) = 0;
  // The newest anchor, or nothing when none was ever written. Errors: DataLoss when it is damaged,
  // Unavailable.
  virtual absl::StatusOr<std::optional<std::string>> ReadAnchor() const = 0;

  // How many of the newest writes are in the log only, where a reader beside a writer found them.
  // What such a reader found in files and what it found in the log may be of different moments: the
  // layer above must look whether they meet.
  virtual absl::StatusOr<uint64_t> UnflushedWrites() const = 0;
  // For a store that another process writes: takes in what was written since it was opened or since
  // the last call. It then changes for readers that have no snapshot. Errors: FailedPrecondition
  // when the store is not of that kind; DataLoss, Unavailable.
  virtual absl::Status CatchUp() = 0;
  // Merges the files that hold `range`, so that nothing that was overwritten or deleted is left to
  // step over. Ends early when `*stop` becomes true. Changes no answer. Errors: as Write.
  virtual absl::Status Compact(const KeyRange& range, std::atomic<bool>* stop) = 0;
  // About how many bytes the range takes, in files and in memory. Errors: Unavailable.
  virtual absl::StatusOr<uint64_t> ApproximateBytes(const KeyRange& range) const = 0;
  virtual absl::StatusOr<StoreStats> Stats() const = 0;
};

}  // namespace daftar::storage
