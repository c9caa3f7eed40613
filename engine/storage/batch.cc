#include "storage/store.h"

namespace daftar::storage {

void Batch::Put(std::string_view key, std::string_view value) {
  operations_.push_back({std::string(key), std::string(value)});
  bytes_ += key.size() + value.size();
}

void Batch::Delete(std::string_view key) {
  operations_.push_back({std::string(key), std::nullopt});
  bytes_ += key.size();
}

}  // namespace daftar::storage
