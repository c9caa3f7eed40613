#include "storage/store.h"

#include <algorithm>
#include <iterator>

namespace daftar::storage {

void Batch::Put(std::string_view key, std::string_view value) {
  operations_.push_back({std::string(key), std::string(value)});
  bytes_ += key.size() + value.size();
}

void Batch::Delete(std::string_view key) {
  operations_.push_back({std::string(key), std::nullopt});
  bytes_ += key.size();
}

void Batch::Append(Batch other) {
  bytes_ += other.bytes_;
  std::move(other.operations_.begin(), other.operations_.end(), std::back_inserter(operations_));
}

void Batch::DropIf(size_t first, absl::FunctionRef<bool(std::string_view key)> condition) {
  const auto from = operations_.begin() + static_cast<std::ptrdiff_t>(first);
  operations_.erase(std::remove_if(from, operations_.end(),
                                   [&](const Operation& each) { return condition(each.key); }),
                    operations_.end());
}

}  // namespace daftar::storage
