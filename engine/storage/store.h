// The ordered key-value store under the engine. Every backend passes
// tests/storage/conformance_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::storage {

// Whether an acknowledged write survives power loss (kSynced) or only the end of the process.
enum class Durability { kSynced, kBuffered };

// An ordered list of puts and deletes that is applied as one. Later operations on a key win.
// Value type; owns its bytes.
class Batch {
 public:
  struct Operation {
    std::string key;
    std::optional<std::string> value;  // absent: delete
  };

  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  const std::vector<Operation>& operations() const { return operations_; }
  bool empty() const { return operations_.empty(); }
  // Bytes of keys and values held.
  size_t bytes() const { return bytes_; }

 private:
  std::vector<Operation> operations_;
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
};

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
  virtual absl::StatusOr<StoreStats> Stats() const = 0;
};

}  // namespace daftar::storage
