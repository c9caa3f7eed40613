// Making libsodium ready.
#pragma once

namespace daftar::journal {

// To be called before anything of libsodium is used. Thread safety: full.
void InitializeSodium();

}  // namespace daftar::journal
