// What is not exactly what was written is refused, never read and never a crash.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <functional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/crc/crc32c.h"
#include "codec/fixed.h"
#include "codec/hex.h"
#include "journal/sample.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using absl::StatusCode;

// Where the head's fields are, counted from the value's first byte.
constexpr size_t kChecksumAt = 4;
constexpr size_t kBodyAt = 8;
constexpr size_t kChangeCountAt = 16;
constexpr size_t kPartCountAt = 24;
constexpr size_t kActorBytesAt = 28;
constexpr size_t kTextAt = 104;

// Part 0 and part 1 of an entry of two changes.
const WrittenEntry& Sample() {
  static const WrittenEntry entry = WriteEntry({ChangeOf("a", false), ChangeOf("b", true)}, 0);
  return entry;
}

// The value with a checksum that fits it, as docs/format.md defines it.
std::string Sealed(std::string_view key, std::string value) {
  std::string covered;
  codec::AppendFixed(static_cast<uint32_t>(key.size()), &covered);
  covered += key;
  covered += value.substr(0, kChecksumAt);
  covered += value.substr(kBodyAt);
  std::string checksum;
  codec::AppendFixed(static_cast<uint32_t>(absl::ComputeCrc32c(covered)), &checksum);
  return value.replace(kChecksumAt, checksum.size(), checksum);
}

// Decodes as what the key says it is.
absl::Status Decode(std::string_view key, std::string_view value) {
  const auto id = journal::DecodePartKey(key);
  if (!id.ok()) return id.status();
  return id->part == 0 ? journal::DecodeHead(key, value).status()
                       : journal::DecodePart(key, value).status();
}

void Flip(size_t bit, std::string* bytes) {
  (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << (bit % 8)));
}

TEST_CASE("journal: every prefix and every longer value is DataLoss", "[journal][property]") {
  const size_t part = GENERATE(size_t{0}, size_t{1});
  const auto& [key, value] = Sample().parts[part];
  const auto damaged = StatusIs(StatusCode::kDataLoss, "journal entry does not verify; cause=");
  for (size_t bytes = 0; bytes < value.size(); ++bytes) {
    CAPTURE(part, bytes);
    CHECK_THAT(Decode(key, value.substr(0, bytes)), damaged);
  }
  CHECK_THAT(Decode(key, value + std::string(1, '\0')), damaged);
}

TEST_CASE("journal: every flipped bit of value and key is DataLoss", "[journal][property]") {
  const size_t part = GENERATE(size_t{0}, size_t{1});
  auto [key, value] = Sample().parts[part];
  REQUIRE_OK(Decode(key, value));
  for (size_t bit = 0; bit < value.size() * 8; ++bit) {
    CAPTURE(part, bit);
    Flip(bit, &value);
    CHECK_THAT(Decode(key, value),
               StatusIs(StatusCode::kDataLoss,
                        "journal entry does not verify; cause=wrong checksum; key=0x06"));
    Flip(bit, &value);
  }
  for (size_t bit = 0; bit < key.size() * 8; ++bit) {
    CAPTURE(part, bit);
    Flip(bit, &key);
    CHECK_THAT(Decode(key, value),
               StatusIs(StatusCode::kDataLoss, "journal entry does not verify; cause=wrong"));
    Flip(bit, &key);
  }
}

TEST_CASE("journal: a part is not read as a head, nor a head as a part", "[journal][unit]") {
  const auto& [part_key, part] = Sample().parts[0];
  const auto& [head_key, head] = Sample().parts[1];
  CHECK_THAT(journal::DecodeHead(part_key, part),
             StatusIs(StatusCode::kDataLoss, "cause=not the key of a head"));
  CHECK_THAT(journal::DecodePart(head_key, head),
             StatusIs(StatusCode::kDataLoss, "cause=not the key of a part after the head"));
}

TEST_CASE("journal: a newer format is FailedPrecondition, damage is not", "[journal][unit]") {
  const size_t part = GENERATE(size_t{0}, size_t{1});
  const auto& [key, value] = Sample().parts[part];
  std::string newer = value;
  newer[0] = 2;
  CHECK_THAT(Decode(key, newer), StatusIs(StatusCode::kDataLoss, "wrong checksum"));
  CHECK_THAT(Decode(key, Sealed(key, newer)),
             StatusIs(StatusCode::kFailedPrecondition,
                      "journal entry is of a newer format; open it with a newer Daftar; format=2"));
  const auto reserved = GENERATE(size_t{1}, size_t{2}, size_t{3});
  std::string extended = value;
  extended[reserved] = 1;
  CHECK_THAT(Decode(key, Sealed(key, extended)),
             StatusIs(StatusCode::kFailedPrecondition, "journal entry is of a newer format"));
}

// What a forger can do: anything, with a fitting checksum.
TEST_CASE("journal: a head that contradicts itself is DataLoss", "[journal][unit]") {
  const auto [name, forge, cause] =
      GENERATE(table<const char*, std::function<void(std::string&)>, const char*>({
          {"no fields", [](std::string& v) { v.resize(kBodyAt); }, "it is cut short"},
          {"half of them", [](std::string& v) { v.resize(kTextAt - 1); }, "it is cut short"},
          {"an actor beyond the end", [](std::string& v) { v[kActorBytesAt + 3] = 1; },
           "wrong length"},
          {"a control character", [](std::string& v) { v[kTextAt] = 1; }, "wrong text"},
          {"not UTF-8", [](std::string& v) { v[kTextAt] = '\xff'; }, "wrong text"},
          {"no changes", [](std::string& v) { v[kChangeCountAt] = 0; }, "wrong count"},
          {"no parts", [](std::string& v) { v[kPartCountAt] = 0; }, "wrong count"},
          {"more parts than changes", [](std::string& v) { v[kPartCountAt] = 3; }, "wrong count"},
          {"an empty first part",
           [](std::string& v) {
             v.resize(kTextAt + std::string("registrarChange of address\nby letter1403/77").size());
           },
           "wrong count"},
      }));
  CAPTURE(name);
  auto [key, value] = Sample().parts[1];
  forge(value);
  CHECK_THAT(Decode(key, Sealed(key, value)),
             StatusIs(StatusCode::kDataLoss, std::string("cause=") + cause));
}

TEST_CASE("journal: a part without changes is DataLoss", "[journal][unit]") {
  const auto& [key, value] = Sample().parts[0];
  CHECK_THAT(Decode(key, Sealed(key, value.substr(0, kBodyAt))),
             StatusIs(StatusCode::kDataLoss, "cause=it is cut short"));
}

// Reads to the end or to the error.
absl::Status ReadChanges(std::string_view bytes) {
  journal::ChangeReader reader(bytes);
  while (true) {
    const absl::StatusOr<bool> more = reader.Next();
    if (!more.ok() || !*more) return more.status();
  }
}

TEST_CASE("journal changes: what no writer writes is DataLoss", "[journal][unit]") {
  const std::string digest(64, '0');
  const auto [name, hex, cause] = GENERATE_COPY(table<const char*, std::string, const char*>({
      {"empty key", "0000", "empty key"},
      {"length alone", "03", "it is cut short"},
      {"key cut short", "030102", "it is cut short"},
      {"no mark", "03010203", "it is cut short"},
      {"unknown mark", "0301020302", "unknown mark"},
      {"digest cut short", "0301020301" + digest.substr(2), "it is cut short"},
      {"the longest key", "ffffffffffffffffff00", "it is cut short"},
      {"the same key twice",
       "010500"
       "010500",
       "keys do not increase"},
      {"an earlier key",
       "010500"
       "010401" +
           digest,
       "keys do not increase"},
  }));
  CAPTURE(name);
  CHECK_THAT(ReadChanges(Unhex(hex)),
             StatusIs(StatusCode::kDataLoss,
                      std::string("journal change does not decode; cause=") + cause));
}

TEST_CASE("journal changes: every prefix is DataLoss or ends between two", "[journal][property]") {
  std::string bytes;
  std::vector<size_t> ends = {0};
  for (const char* name : {"a", "b", "c"}) {
    journal::AppendChange(ChangeOf(name, *name == 'b'), &bytes);
    ends.push_back(bytes.size());
  }
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    CAPTURE(cut);
    const absl::Status status = ReadChanges(std::string_view(bytes).substr(0, cut));
    const bool between = std::find(ends.begin(), ends.end(), cut) != ends.end();
    CHECK(status.code() == (between ? StatusCode::kOk : StatusCode::kDataLoss));
  }
}

TEST_CASE("journal changes: random bytes are DataLoss or what they were read as",
          "[journal][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  size_t decoded = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string bytes(random() % 12, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 4);
    journal::ChangeReader reader(bytes);
    std::string again;
    absl::StatusOr<bool> more = reader.Next();
    for (; more.ok() && *more; more = reader.Next()) {
      journal::AppendChange(reader.change(), &again);
    }
    if (more.ok()) {
      ++decoded;
      REQUIRE(again == bytes);
    } else {
      REQUIRE(absl::IsDataLoss(more.status()));
    }
  }
  CHECK(decoded > 1000);
}

}  // namespace
}  // namespace daftar::testing
