#include "base/status.h"

#include <algorithm>

#include "absl/strings/escaping.h"

namespace daftar {

Error&& Error::WithBytes(std::string_view name, std::string_view bytes) && {
  constexpr size_t kShownMax = 64;
  absl::StrAppend(&message_, "; ", name, "=0x", absl::BytesToHexString(bytes.substr(0, kShownMax)),
                  bytes.size() > kShownMax ? "…" : "");
  return std::move(*this);
}

}  // namespace daftar
