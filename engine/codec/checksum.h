// The checksum of what is stored under a key.
#pragma once

#include <cstdint>
#include <string_view>

namespace daftar::codec {

// CRC-32C over the key's length and bytes, what stands before the checksum, and what stands after
// it: a value under another key does not verify. docs/format.md sections 4, 8 and 16.
uint32_t ChecksumOf(std::string_view key, std::string_view head, std::string_view body);

}  // namespace daftar::codec
