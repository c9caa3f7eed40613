#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "base/status.h"

namespace daftar {

absl::Status FillRandom(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return Unavailable("the system gives no random bytes").With("cause", std::strerror(errno));
    }
    bytes = bytes.subspan(static_cast<size_t>(got));
  }
  return absl::OkStatus();
}

}  // namespace daftar
