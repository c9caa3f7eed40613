#include "journal/hash.h"

#include "journal/sodium.h"

namespace daftar::journal {
namespace {

static_assert(sizeof(Hash) == crypto_hash_sha256_BYTES);

}  // namespace

Sha256::Sha256() {
  InitializeSodium();
  crypto_hash_sha256_init(&state_);
}

void Sha256::Update(std::string_view bytes) {
  crypto_hash_sha256_update(&state_, Unsigned(bytes), bytes.size());
}

Hash Sha256::Finish() {
  Hash hash;
  crypto_hash_sha256_final(&state_, hash.data());
  return hash;
}

Hash HashOf(std::string_view bytes) {
  Sha256 sha;
  sha.Update(bytes);
  return sha.Finish();
}

std::string_view BytesOf(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace daftar::journal
