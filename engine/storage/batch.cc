#include <algorithm>

#include "storage/store.h"

namespace daftar::storage {

void Batch::Put(std::string_view key, std::string_view value) {
  places_.push_back({bytes_.size(), key.size(), value.size()});
  bytes_.append(key);
  bytes_.append(value);
}

void Batch::Delete(std::string_view key) {
  places_.push_back({bytes_.size(), key.size(), std::nullopt});
  bytes_.append(key);
}

void Batch::Append(const Batch& other) {
  places_.reserve(places_.size() + other.places_.size());
  for (Place place : other.places_) {
    place.begin += bytes_.size();
    places_.push_back(place);
  }
  bytes_.append(other.bytes_);
}

void Batch::DropIf(size_t first, absl::FunctionRef<bool(std::string_view key)> condition) {
  const auto from = places_.begin() + static_cast<std::ptrdiff_t>(first);
  places_.erase(std::remove_if(from, places_.end(),
                               [&](const Place& place) { return condition(At(place).key); }),
                places_.end());
}

Batch::Operation Batch::At(const Place& place) const {
  const std::string_view bytes = bytes_;
  Operation operation{bytes.substr(place.begin, place.key_bytes), std::nullopt};
  if (place.value_bytes.has_value()) {
    operation.value = bytes.substr(place.begin + place.key_bytes, *place.value_bytes);
  }
  return operation;
}

}  // namespace daftar::storage
