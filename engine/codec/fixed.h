// Little-endian fixed-width integers in byte strings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daftar::codec {

template <typename T>
void AppendFixed(T value, std::string* out) {
  for (size_t i = 0; i < sizeof(T); ++i) {
    out->push_back(static_cast<char>(static_cast<uint64_t>(value) >> (i * 8)));
  }
}

// Requires: offset + sizeof(T) <= bytes.size().
template <typename T>
T ReadFixed(std::string_view bytes, size_t offset) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[offset + i])) << (i * 8);
  }
  return static_cast<T>(value);
}

}  // namespace daftar::codec
