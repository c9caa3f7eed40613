#include "codec/key.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/status.h"

namespace daftar::codec {
namespace {

// Text ends with 00 01; a zero byte inside is written 00 FF, so that a shorter text sorts first.
constexpr char kEscape = '\x00';
constexpr char kTerminator = '\x01';
constexpr char kEscapedZero = '\xff';

// Markers before a part that can be null. They leave room on both sides and are never complemented.
constexpr char kNullFirstMarker = '\x00';
constexpr char kValueMarker = '\x01';
constexpr char kNullLastMarker = '\x02';

// Ordered varints: first bytes from here on say how many bytes follow.
constexpr uint64_t kVarintLongFrom = 0xf8;

size_t WidthOf(KeyType type) {
  switch (type) {
    case KeyType::kBool:
    case KeyType::kInt8:
    case KeyType::kUInt8:
      return 1;
    case KeyType::kInt16:
    case KeyType::kUInt16:
      return 2;
    case KeyType::kInt32:
    case KeyType::kUInt32:
    case KeyType::kFloat32:
      return 4;
    case KeyType::kInt64:
    case KeyType::kUInt64:
    case KeyType::kFloat64:
      return 8;
    case KeyType::kText:
    case KeyType::kData:
      return 0;
  }
  return 0;
}

bool IsSigned(KeyType type) {
  return type == KeyType::kInt8 || type == KeyType::kInt16 || type == KeyType::kInt32 ||
         type == KeyType::kInt64;
}

// How many bytes hold `value` without leading zeros.
size_t BytesOf(uint64_t value) { return (static_cast<size_t>(std::bit_width(value)) + 7) / 8; }

// Turns IEEE bits into an unsigned integer of the same order and back.
template <typename Bits>
Bits OrderFloatBits(Bits bits) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  return (bits & kSign) != 0 ? static_cast<Bits>(~bits) : static_cast<Bits>(bits | kSign);
}
template <typename Bits>
Bits RestoreFloatBits(Bits ordered) {
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  return (ordered & kSign) != 0 ? static_cast<Bits>(ordered & ~kSign) : static_cast<Bits>(~ordered);
}

double Normalized(double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::quiet_NaN();
  return value == 0 ? 0.0 : value;
}

// The fixed-width types as one unsigned integer whose order is the value's.
uint64_t ToOrderedBits(KeyType type, const Scalar& value) {
  switch (type) {
    case KeyType::kBool:
      return std::get<bool>(value) ? 1 : 0;
    case KeyType::kInt8:
    case KeyType::kInt16:
    case KeyType::kInt32:
    case KeyType::kInt64: {
      const size_t bits = WidthOf(type) * 8;
      return static_cast<uint64_t>(std::get<int64_t>(value)) ^ (uint64_t{1} << (bits - 1));
    }
    case KeyType::kFloat32:
      return OrderFloatBits(
          std::bit_cast<uint32_t>(static_cast<float>(Normalized(std::get<double>(value)))));
    case KeyType::kFloat64:
      return OrderFloatBits(std::bit_cast<uint64_t>(Normalized(std::get<double>(value))));
    default:
      return std::get<uint64_t>(value);
  }
}

absl::StatusOr<OwnedScalar> FromOrderedBits(KeyType type, uint64_t bits) {
  const size_t width_bits = WidthOf(type) * 8;
  if (type == KeyType::kBool) {
    if (bits > 1) return DataLoss("key part is not a boolean").With("byte", bits);
    return OwnedScalar(bits == 1);
  }
  if (IsSigned(type)) {
    // Undoes the flipped sign bit and extends the sign in one step.
    return OwnedScalar(static_cast<int64_t>(bits - (uint64_t{1} << (width_bits - 1))));
  }
  if (type == KeyType::kFloat32 || type == KeyType::kFloat64) {
    const double value = type == KeyType::kFloat32
                             ? std::bit_cast<float>(RestoreFloatBits(static_cast<uint32_t>(bits)))
                             : std::bit_cast<double>(RestoreFloatBits(bits));
    if (ToOrderedBits(type, value) != bits) return DataLoss("key part is not a canonical float");
    return OwnedScalar(value);
  }
  return OwnedScalar(bits);
}

void Complement(std::string* bytes, size_t from) {
  for (size_t i = from; i < bytes->size(); ++i) (*bytes)[i] = static_cast<char>(~(*bytes)[i]);
}

void AppendEscaped(std::string_view text, std::string* out) {
  for (size_t from = 0; from <= text.size();) {
    const size_t zero = text.find(kEscape, from);
    out->append(text.substr(from, zero == std::string_view::npos ? zero : zero - from));
    if (zero == std::string_view::npos) break;
    out->push_back(kEscape);
    out->push_back(kEscapedZero);
    from = zero + 1;
  }
  out->push_back(kEscape);
  out->push_back(kTerminator);
}

// Reads escaped bytes up to the terminator; `flip` undoes the complement. `out` may be null.
absl::Status TakeEscaped(char flip, std::string_view* input, std::string* out) {
  // Most text holds no zero byte: then the first one is the terminator's.
  const size_t end = input->find(static_cast<char>(kEscape ^ flip));
  if (end != std::string_view::npos && end + 1 < input->size() &&
      static_cast<char>((*input)[end + 1] ^ flip) == kTerminator) {
    if (out != nullptr) {
      out->assign(input->substr(0, end));
      if (flip != 0) {
        for (char& byte : *out) byte = static_cast<char>(byte ^ flip);
      }
    }
    input->remove_prefix(end + 2);
    return absl::OkStatus();
  }
  for (size_t i = 0; i + 1 < input->size(); ++i) {
    const char byte = static_cast<char>((*input)[i] ^ flip);
    if (byte != kEscape) {
      if (out != nullptr) out->push_back(byte);
      continue;
    }
    const char next = static_cast<char>((*input)[i + 1] ^ flip);
    if (next == kTerminator) {
      input->remove_prefix(i + 2);
      return absl::OkStatus();
    }
    if (next != kEscapedZero)
      return DataLoss("key part has a wrong escape").WithBytes("at", *input);
    if (out != nullptr) out->push_back(kEscape);
    ++i;
  }
  return DataLoss("key part has no end").WithBytes("at", *input);
}

// Takes the marker byte. True: a value follows.
absl::StatusOr<bool> TakeMarker(Nulls nulls, std::string_view* input) {
  if (nulls == Nulls::kNever) return true;
  if (input->empty()) return DataLoss("key part is missing");
  const char marker = input->front();
  input->remove_prefix(1);
  if (marker == kValueMarker) return true;
  if (marker == (nulls == Nulls::kFirst ? kNullFirstMarker : kNullLastMarker)) return false;
  return DataLoss("key part has an unknown marker").With("byte", static_cast<int>(marker));
}

}  // namespace

void AppendPart(const KeyPart& part, const Scalar& value, std::string* key) {
  if (part.nulls != Nulls::kNever) {
    if (IsNull(value)) {
      key->push_back(part.nulls == Nulls::kFirst ? kNullFirstMarker : kNullLastMarker);
      return;
    }
    key->push_back(kValueMarker);
  }
  DAFTAR_CHECK(!IsNull(value));
  const size_t start = key->size();
  const size_t width = WidthOf(part.type);
  if (width == 0) {
    AppendEscaped(std::get<std::string_view>(value), key);
  } else {
    const uint64_t bits = ToOrderedBits(part.type, value);
    for (size_t i = width; i > 0; --i) key->push_back(static_cast<char>(bits >> ((i - 1) * 8)));
  }
  if (part.direction == Direction::kDescending) Complement(key, start);
}

absl::StatusOr<OwnedScalar> TakePart(const KeyPart& part, std::string_view* input) {
  OwnedScalar value;
  DAFTAR_RETURN_IF_ERROR(TakePart(part, input, &value));
  return value;
}

absl::Status TakePart(const KeyPart& part, std::string_view* input, OwnedScalar* value) {
  DAFTAR_ASSIGN_OR_RETURN(const bool present, TakeMarker(part.nulls, input));
  if (!present) {
    *value = OwnedScalar();
    return absl::OkStatus();
  }
  const bool descending = part.direction == Direction::kDescending;
  const char flip = descending ? '\xff' : '\x00';
  const size_t width = WidthOf(part.type);
  if (width == 0) {
    if (!std::holds_alternative<std::string>(*value)) *value = std::string();
    std::string& text = std::get<std::string>(*value);
    text.clear();
    return TakeEscaped(flip, input, &text);
  }
  if (input->size() < width) return DataLoss("key part is cut short").WithBytes("at", *input);
  uint64_t bits = 0;
  for (size_t i = 0; i < width; ++i) {
    bits = bits << 8 | static_cast<uint8_t>((*input)[i] ^ flip);
  }
  input->remove_prefix(width);
  DAFTAR_ASSIGN_OR_RETURN(*value, FromOrderedBits(part.type, bits));
  return absl::OkStatus();
}

absl::Status SkipPart(const KeyPart& part, std::string_view* input) {
  DAFTAR_ASSIGN_OR_RETURN(const bool present, TakeMarker(part.nulls, input));
  if (!present) return absl::OkStatus();
  const size_t width = WidthOf(part.type);
  if (width == 0) {
    const char flip = part.direction == Direction::kDescending ? '\xff' : '\x00';
    return TakeEscaped(flip, input, nullptr);
  }
  if (input->size() < width) return DataLoss("key part is cut short").WithBytes("at", *input);
  input->remove_prefix(width);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OwnedScalar>> TakeTuple(const std::vector<KeyPart>& parts,
                                                   std::string_view* input) {
  std::vector<OwnedScalar> values;
  values.reserve(parts.size());
  for (const KeyPart& part : parts) {
    DAFTAR_ASSIGN_OR_RETURN(OwnedScalar value, TakePart(part, input));
    values.push_back(std::move(value));
  }
  return values;
}

void AppendOrderedVarint(uint64_t value, std::string* out) {
  if (value < kVarintLongFrom) {
    out->push_back(static_cast<char>(value));
    return;
  }
  const size_t bytes = BytesOf(value);
  out->push_back(static_cast<char>(kVarintLongFrom + bytes - 1));
  for (size_t i = bytes; i > 0; --i) out->push_back(static_cast<char>(value >> ((i - 1) * 8)));
}

absl::StatusOr<uint64_t> TakeOrderedVarint(std::string_view* input) {
  if (input->empty()) return DataLoss("number is missing");
  const uint64_t first = static_cast<uint8_t>(input->front());
  input->remove_prefix(1);
  if (first < kVarintLongFrom) return first;
  const size_t bytes = static_cast<size_t>(first - kVarintLongFrom) + 1;
  if (input->size() < bytes) return DataLoss("number is cut short");
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<uint8_t>((*input)[i]);
  input->remove_prefix(bytes);
  if (value < kVarintLongFrom || BytesOf(value) != bytes) {
    return DataLoss("number is not in its shortest form").With("value", value);
  }
  return value;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace daftar::codec
