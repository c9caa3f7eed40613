#include "journal/keyed_hash.h"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include "base/check.h"
#include "journal/sodium.h"

namespace daftar::journal {
std::string KeyedHash(std::string_view key, std::string_view bytes, size_t hash_bytes) {
  InitializeSodium();
  std::string hash(hash_bytes, '\0');
  const int failed = crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                                        Unsigned(bytes), bytes.size(), Unsigned(key), key.size());
  DAFTAR_CHECK_EQ(failed, 0);
  return hash;
}

bool SameHash(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace daftar::journal
