// Bytes as hexadecimal text, for tests that show the bytes they expect.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"

namespace daftar::testing {

inline std::string Hex(std::string_view bytes) { return absl::BytesToHexString(bytes); }

// Throws when `hex` is not hexadecimal.
inline std::string Unhex(std::string_view hex) {
  std::string bytes;
  if (!absl::HexStringToBytes(hex, &bytes)) throw std::invalid_argument(std::string(hex));
  return bytes;
}

}  // namespace daftar::testing
