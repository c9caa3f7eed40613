// The two slots of the anchor file: docs/format.md section 10.
#include "storage/anchor_file.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>

#include "absl/crc/crc32c.h"
#include "storage/store.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar::testing {
namespace {

using storage::AnchorFile;
using storage::Durability;

constexpr size_t kSlotBytes = 512;

// An anchor file in a folder of its own, open to damage.
class Anchors {
 public:
  AnchorFile Open() const {
    return AnchorFile(rocksdb::FileSystem::Default(), directory_.path().string());
  }
  std::filesystem::path path() const { return directory_ / AnchorFile::kFileName; }
  std::string bytes() const { return ReadFile(path()); }

  // Writes each of `anchors` through an opening of its own.
  void Write(const std::vector<std::string>& anchors) const {
    for (const std::string& anchor : anchors) {
      REQUIRE_OK(Open().Write(anchor, Durability::kBuffered));
    }
  }
  // What an opening finds after the file was made to hold `bytes`.
  absl::StatusOr<std::optional<std::string>> ReadOf(const std::string& bytes) const {
    WriteFile(path(), bytes);
    return Open().Read();
  }

 private:
  TempDir directory_;
};

TEST_CASE("anchor file: holds the newest anchor, through openings", "[storage]") {
  const Anchors anchors;
  REQUIRE_OK_AND_ASSIGN(const auto none, anchors.Open().Read());
  CHECK(none == std::nullopt);
  for (const std::string& anchor : {std::string("first"), std::string(), std::string("\0\xff", 2),
                                    std::string(storage::kAnchorBytesMax, 'x')}) {
    CAPTURE(anchor);
    anchors.Write({anchor});
    REQUIRE_OK_AND_ASSIGN(const auto found, anchors.Open().Read());
    CHECK(found == anchor);
  }
  AnchorFile file = anchors.Open();
  for (int i = 0; i < 5; ++i) {
    REQUIRE_OK(file.Write(std::to_string(i), Durability::kBuffered));
    REQUIRE_OK_AND_ASSIGN(const auto found, file.Read());
    CHECK(found == std::to_string(i));
  }
  CHECK_THAT(file.Write(std::string(storage::kAnchorBytesMax + 1, 'x'), Durability::kSynced),
             StatusIs(absl::StatusCode::kInvalidArgument, "anchor is too long; bytes=401"));
  REQUIRE_OK_AND_ASSIGN(const auto found, file.Read());
  CHECK(found == "4");
}

TEST_CASE("anchor file: has the bytes that docs/format.md says", "[storage][format]") {
  const auto slot = [](char sequence, const std::string& anchor) {
    std::string bytes = "dftranch" + std::string(1, sequence) + std::string(7, '\0');
    bytes += std::string(1, static_cast<char>(anchor.size())) + std::string(3, '\0') + anchor;
    bytes.resize(508, '\0');
    auto crc = static_cast<uint32_t>(absl::ComputeCrc32c(bytes));
    for (int i = 0; i < 4; ++i, crc >>= 8) bytes.push_back(static_cast<char>(crc));
    return bytes;
  };
  const Anchors anchors;
  anchors.Write({"ab"});
  CHECK(anchors.bytes() == std::string(kSlotBytes, '\0') + slot(1, "ab"));
  // The checksum as a number, so that the same mistake in both is found.
  CHECK(anchors.bytes().substr(2 * kSlotBytes - 4) == "\x76\xb8\xe2\x57");
  anchors.Write({"cde"});
  CHECK(anchors.bytes() == slot(2, "cde") + slot(1, "ab"));
  anchors.Write({""});
  CHECK(anchors.bytes() == slot(2, "cde") + slot(3, ""));
}

TEST_CASE("anchor file: a torn write leaves the anchor before", "[storage][fault]") {
  const Anchors anchors;
  anchors.Write({"one", "two"});
  const std::string before = anchors.bytes();
  anchors.Write({"three"});
  const std::string after = anchors.bytes();
  for (size_t torn = 0; torn <= kSlotBytes; ++torn) {
    CAPTURE(torn);
    // Slots are written in turn: three stands where one did.
    std::string bytes = before;
    bytes.replace(kSlotBytes, torn, after, kSlotBytes, torn);
    REQUIRE_OK_AND_ASSIGN(const auto found, anchors.ReadOf(bytes));
    CHECK(found == (bytes == after ? "three" : "two"));
    // Writing goes on over the torn slot.
    anchors.Write({"four"});
    REQUIRE_OK_AND_ASSIGN(const auto next, anchors.Open().Read());
    CHECK(next == "four");
  }
}

TEST_CASE("anchor file: a flipped bit gives the same anchor or the one before",
          "[storage][fault]") {
  const Anchors anchors;
  anchors.Write({"one", "two", "three"});
  const std::string whole = anchors.bytes();
  REQUIRE(whole.size() == 2 * kSlotBytes);
  size_t older = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    CAPTURE(bit);
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE_OK_AND_ASSIGN(const auto found, anchors.ReadOf(bytes));
    REQUIRE((found == "three" || found == "two"));
    if (found == "two") ++older;
  }
  CHECK(older == kSlotBytes * 8);
}

TEST_CASE("anchor file: is damaged when no slot is whole", "[storage][fault]") {
  const auto is_damaged = StatusIs(absl::StatusCode::kDataLoss, "anchor is damaged");
  const Anchors anchors;
  anchors.Write({"one"});
  const std::string first = anchors.bytes();
  for (size_t bit = kSlotBytes * 8; bit < first.size() * 8; ++bit) {
    std::string bytes = first;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    REQUIRE_THAT(anchors.ReadOf(bytes), is_damaged);
  }
  for (size_t length = 0; length < first.size(); ++length) {
    CAPTURE(length);
    REQUIRE_THAT(anchors.ReadOf(first.substr(0, length)), is_damaged);
  }
  anchors.Write({"two"});
  std::string both = anchors.bytes();
  both[30] ^= 1;
  both[kSlotBytes + 30] ^= 1;
  CHECK_THAT(anchors.ReadOf(both), is_damaged);
  CHECK_THAT(anchors.ReadOf(std::string(2 * kSlotBytes, '\0')), is_damaged);
}

TEST_CASE("anchor file: a reader beside a writer finds whole anchors that never go back",
          "[storage]") {
  const Anchors anchors;
  anchors.Write({"0"});
  constexpr int kWrites = 3000;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    AnchorFile file = anchors.Open();
    for (int i = 1; i <= kWrites; ++i) {
      if (!file.Write(std::to_string(i), Durability::kBuffered).ok()) break;
    }
    done = true;
  });
  int newest = 0;
  std::string failure;
  while (!done && failure.empty()) {
    const auto found = anchors.Open().Read();
    if (!found.ok() || !found->has_value() || std::stoi(**found) < newest) {
      failure = found.ok() ? "went back" : found.status().ToString();
    } else {
      newest = std::stoi(**found);
    }
  }
  writer.join();
  CAPTURE(failure);
  CHECK(failure.empty());
  REQUIRE_OK_AND_ASSIGN(const auto found, anchors.Open().Read());
  CHECK(found == std::to_string(kWrites));
}

}  // namespace
}  // namespace daftar::testing
