// The laws of the key encoding over random values of every type.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "codec/key.h"
#include "codec/random_key.h"
#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

using codec::KeyPart;

// REQUIRE costs microseconds: a plain condition decides whether it is reached.
#define REQUIRE_FAST(condition) \
  if (!(condition)) REQUIRE((condition))

std::string Encode(const KeyPart& part, const OwnedScalar& value) {
  std::string key;
  codec::AppendPart(part, ToView(value), &key);
  return key;
}

int Sign(int order) { return (order > 0) - (order < 0); }

std::string Describe(const KeyPart& part) {
  return "type " + std::to_string(static_cast<int>(part.type)) + " direction " +
         std::to_string(static_cast<int>(part.direction)) + " nulls " +
         std::to_string(static_cast<int>(part.nulls));
}

// Whether `bytes` give `value` back, by decoding and by skipping, and leave what follows.
bool ReadsBack(const KeyPart& part, const OwnedScalar& value, const std::string& bytes) {
  const std::string followed = bytes + "rest";
  std::string_view input = followed;
  const auto taken = codec::TakePart(part, &input);
  std::string_view skipped = followed;
  return taken.ok() && SameValue(*taken, value) && input == "rest" &&
         codec::SkipPart(part, &skipped).ok() && skipped == "rest";
}

TEST_CASE("key: byte order equals value order for a million pairs", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const std::vector<KeyPart> parts = AllParts();
  const size_t pairs_each = 1'000'000 / parts.size() + 1;
  for (const KeyPart& part : parts) {
    CAPTURE(Describe(part));
    for (size_t i = 0; i < pairs_each; ++i) {
      const OwnedScalar a = RandomValue(part, random);
      const OwnedScalar b = RandomValue(part, random);
      const std::string key_a = Encode(part, a);
      const std::string key_b = Encode(part, b);
      REQUIRE_FAST(Sign(key_a.compare(key_b)) == OracleOrder(part, a, b));
      REQUIRE_FAST(ReadsBack(part, a, key_a));
    }
  }
}

TEST_CASE("key: tuples order by their first difference", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const std::vector<KeyPart> all = AllParts();
  for (int i = 0; i < 50'000; ++i) {
    std::vector<KeyPart> parts;
    std::vector<OwnedScalar> a, b;
    std::string key_a, key_b;
    int order = 0;
    for (size_t n = 1 + Below(4, random); n > 0; --n) {
      const KeyPart part = all[Below(all.size(), random)];
      parts.push_back(part);
      a.push_back(RandomValue(part, random));
      // Equal beginnings are what makes a tuple interesting.
      b.push_back(Below(3, random) == 0 ? RandomValue(part, random) : a.back());
      codec::AppendPart(part, ToView(a.back()), &key_a);
      codec::AppendPart(part, ToView(b.back()), &key_b);
      if (order == 0) order = OracleOrder(part, a.back(), b.back());
    }
    REQUIRE_FAST(Sign(key_a.compare(key_b)) == order);
    std::string_view input = key_a;
    const auto values = codec::TakeTuple(parts, &input);
    REQUIRE_FAST(values.ok() && input.empty());
    REQUIRE_FAST(std::equal(values->begin(), values->end(), a.begin(), a.end(), SameValue));
  }
}

TEST_CASE("key: every prefix of a part is DataLoss", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  for (const KeyPart& part : AllParts()) {
    CAPTURE(Describe(part));
    for (int i = 0; i < 200; ++i) {
      const std::string key = Encode(part, RandomValue(part, random));
      for (size_t bytes = 0; bytes < key.size(); ++bytes) {
        std::string_view taken = std::string_view(key).substr(0, bytes);
        std::string_view skipped = taken;
        REQUIRE_FAST(absl::IsDataLoss(codec::TakePart(part, &taken).status()));
        REQUIRE_FAST(absl::IsDataLoss(codec::SkipPart(part, &skipped)));
      }
    }
  }
}

TEST_CASE("key: random bytes are DataLoss or the encoding of what they give", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  size_t decoded = 0;
  for (const KeyPart& part : AllParts()) {
    CAPTURE(Describe(part));
    for (int i = 0; i < 3000; ++i) {
      std::string bytes(Below(14, random), '\0');
      for (char& byte : bytes) {
        // Mostly bytes with a meaning, or hardly anything would decode.
        constexpr std::string_view kLikely("\x00\x01\x02\xfe\xff", 5);
        byte = (random() & 1) != 0 ? kLikely[Below(kLikely.size(), random)]
                                   : static_cast<char>(random());
      }
      std::string_view input = bytes;
      const auto value = codec::TakePart(part, &input);
      if (!value.ok()) {
        REQUIRE_FAST(absl::IsDataLoss(value.status()));
        continue;
      }
      ++decoded;
      REQUIRE_FAST(Encode(part, *value) == bytes.substr(0, bytes.size() - input.size()));
      std::string_view skipped = bytes;
      REQUIRE_FAST(codec::SkipPart(part, &skipped).ok() && skipped == input);
    }
  }
  CHECK(decoded > 10'000);
}

TEST_CASE("ordered varint: byte order equals value order, and reads back", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  std::vector<uint64_t> values = {0, 1, 247, 248, 255, 256, UINT64_MAX, UINT64_MAX - 1};
  for (int bits = 1; bits < 64; ++bits) {
    for (uint64_t near : {UINT64_MAX, uint64_t{0}, uint64_t{1}}) {
      values.push_back((uint64_t{1} << bits) + near);
    }
  }
  for (int i = 0; i < 20'000; ++i) values.push_back(random() >> Below(64, random));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::string previous;
  for (uint64_t value : values) {
    std::string bytes;
    codec::AppendOrderedVarint(value, &bytes);
    REQUIRE_FAST(previous < bytes);
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      std::string_view prefix = std::string_view(bytes).substr(0, cut);
      REQUIRE_FAST(absl::IsDataLoss(codec::TakeOrderedVarint(&prefix).status()));
    }
    const std::string followed = bytes + "x";
    std::string_view input = followed;
    const auto taken = codec::TakeOrderedVarint(&input);
    REQUIRE_FAST(taken.ok() && *taken == value && input == "x");
    previous = bytes;
  }
}

TEST_CASE("PrefixEnd: parts the keys with a prefix from all greater ones", "[codec][property]") {
  const unsigned seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  const KeyPart part{codec::KeyType::kData, codec::Direction::kAscending, codec::Nulls::kNever};
  for (int i = 0; i < 50'000; ++i) {
    const auto prefix = std::get<std::string>(RandomValue(part, random));
    const auto other = std::get<std::string>(RandomValue(part, random));
    const std::string end = codec::PrefixEnd(prefix);
    const bool inside = other >= prefix && (end.empty() || other < end);
    REQUIRE_FAST(inside == other.starts_with(prefix));
  }
}

}  // namespace
}  // namespace daftar::testing
