#include "slt/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "absl/strings/escaping.h"

namespace daftar::slt {
namespace {

constexpr size_t kBlockBytes = 64;
constexpr size_t kLengthBytes = 8;
constexpr std::array<std::array<int, 4>, 4> kShifts = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

using State = std::array<uint32_t, 4>;

uint32_t WordAt(std::string_view bytes, size_t at) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) {
    word |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i])) << (8 * i);
  }
  return word;
}

// The standard's table: the fractions of sines.
uint32_t Constant(uint32_t step) {
  return static_cast<uint32_t>(std::floor(std::fabs(std::sin(step + 1.0)) * 4294967296.0));
}

void AddBlock(std::string_view block, State* state) {
  auto [a, b, c, d] = *state;
  for (uint32_t step = 0; step < 64; ++step) {
    const uint32_t round = step / 16;
    uint32_t mixed = 0;
    uint32_t word = 0;
    if (round == 0) {
      mixed = (b & c) | (~b & d);
      word = step;
    } else if (round == 1) {
      mixed = (d & b) | (~d & c);
      word = (5 * step + 1) % 16;
    } else if (round == 2) {
      mixed = b ^ c ^ d;
      word = (3 * step + 5) % 16;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * step) % 16;
    }
    const uint32_t sum = a + mixed + Constant(step) + WordAt(block, 4 * word);
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kShifts[round][step % 4]);
  }
  (*state)[0] += a;
  (*state)[1] += b;
  (*state)[2] += c;
  (*state)[3] += d;
}

void AppendLittleEndian(uint64_t value, size_t bytes, std::string* out) {
  for (size_t i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

}  // namespace

std::string Md5(std::string_view bytes) {
  std::string padded(bytes);
  padded.push_back('\x80');
  while (padded.size() % kBlockBytes != kBlockBytes - kLengthBytes) padded.push_back('\0');
  AppendLittleEndian(uint64_t{bytes.size()} * 8, kLengthBytes, &padded);
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (size_t at = 0; at < padded.size(); at += kBlockBytes) {
    AddBlock(std::string_view(padded).substr(at, kBlockBytes), &state);
  }
  std::string digest;
  for (const uint32_t word : state) AppendLittleEndian(word, 4, &digest);
  return absl::BytesToHexString(digest);
}

}  // namespace daftar::slt
