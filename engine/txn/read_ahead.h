// Records that are changed one after the other, read several at once.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/reader.h"

namespace daftar::txn {

// Who says which keys come next has them read along, the more of them the longer that proves true.
// What was read last is kept, at most about kBytesMax of it. Thread safety: none.
class ReadAhead {
 public:
  static constexpr size_t kBytesMax = size_t{256} << 10;

  explicit ReadAhead(std::shared_ptr<const storage::Reader> reader) : reader_(std::move(reader)) {}

  // The value at `key`, which is kept until another is read. `next`: keys that will likely be read
  // after it, in this order. Errors: DataLoss, Unavailable.
  absl::StatusOr<std::optional<std::string>> Read(std::string_view key,
                                                  std::span<const std::string> next);

 private:
  struct Held {
    std::string key;
    std::optional<std::string> value;
  };

  absl::Status Fill(std::string_view key, std::span<const std::string> next);

  const std::shared_ptr<const storage::Reader> reader_;
  std::vector<Held> held_;
  size_t place_ = 0;  // of the key that was read last
  size_t ahead_ = 0;  // how many to read along
};

}  // namespace daftar::txn
