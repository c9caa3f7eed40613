// Records made of cells of text, straight into the bytes of their message.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "record/field_type.h"

namespace daftar::record {

// Makes of cells what MessageFromJson makes of an object that has them as text, byte for byte,
// without the object. Where each cell goes is worked out once. What is not plain, and whatever is
// wrong, is left to MessageFromJson, which can say so. Thread safety: none.
class CellEncoder {
 public:
  // `paths` are names joined by dots, one for each cell. Nothing when there is one that is not
  // plain: through a list or a union other than an optional, to anything but a scalar, to $json.
  static std::optional<CellEncoder> Create(capnp::StructSchema schema,
                                           std::span<const std::string> paths);

  // Appends the message; without data(), a cell leaves its field unset. False, and nothing is
  // appended, when a cell does not fit its field or the record would be too large. Requires: as
  // many cells as paths, in UTF-8.
  bool Append(std::span<const std::string_view> cells, std::string* out);

 private:
  enum class Kind : uint8_t { kBits, kEnum, kText, kData };
  // Where a cell goes.
  struct Place {
    Kind kind = Kind::kBits;
    bool is_optional = false;  // a group of nothing and the value
    uint8_t width_bytes = 0;   // of numbers; zero: a bit
    size_t owner = 0;          // the struct's number
    uint32_t offset = 0;       // in widths or bits; of text and data in pointers
    uint64_t default_bits = 0;
    uint32_t tag_offset = 0;  // of an optional, in units of 16 bits
    uint16_t tag = 0;         // when there is a value
    uint16_t none_tag = 0;    // when there is none
    FieldType type;
    absl::flat_hash_map<std::string, uint16_t> enumerants;
  };
  // A struct that a path leads to, the first one the record itself.
  struct Struct {
    size_t data_begin = 0;  // in data_
    size_t data_words = 0;
    size_t pointers_begin = 0;  // in pointers_
    size_t pointer_count = 0;
    size_t parent = 0;  // itself: none
  };
  // What a pointer leads to in the record that is being made.
  struct Target {
    size_t child = 0;  // the number of a struct; zero: bytes
    bool is_set = false;
    bool is_text = false;
    std::string_view bytes = {};
  };

  std::optional<Place> FindPlace(capnp::StructSchema schema, std::string_view path);
  std::optional<Place> PlaceOf(capnp::StructSchema::Field field, size_t owner);
  size_t AddStruct(capnp::StructSchema schema, size_t parent);
  // The struct behind a pointer of another one.
  size_t ChildOf(size_t parent, capnp::StructSchema::Field field);
  bool Set(const Place& place, std::string_view cell);
  // The value of a scalar cell as it lies in a message without a default.
  std::optional<uint64_t> BitsOf(const Place& place, std::string_view cell) const;
  void SetTag(const Place& place, uint16_t tag);
  void Touch(size_t owner);
  // Appends a struct, or bytes, and lets the word at `pointer_at` point to it.
  void Write(const Struct& from, size_t pointer_at);
  void WriteBytes(const Target& from, size_t pointer_at);

  std::vector<Place> places_;
  std::vector<Struct> structs_;
  // Of the record that is being made.
  std::vector<uint64_t> data_;
  std::vector<Target> pointers_;
  std::vector<std::string> decoded_;  // of cells that are data
  std::vector<uint64_t> words_;
};

}  // namespace daftar::record
