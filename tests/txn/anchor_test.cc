// The bytes of an anchor; what opening a database does with it is in core_anchor_test.cc.
#include "txn/anchor.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

txn::Anchor Sample() {
  txn::Anchor anchor;
  for (size_t i = 0; i < anchor.id.size(); ++i) anchor.id[i] = static_cast<uint8_t>(i + 1);
  anchor.version = CommitVersion(300);
  anchor.time = -5;
  anchor.entry = journal::HashOf("an entry");
  return anchor;
}

bool Same(const txn::Anchor& a, const txn::Anchor& b) {
  return a.id == b.id && a.version == b.version && a.time == b.time && a.entry == b.entry;
}

TEST_CASE("anchor: decodes to what was encoded", "[txn]") {
  for (const txn::Anchor& anchor : {Sample(), txn::Anchor()}) {
    const std::string bytes = txn::EncodeAnchor(anchor);
    CHECK(bytes.size() == 65);
    REQUIRE_OK_AND_ASSIGN(const txn::Anchor decoded, txn::DecodeAnchor(bytes));
    CHECK(Same(decoded, anchor));
  }
}

TEST_CASE("anchor: every other length is damage", "[txn][fault]") {
  const std::string bytes = txn::EncodeAnchor(Sample());
  const auto is_damaged = StatusIs(absl::StatusCode::kDataLoss, "anchor is damaged; bytes=");
  for (size_t length = 0; length < bytes.size(); ++length) {
    CAPTURE(length);
    CHECK_THAT(txn::DecodeAnchor(bytes.substr(0, length)), is_damaged);
  }
  CHECK_THAT(txn::DecodeAnchor(bytes + '\0'), is_damaged);
}

// The file that keeps it has the checksum: here every bit must only count, so that none is ignored.
TEST_CASE("anchor: every flipped bit gives another anchor or is refused", "[txn][fault]") {
  const std::string bytes = txn::EncodeAnchor(Sample());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    CAPTURE(bit);
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const auto decoded = txn::DecodeAnchor(flipped);
    if (bit == 0) {  // Format 0 never was.
      CHECK_THAT(decoded, StatusIs(absl::StatusCode::kDataLoss, "anchor is damaged"));
    } else if (bit < 8) {
      CHECK_THAT(decoded, StatusIs(absl::StatusCode::kFailedPrecondition,
                                   "anchor is of a newer format; open it with a newer Daftar"));
    } else {
      REQUIRE_OK(decoded);
      CHECK(!Same(*decoded, Sample()));
    }
  }
}

}  // namespace
}  // namespace daftar::testing
