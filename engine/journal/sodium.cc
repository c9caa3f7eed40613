#include "journal/sodium.h"

#include <sodium/core.h>

#include "base/check.h"

namespace daftar::journal {

void InitializeSodium() {
  static const bool ready = sodium_init() >= 0;
  DAFTAR_CHECK(ready);
}

}  // namespace daftar::journal
