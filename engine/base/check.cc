#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace daftar::base_internal {

void CheckFailed(const char* file, int line, std::string_view condition, std::string_view values) {
  std::fprintf(stderr, "%s:%d: invariant broken: %.*s %.*s\n", file, line,
               static_cast<int>(condition.size()), condition.data(),
               static_cast<int>(values.size()), values.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace daftar::base_internal
