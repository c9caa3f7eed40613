// The value of a record in stores of bytes: each field behind its length.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "bench/ycsb/store.h"

namespace daftar::bench::ycsb {

inline void AppendField(std::string_view field, std::string* value) {
  const auto length = static_cast<uint32_t>(field.size());
  value->append(reinterpret_cast<const char*>(&length), sizeof length).append(field);
}

inline std::string_view TakeField(std::string_view* value) {
  uint32_t length = 0;
  std::memcpy(&length, value->data(), sizeof length);
  const std::string_view field = value->substr(sizeof length, length);
  value->remove_prefix(sizeof length + length);
  return field;
}

inline std::string Encode(const Fields& fields) {
  std::string value;
  for (const std::string& field : fields) AppendField(field, &value);
  return value;
}

inline std::string WithField(std::string_view value, size_t index, std::string_view field) {
  std::string changed;
  changed.reserve(value.size() + field.size());
  for (size_t i = 0; i < kFields; ++i) {
    const std::string_view old = TakeField(&value);
    AppendField(i == index ? field : old, &changed);
  }
  return changed;
}

inline void AddRecord(std::string_view value, Digest* digest) {
  for (size_t i = 0; i < kFields; ++i) AddField(TakeField(&value), digest);
  digest->EndRow();
}

}  // namespace daftar::bench::ycsb
