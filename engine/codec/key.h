// Order-preserving encoding of tuples: comparing two encoded keys byte by byte gives the order of
// the values. docs/format.md section 3 is the grammar, with worked bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/scalar.h"

namespace daftar::codec {

// The bytes of a key of the store. Compares as the store orders.
class EncodedKey {
 public:
  EncodedKey() = default;
  explicit EncodedKey(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string_view view() const { return bytes_; }
  std::string& bytes() { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  friend auto operator<=>(const EncodedKey&, const EncodedKey&) = default;

 private:
  std::string bytes_;
};

// How a part of a tuple is stored. The numbers are part of the format.
enum class KeyType : uint8_t {
  kBool = 1,
  kInt8 = 2,
  kInt16 = 3,
  kInt32 = 4,
  kInt64 = 5,
  kUInt8 = 6,
  kUInt16 = 7,  // also enumerants
  kUInt32 = 8,
  kUInt64 = 9,
  kFloat32 = 10,
  kFloat64 = 11,
  kText = 12,
  kData = 13,
};

enum class Direction : uint8_t { kAscending = 0, kDescending = 1 };

// Where nulls stand among the values of a part, whatever its direction. kNever: the part has no
// null and no marker byte.
enum class Nulls : uint8_t { kNever = 0, kFirst = 1, kLast = 2 };

struct KeyPart {
  KeyType type = KeyType::kText;
  Direction direction = Direction::kAscending;
  Nulls nulls = Nulls::kFirst;
  friend bool operator==(const KeyPart&, const KeyPart&) = default;
};

// How many bytes end the encoding of a text or data part.
inline constexpr size_t kTextTerminatorBytes = 2;

// Appends `value` to `key`. A float's -0 is stored as 0 and every NaN as one that sorts after
// +infinity. Requires: the alternative held by `value` fits part.type and its range (bool; int64_t
// for signed types; uint64_t for unsigned; double for floats; string_view for text and data), or
// is null while part.nulls is not kNever.
void AppendPart(const KeyPart& part, const Scalar& value, std::string* key);

// Takes one part off the front of `input`. Errors: DataLoss when the bytes are not what AppendPart
// writes; `input` is then unspecified.
absl::StatusOr<OwnedScalar> TakePart(const KeyPart& part, std::string_view* input);

// The same into `value`, whose memory is used again.
absl::Status TakePart(const KeyPart& part, std::string_view* input, OwnedScalar* value);

// Moves `input` past one part without decoding it. Errors: DataLoss when it is cut short.
absl::Status SkipPart(const KeyPart& part, std::string_view* input);

// Takes all of `parts` off the front of `input`. Errors: as TakePart.
absl::StatusOr<std::vector<OwnedScalar>> TakeTuple(const std::vector<KeyPart>& parts,
                                                   std::string_view* input);

// An unsigned integer in 1 to 9 bytes whose byte order is its value order. Numbers below 248 take
// one byte.
void AppendOrderedVarint(uint64_t value, std::string* out);
absl::StatusOr<uint64_t> TakeOrderedVarint(std::string_view* input);

// The smallest byte string greater than every one that starts with `prefix`; empty when there is
// none, which the store reads as "to the end".
std::string PrefixEnd(std::string_view prefix);

}  // namespace daftar::codec
