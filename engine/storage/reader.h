// One state to read from: of a store, with changes laid over it, or as of an earlier moment.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/store.h"

namespace daftar::storage {

struct ScanOptions {
  bool reverse = false;
  bool fill_cache = true;
};

struct GetOptions {
  // Whether the values will likely be read again.
  bool keep_values = true;
};

// Gives the same answers for as long as it lives. Lifetime: must end before its store, and its
// iterators before it. Thread safety: may be read from many threads.
class Reader {
 public:
  virtual ~Reader() = default;
  // The value at `key`, or nothing. Errors: DataLoss, Unavailable; those that a reader adds.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;
  // The values at `keys`, in their order. Errors: as Get.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys, const GetOptions& options) const = 0;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string_view>& keys) const {
    return MultiGet(keys, GetOptions());
  }
  virtual std::unique_ptr<Iterator> NewIterator(const KeyRange& range,
                                                const ScanOptions& options) const = 0;
};

// The state of `store` at this moment.
std::shared_ptr<const Reader> NewSnapshotReader(const Store& store);

// What `store` holds at each call: for a store that nobody changes meanwhile, or whose changes the
// caller can tell apart.
std::shared_ptr<const Reader> NewLiveReader(const Store& store);

}  // namespace daftar::storage
