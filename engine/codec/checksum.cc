#include "codec/checksum.h"

#include <string>

#include "absl/crc/crc32c.h"
#include "codec/fixed.h"

namespace daftar::codec {

uint32_t ChecksumOf(std::string_view key, std::string_view head, std::string_view body) {
  std::string length;
  AppendFixed(static_cast<uint32_t>(key.size()), &length);
  absl::crc32c_t crc = absl::ComputeCrc32c(length);
  crc = absl::ExtendCrc32c(crc, key);
  crc = absl::ExtendCrc32c(crc, head);
  return static_cast<uint32_t>(absl::ExtendCrc32c(crc, body));
}

}  // namespace daftar::codec
