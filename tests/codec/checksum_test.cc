// The checksum is CRC-32C, by whatever way this machine computes it.

#include "codec/checksum.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "absl/crc/crc32c.h"
#include "codec/fixed.h"
#include "codec/random_key.h"

namespace daftar::testing {
namespace {

TEST_CASE("checksum: known values", "[codec][unit]") {
  // Of four zero bytes, the length of an empty key; of 1 0 0 0 and "a".
  CHECK(codec::ChecksumOf("", "", "") == 0x48674bc7);
  CHECK(codec::ChecksumOf("", "", std::string(28, '\0')) == 0x8a9136aa);
}

TEST_CASE("checksum: is CRC-32C of lengths and bytes of any size", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::string parts[3];
    for (std::string& part : parts) {
      part.resize(Below(80, random));
      for (char& byte : part) byte = static_cast<char>(Below(256, random));
    }
    std::string all;
    codec::AppendFixed(static_cast<uint32_t>(parts[0].size()), &all);
    all += parts[0] + parts[1] + parts[2];
    const auto expected = static_cast<uint32_t>(absl::ComputeCrc32c(all));
    if (codec::ChecksumOf(parts[0], parts[1], parts[2]) != expected) {
      REQUIRE(codec::ChecksumOf(parts[0], parts[1], parts[2]) == expected);
    }
  }
}

}  // namespace
}  // namespace daftar::testing
