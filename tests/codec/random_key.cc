#include "codec/random_key.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace daftar::testing {
namespace {

using codec::KeyPart;
using codec::KeyType;

int BitsOf(KeyType type) {
  switch (type) {
    case KeyType::kInt8:
    case KeyType::kUInt8:
      return 8;
    case KeyType::kInt16:
    case KeyType::kUInt16:
      return 16;
    case KeyType::kInt32:
    case KeyType::kUInt32:
      return 32;
    default:
      return 64;
  }
}

// Of any magnitude: as many small numbers as large ones.
uint64_t RandomBits(int bits, Random& random) {
  const size_t kept = Below(static_cast<size_t>(bits) + 1, random);
  return kept == 0 ? 0 : random() >> (64 - kept);
}

int64_t RandomSigned(int bits, Random& random) {
  const uint64_t magnitude = RandomBits(bits - 1, random);
  // ~m is -m - 1, so that the smallest number comes up, too.
  return static_cast<int64_t>((random() & 1) != 0 ? magnitude : ~magnitude);
}

double RandomFloat(bool narrow, Random& random) {
  using Limits = std::numeric_limits<double>;
  using FloatLimits = std::numeric_limits<float>;
  switch (Below(4, random)) {
    case 0: {
      const std::array<double, 9> edges = {
          0.0,
          -0.0,
          1.0,
          -1.0,
          Limits::infinity(),
          -Limits::infinity(),
          Limits::quiet_NaN(),
          narrow ? double{FloatLimits::denorm_min()} : Limits::denorm_min(),
          narrow ? double{FloatLimits::lowest()} : Limits::lowest()};
      return edges[Below(edges.size(), random)];
    }
    case 1:
      return static_cast<double>(RandomSigned(10, random)) / 4;
    default:
      return narrow ? double{std::bit_cast<float>(static_cast<uint32_t>(random()))}
                    : std::bit_cast<double>(random());
  }
}

// Short, of bytes that the encoding treats specially and their neighbours, so that beginnings meet.
std::string RandomBytes(Random& random) {
  constexpr std::array<char, 7> kBytes = {'\x00', '\x01', '\x02', 'a', 'b', '\xfe', '\xff'};
  std::string bytes(Below(6, random), '\0');
  for (char& byte : bytes) byte = kBytes[Below(kBytes.size(), random)];
  return bytes;
}

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int OrderOfValues(const OwnedScalar& a, const OwnedScalar& b) {
  if (const auto* x = std::get_if<double>(&a)) {
    const double y = std::get<double>(b);
    if (std::isnan(*x) || std::isnan(y)) return Order(std::isnan(*x), std::isnan(y));
    return Order(*x, y);
  }
  if (const auto* x = std::get_if<int64_t>(&a)) return Order(*x, std::get<int64_t>(b));
  if (const auto* x = std::get_if<uint64_t>(&a)) return Order(*x, std::get<uint64_t>(b));
  if (const auto* x = std::get_if<bool>(&a)) return Order(*x, std::get<bool>(b));
  if (const auto* x = std::get_if<std::string>(&a)) return Order(*x, std::get<std::string>(b));
  throw std::logic_error("nulls have no order of their own");
}

}  // namespace

std::vector<KeyPart> AllParts() {
  std::vector<KeyPart> parts;
  for (int type = static_cast<int>(KeyType::kBool); type <= static_cast<int>(KeyType::kData);
       ++type) {
    for (auto direction : {codec::Direction::kAscending, codec::Direction::kDescending}) {
      for (auto nulls : {codec::Nulls::kNever, codec::Nulls::kFirst, codec::Nulls::kLast}) {
        parts.push_back({static_cast<KeyType>(type), direction, nulls});
      }
    }
  }
  return parts;
}

OwnedScalar RandomValue(const KeyPart& part, Random& random) {
  if (part.nulls != codec::Nulls::kNever && Below(8, random) == 0) return OwnedScalar();
  switch (part.type) {
    case KeyType::kBool:
      return (random() & 1) != 0;
    case KeyType::kInt8:
    case KeyType::kInt16:
    case KeyType::kInt32:
    case KeyType::kInt64:
      return RandomSigned(BitsOf(part.type), random);
    case KeyType::kFloat32:
    case KeyType::kFloat64:
      return RandomFloat(part.type == KeyType::kFloat32, random);
    case KeyType::kText:
    case KeyType::kData:
      return RandomBytes(random);
    default:
      return RandomBits(BitsOf(part.type), random);
  }
}

bool SameValue(const OwnedScalar& a, const OwnedScalar& b) {
  if (a.index() != b.index()) return false;
  return IsNull(a) || OrderOfValues(a, b) == 0;
}

int OracleOrder(const KeyPart& part, const OwnedScalar& a, const OwnedScalar& b) {
  if (IsNull(a) || IsNull(b)) {
    const int nulls_last = Order(IsNull(a), IsNull(b));
    return part.nulls == codec::Nulls::kFirst ? -nulls_last : nulls_last;
  }
  const int order = OrderOfValues(a, b);
  return part.direction == codec::Direction::kDescending ? -order : order;
}

}  // namespace daftar::testing
