// Bytes in 8-byte aligned memory, as Cap'n Proto's readers demand them.
#pragma once

#include <capnp/common.h>
#include <kj/array.h>

#include <cstring>
#include <string_view>

namespace daftar::record {

// A copy of `bytes` as words. Requires: bytes.size() is a multiple of 8.
inline kj::Array<capnp::word> CopyToWords(std::string_view bytes) {
  auto words = kj::heapArray<capnp::word>(bytes.size() / sizeof(capnp::word));
  if (!bytes.empty()) std::memcpy(words.begin(), bytes.data(), bytes.size());
  return words;
}

inline std::string_view BytesOf(kj::ArrayPtr<const capnp::word> words) {
  return {reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(capnp::word)};
}

}  // namespace daftar::record
