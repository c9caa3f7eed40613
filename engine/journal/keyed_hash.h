// BLAKE2b, with a key or without: for what is handed out and must come back unchanged. What is
// stored is hashed by hash.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace daftar::journal {

// Requires: `hash_bytes` is 16 to 64; the key is empty or has 16 to 64 bytes.
std::string KeyedHash(std::string_view key, std::string_view bytes, size_t hash_bytes);

// Whether two hashes are equal, in a time that does not tell where they differ.
bool SameHash(std::string_view a, std::string_view b);

}  // namespace daftar::journal
