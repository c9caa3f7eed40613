#include "txn/header.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "absl/crc/crc32c.h"
#include "codec/fixed.h"
#include "codec/hex.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

txn::Header Sample() {
  txn::Header header;
  header.schema = SchemaVersion(3);
  header.last_commit = CommitVersion(1234567890123);
  header.id = {0xda, 0xf7, 0xa2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  return header;
}

// Gives the first 24 bytes another format and a fitting checksum.
std::string WithFormat(uint32_t format) {
  std::string value = txn::EncodeHeader(Sample());
  std::string field;
  codec::AppendFixed(format, &field);
  value.replace(8, 4, field);
  std::string checksum;
  codec::AppendFixed(static_cast<uint32_t>(absl::ComputeCrc32c(value.substr(0, 24))), &checksum);
  return value.replace(24, 4, checksum);
}

TEST_CASE("header: gives back what it was given", "[txn][unit]") {
  REQUIRE_OK_AND_ASSIGN(const txn::Header header, txn::DecodeHeader(txn::EncodeHeader(Sample())));
  CHECK(header.format == txn::kOldestFormat);
  CHECK(header.schema == SchemaVersion(3));
  CHECK(header.last_commit == CommitVersion(1234567890123));
  CHECK(header.id == Sample().id);
}

TEST_CASE("header: format 1 decodes, without an id", "[txn][format]") {
  // The worked example of docs/format.md when there was no other format.
  const std::string value = Unhex("6461667461720d0a01000000010000002c01000000000000dd4ecd32");
  REQUIRE_OK_AND_ASSIGN(const txn::Header header, txn::DecodeHeader(value));
  CHECK(header.format == 1);
  CHECK(header.last_commit == CommitVersion(300));
  CHECK(header.id == txn::DatabaseId{});
  CHECK_THAT(txn::DecodeHeader(value + "x"),
             StatusIs(absl::StatusCode::kDataLoss, "database header is damaged"));
}

TEST_CASE("header: every prefix and every flipped bit is DataLoss", "[txn][property]") {
  std::string value = txn::EncodeHeader(Sample());
  for (size_t bytes = 0; bytes < value.size(); ++bytes) {
    CAPTURE(bytes);
    CHECK_THAT(txn::DecodeHeader(value.substr(0, bytes)),
               StatusIs(absl::StatusCode::kDataLoss, "database header is damaged"));
  }
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    CAPTURE(bit);
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
    CHECK_THAT(txn::DecodeHeader(value),
               StatusIs(absl::StatusCode::kDataLoss, "database header is damaged"));
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ (1 << (bit % 8)));
  }
  CHECK_THAT(txn::DecodeHeader(value + "x"),
             StatusIs(absl::StatusCode::kDataLoss, "database header is damaged"));
}

TEST_CASE("header: a newer format is FailedPrecondition, also when it is longer", "[txn][unit]") {
  const auto newer = StatusIs(
      absl::StatusCode::kFailedPrecondition,
      "database is of a newer format; open it with a newer Daftar; format=7; newest known=6");
  CHECK_THAT(txn::DecodeHeader(WithFormat(7)), newer);
  CHECK_THAT(txn::DecodeHeader(WithFormat(7) + "more fields"), newer);
  CHECK_THAT(txn::DecodeHeader(WithFormat(0)),
             StatusIs(absl::StatusCode::kDataLoss, "database header is damaged; format=0"));
}

}  // namespace
}  // namespace daftar::testing
