// Scalars read from the bytes of a stored record where they lie, without building a reader of it.
//
// A stored message is canonical: one segment, no far pointers, and a checksum vouches for its
// bytes. Whatever is not as expected is left to Cap'n Proto, which can say what is wrong.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/scalar.h"

namespace daftar::record {

// The way from the root of a message to one scalar, in offsets. Value type.
class RawRoute {
 public:
  // Appends the field that the way leads through next. After one that is no struct or group, and
  // after a list, the way is over.
  void Add(capnp::StructSchema::Field field);

  // The scalar as FieldPath::Evaluate gives it, or nothing when these bytes are for Cap'n Proto to
  // read. Lifetime: text points into `message`.
  std::optional<Scalar> Read(std::string_view message) const;

 private:
  // What is done at one step: a union's member must be the active one, or a pointer leads on.
  struct Step {
    enum class Kind : uint8_t { kTag, kStruct } kind = Kind::kTag;
    uint32_t offset = 0;  // kTag: of the tag, in units of 16 bits; kStruct: of the pointer
    uint16_t tag = 0;
  };
  enum class End : uint8_t {
    kNone,  // no scalar yet, or one that cannot be read so
    kBool,
    kSigned,
    kUnsigned,
    kFloat32,
    kFloat64,
    kText,
    kData,
  };

  void SetEnd(capnp::schema::Field::Slot::Reader slot, capnp::Type type);

  std::vector<Step> steps_;
  End end_ = End::kNone;
  bool leads_nowhere_ = false;
  uint8_t width_bytes_ = 0;  // of numbers
  uint32_t offset_ = 0;      // in units of the width; of booleans in bits; of pointers in pointers
  uint64_t default_ = 0;     // of numbers and booleans: stored values are xored with it
};

}  // namespace daftar::record
