// The blocks of SHA-256 by the processor's own instructions, where it has them: several times
// faster than libsodium, which has none.
#pragma once

#include <cstddef>
#include <cstdint>

namespace daftar::journal {

inline constexpr size_t kShaBlockBytes = 64;

// Whether this processor has them.
bool HasShaInstructions();

// Continues `state`, the eight words of FIPS 180-4, by `blocks` whole blocks of `data`.
// Requires: HasShaInstructions().
void HashBlocks(const uint8_t* data, size_t blocks, uint32_t* state);

}  // namespace daftar::journal
