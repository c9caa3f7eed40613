#include "record/envelope.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <tuple>

#include "absl/crc/crc32c.h"
#include "codec/fixed.h"
#include "record/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using record::DecodeEnvelope;

constexpr std::string_view kKey = "\x02\x01key";
constexpr size_t kChecksumAt = 20;

std::string Stored() {
  const record::Message message = WellSample().Make("Well", R"({"district": "Pars", "hs": ["1"]})");
  return record::EncodeEnvelope(kKey, {SchemaVersion(3), CommitVersion(77), message.bytes()});
}

// The value with a checksum that fits it, as docs/format.md defines it.
std::string Sealed(std::string value) {
  std::string covered;
  codec::AppendFixed(static_cast<uint32_t>(kKey.size()), &covered);
  covered += kKey;
  covered += value.substr(0, kChecksumAt);
  covered += value.substr(record::kEnvelopeBytes);
  std::string checksum;
  codec::AppendFixed(static_cast<uint32_t>(absl::ComputeCrc32c(covered)), &checksum);
  return value.replace(kChecksumAt, checksum.size(), checksum);
}

TEST_CASE("envelope: gives back what it was given", "[record][unit]") {
  const std::string value = Stored();
  REQUIRE_OK_AND_ASSIGN(const record::Envelope envelope, DecodeEnvelope(kKey, value));
  CHECK(envelope.schema == SchemaVersion(3));
  CHECK(envelope.created == CommitVersion(77));
  CHECK(envelope.message == std::string_view(value).substr(record::kEnvelopeBytes));
  CHECK(Sealed(value) == value);
}

TEST_CASE("envelope: every prefix is DataLoss", "[record][property]") {
  const std::string value = Stored();
  for (size_t bytes = 0; bytes < value.size(); ++bytes) {
    CAPTURE(bytes);
    CHECK_THAT(DecodeEnvelope(kKey, value.substr(0, bytes)),
               StatusIs(absl::StatusCode::kDataLoss, "stored record does not verify"));
  }
  CHECK_THAT(DecodeEnvelope(kKey, value + std::string(8, '\0')),
             StatusIs(absl::StatusCode::kDataLoss, "wrong checksum"));
}

TEST_CASE("envelope: every flipped bit is DataLoss", "[record][property]") {
  std::string value = Stored();
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    CAPTURE(bit);
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
    CHECK_THAT(DecodeEnvelope(kKey, value),
               StatusIs(absl::StatusCode::kDataLoss,
                        "stored record does not verify; cause=wrong checksum; key=0x02016b6579"));
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
  }
  REQUIRE_OK(DecodeEnvelope(kKey, value));
}

TEST_CASE("envelope: a value under another key is DataLoss", "[record][unit]") {
  const char* key = GENERATE("", "\x02\x01kez", "\x02\x01ke", "\x02\x01key2", "\x02\x02key");
  CAPTURE(key);
  CHECK_THAT(DecodeEnvelope(key, Stored()),
             StatusIs(absl::StatusCode::kDataLoss, "wrong checksum"));
}

TEST_CASE("envelope: a newer format is FailedPrecondition, damage is not", "[record][unit]") {
  std::string newer = Stored();
  newer[0] = 2;
  CHECK_THAT(DecodeEnvelope(kKey, newer), StatusIs(absl::StatusCode::kDataLoss, "wrong checksum"));
  CHECK_THAT(DecodeEnvelope(kKey, Sealed(newer)),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "record is of a newer format; open it with a newer Daftar; format=2"));
  const auto reserved = GENERATE(size_t{1}, size_t{2}, size_t{3});
  std::string extended = Stored();
  extended[reserved] = 1;
  CHECK_THAT(DecodeEnvelope(kKey, Sealed(extended)),
             StatusIs(absl::StatusCode::kFailedPrecondition, "record is of a newer format"));
}

TEST_CASE("envelope: a length that does not fit is DataLoss", "[record][unit]") {
  const auto [name, extra] = GENERATE(table<const char*, std::string>(
      {{"a word more", std::string(8, '\0')}, {"half a word more", std::string(4, '\0')}}));
  CAPTURE(name);
  CHECK_THAT(DecodeEnvelope(kKey, Sealed(Stored() + extra)),
             StatusIs(absl::StatusCode::kDataLoss, "wrong length"));
}

}  // namespace
}  // namespace daftar::testing
