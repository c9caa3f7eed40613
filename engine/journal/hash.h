// SHA-256, the one hash of the journal: of records, of changes and of whole entries.
#pragma once

#include <sodium/crypto_hash_sha256.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace daftar::journal {

// All zero stands for "there is none": the hash before the first entry, the digest of a deletion.
using Hash = std::array<uint8_t, 32>;

// Hashes bytes that come piece by piece. Copies continue on their own.
class Sha256 {
 public:
  Sha256();
  void Update(std::string_view bytes);
  // Requires: called once, and no Update afterwards.
  Hash Finish();

 private:
  crypto_hash_sha256_state state_;
};

// The hash of `bytes` alone. A record's digest is that of its canonical message.
Hash HashOf(std::string_view bytes);

// The 32 bytes. Lifetime: those of `hash`.
std::string_view BytesOf(const Hash& hash);

}  // namespace daftar::journal
