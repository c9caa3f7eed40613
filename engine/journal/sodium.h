// Making libsodium ready.
#pragma once

#include <string_view>

namespace daftar::journal {

// To be called before anything of libsodium is used. Thread safety: full.
void InitializeSodium();

// Bytes as libsodium takes them.
inline const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace daftar::journal
