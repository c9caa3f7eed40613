#include "journal/hash.h"

#include <algorithm>
#include <cstring>

#include "journal/sha_blocks.h"
#include "journal/sodium.h"

namespace daftar::journal {
namespace {

static_assert(sizeof(Hash) == crypto_hash_sha256_BYTES);
static_assert(sizeof(crypto_hash_sha256_state::buf) == kShaBlockBytes);

// What libsodium's functions of these names do to its state, whose form is part of its interface:
// the words, how many bits there were, and the bytes of the last block that is not full.
void UpdateByInstructions(std::string_view bytes, crypto_hash_sha256_state* state) {
  size_t held = state->count / 8 % kShaBlockBytes;
  state->count += uint64_t{bytes.size()} * 8;
  if (held > 0) {
    const size_t taken = std::min(bytes.size(), kShaBlockBytes - held);
    std::memcpy(state->buf + held, bytes.data(), taken);
    bytes.remove_prefix(taken);
    held += taken;
    if (held < kShaBlockBytes) return;
    HashBlocks(state->buf, 1, state->state);
  }
  HashBlocks(Unsigned(bytes), bytes.size() / kShaBlockBytes, state->state);
  bytes.remove_prefix(bytes.size() - bytes.size() % kShaBlockBytes);
  if (!bytes.empty()) std::memcpy(state->buf, bytes.data(), bytes.size());
}

void StoreBigEndian(uint64_t value, size_t bytes, uint8_t* out) {
  for (size_t i = 0; i < bytes; ++i) out[i] = static_cast<uint8_t>(value >> (bytes - 1 - i) * 8);
}

Hash FinishByInstructions(crypto_hash_sha256_state* state) {
  constexpr size_t kLengthBytes = 8;
  const uint64_t bits = state->count;
  // A one and zeros up to where the length ends the last block.
  uint8_t end[2 * kShaBlockBytes] = {0x80};
  const size_t held = bits / 8 % kShaBlockBytes;
  const size_t room = (held < kShaBlockBytes - kLengthBytes ? 1 : 2) * kShaBlockBytes - held;
  StoreBigEndian(bits, kLengthBytes, end + room - kLengthBytes);
  UpdateByInstructions({reinterpret_cast<const char*>(end), room}, state);
  Hash hash;
  for (size_t i = 0; i < 8; ++i) StoreBigEndian(state->state[i], 4, hash.data() + i * 4);
  return hash;
}

}  // namespace

Sha256::Sha256() {
  InitializeSodium();
  crypto_hash_sha256_init(&state_);
}

void Sha256::Update(std::string_view bytes) {
  if (HasShaInstructions()) return UpdateByInstructions(bytes, &state_);
  crypto_hash_sha256_update(&state_, Unsigned(bytes), bytes.size());
}

Hash Sha256::Finish() {
  if (HasShaInstructions()) return FinishByInstructions(&state_);
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
