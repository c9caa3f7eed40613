#include "record/cell_encoder.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "record/default_bits.h"
#include "record/envelope.h"
#include "record/field_path.h"

namespace daftar::record {
namespace {

using Field = capnp::StructSchema::Field;

// Far less than a record may have: MessageFromJson counts.
constexpr size_t kStructsMax = 32;
constexpr size_t kWordBytes = sizeof(uint64_t);
constexpr size_t kTagBytes = 2;
constexpr uint64_t kListOfBytes = 2;
// What points to a struct without contents, as Cap'n Proto has it.
constexpr uint64_t kEmptyStruct = 0xfffffffc;

bool InUnion(const Field& field) {
  return field.getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
}

// The distance from behind a pointer to its target, in words.
uint64_t OffsetBits(size_t pointer_at, size_t target_at) {
  return static_cast<uint64_t>(target_at - pointer_at - 1) << 2;
}

std::optional<uint64_t> IntegerBits(capnp::schema::Type::Which type, std::string_view text) {
  const auto read = [text]<typename T>(T value) -> std::optional<uint64_t> {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return static_cast<std::make_unsigned_t<T>>(value);
  };
  switch (type) {
    case capnp::schema::Type::INT8:
      return read(int8_t{});
    case capnp::schema::Type::INT16:
      return read(int16_t{});
    case capnp::schema::Type::INT32:
      return read(int32_t{});
    case capnp::schema::Type::INT64:
      return read(int64_t{});
    case capnp::schema::Type::UINT8:
      return read(uint8_t{});
    case capnp::schema::Type::UINT16:
      return read(uint16_t{});
    case capnp::schema::Type::UINT32:
      return read(uint32_t{});
    case capnp::schema::Type::UINT64:
      return read(uint64_t{});
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<CellEncoder> CellEncoder::Create(capnp::StructSchema schema,
                                               std::span<const std::string> paths) {
  CellEncoder encoder;
  encoder.AddStruct(schema, 0);
  for (const std::string& path : paths) {
    std::optional<Place> place = encoder.FindPlace(schema, path);
    if (!place.has_value() || encoder.structs_.size() > kStructsMax) return std::nullopt;
    encoder.places_.push_back(*std::move(place));
  }
  encoder.decoded_.resize(paths.size());
  return encoder;
}

size_t CellEncoder::AddStruct(capnp::StructSchema schema, size_t parent) {
  const auto proto = schema.getProto().getStruct();
  structs_.push_back(
      {data_.size(), proto.getDataWordCount(), pointers_.size(), proto.getPointerCount(), parent});
  data_.resize(data_.size() + proto.getDataWordCount());
  pointers_.resize(pointers_.size() + proto.getPointerCount());
  return structs_.size() - 1;
}

size_t CellEncoder::ChildOf(size_t parent, Field field) {
  const size_t at = structs_[parent].pointers_begin + field.getProto().getSlot().getOffset();
  if (pointers_[at].child == 0) {
    const size_t child = AddStruct(field.getType().asStruct(), parent);
    pointers_[at].child = child;
  }
  return pointers_[at].child;
}

std::optional<CellEncoder::Place> CellEncoder::FindPlace(capnp::StructSchema schema,
                                                         std::string_view path) {
  size_t owner = 0;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    KJ_IF_MAYBE (field, schema.findFieldByName(names[i].c_str())) {
      if (InUnion(*field)) return std::nullopt;
      if (i + 1 == names.size()) return PlaceOf(*field, owner);
      if (!field->getType().isStruct()) return std::nullopt;
      schema = field->getType().asStruct();
      if (IsOptional(schema)) return std::nullopt;
      if (!field->getProto().isGroup()) owner = ChildOf(owner, *field);
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<CellEncoder::Place> CellEncoder::PlaceOf(Field field, size_t owner) {
  Place place;
  place.owner = owner;
  if (field.getProto().isGroup()) {
    const capnp::StructSchema group = field.getType().asStruct();
    if (!IsOptional(group)) return std::nullopt;
    place.is_optional = true;
    place.tag_offset = group.getProto().getStruct().getDiscriminantOffset();
    place.none_tag = OptionalNone(group).getProto().getDiscriminantValue();
    field = OptionalValue(group);
    place.tag = field.getProto().getDiscriminantValue();
    if (field.getProto().isGroup()) return std::nullopt;
  }
  const capnp::Type type = field.getType();
  const FieldMeaning meaning = MeaningOf(field.getProto());
  if (!FieldType::IsScalar(type) || meaning.meaning == Meaning::kJson) return std::nullopt;
  const auto slot = field.getProto().getSlot();
  place.type = FieldType(type, meaning);
  place.offset = slot.getOffset();
  place.default_bits = DefaultBits(slot.getDefaultValue());
  place.width_bytes = WidthBytes(type.which());
  if (type.isText()) place.kind = Kind::kText;
  if (type.isData()) place.kind = Kind::kData;
  if (type.isEnum()) {
    place.kind = Kind::kEnum;
    for (auto enumerant : type.asEnum().getEnumerants()) {
      place.enumerants.emplace(enumerant.getProto().getName().cStr(), enumerant.getOrdinal());
    }
  }
  return place;
}

void CellEncoder::Touch(size_t owner) {
  while (owner != 0) {
    const size_t parent = structs_[owner].parent;
    const auto begin =
        pointers_.begin() + static_cast<std::ptrdiff_t>(structs_[parent].pointers_begin);
    std::find_if(begin, pointers_.end(), [owner](const Target& target) {
      return target.child == owner;
    })->is_set = true;
    owner = parent;
  }
}

void CellEncoder::SetTag(const Place& place, uint16_t tag) {
  char* const data = reinterpret_cast<char*>(data_.data() + structs_[place.owner].data_begin);
  std::memcpy(data + size_t{place.tag_offset} * kTagBytes, &tag, kTagBytes);
}

std::optional<uint64_t> CellEncoder::BitsOf(const Place& place, std::string_view cell) const {
  if (place.kind == Kind::kEnum) {
    const auto found = place.enumerants.find(cell);
    if (found != place.enumerants.end()) return found->second;
  } else if (place.type.meaning() == Meaning::kPlain) {
    const auto bits = IntegerBits(place.type.type().which(), cell);
    if (bits.has_value()) return bits;
  }
  const absl::StatusOr<OwnedScalar> scalar = place.type.FromStoredText(cell);
  if (!scalar.ok()) return std::nullopt;
  if (const bool* flag = std::get_if<bool>(&*scalar)) return *flag ? 1 : 0;
  if (const auto* number = std::get_if<int64_t>(&*scalar)) return static_cast<uint64_t>(*number);
  if (const auto* number = std::get_if<uint64_t>(&*scalar)) return *number;
  const double real = std::get<double>(*scalar);
  if (place.width_bytes == sizeof(double)) return std::bit_cast<uint64_t>(real);
  return std::bit_cast<uint32_t>(static_cast<float>(real));
}

bool CellEncoder::Set(const Place& place, std::string_view cell) {
  Touch(place.owner);
  if (place.is_optional) {
    const bool is_none = cell.empty() && place.kind != Kind::kText;
    SetTag(place, is_none ? place.none_tag : place.tag);
    if (is_none) return true;
  }
  const Struct& owner = structs_[place.owner];
  if (place.kind == Kind::kText || place.kind == Kind::kData) {
    Target& target = pointers_[owner.pointers_begin + place.offset];
    target.is_set = true;
    target.is_text = place.kind == Kind::kText;
    target.bytes = cell;
    if (target.is_text) return true;
    std::string& decoded = decoded_[static_cast<size_t>(&place - places_.data())];
    if (!absl::Base64Unescape(cell, &decoded)) return false;
    target.bytes = decoded;
    return true;
  }
  const std::optional<uint64_t> value = BitsOf(place, cell);
  if (!value.has_value()) return false;
  const uint64_t bits = *value ^ place.default_bits;
  char* const data = reinterpret_cast<char*>(data_.data() + owner.data_begin);
  if (place.width_bytes == 0) {
    char& byte = data[place.offset / 8];
    const auto mask = static_cast<unsigned>(bits & 1) << place.offset % 8;
    byte = static_cast<char>(static_cast<unsigned char>(byte) | mask);
  } else {
    std::memcpy(data + size_t{place.offset} * place.width_bytes, &bits, place.width_bytes);
  }
  return true;
}

void CellEncoder::WriteBytes(const Target& from, size_t pointer_at) {
  const size_t at = words_.size();
  const size_t size = from.bytes.size() + (from.is_text ? 1 : 0);
  words_[pointer_at] = 1 | OffsetBits(pointer_at, at) | (uint64_t{size} << 3 | kListOfBytes) << 32;
  words_.resize(at + (size + kWordBytes - 1) / kWordBytes);
  if (!from.bytes.empty()) {
    std::memcpy(words_.data() + at, from.bytes.data(), from.bytes.size());
  }
}

// In canonical form zeros and null pointers at the ends of the sections are left out, and what a
// pointer leads to follows before that of the next one.
void CellEncoder::Write(const Struct& from, size_t pointer_at) {
  const uint64_t* const data = data_.data() + from.data_begin;
  const Target* const targets = pointers_.data() + from.pointers_begin;
  size_t data_words = from.data_words;
  size_t pointers = from.pointer_count;
  while (data_words > 0 && data[data_words - 1] == 0) --data_words;
  while (pointers > 0 && !targets[pointers - 1].is_set) --pointers;
  if (data_words + pointers == 0) {
    words_[pointer_at] = kEmptyStruct;
    return;
  }
  const size_t at = words_.size();
  words_[pointer_at] =
      OffsetBits(pointer_at, at) | uint64_t{data_words} << 32 | uint64_t{pointers} << 48;
  words_.insert(words_.end(), data, data + data_words);
  words_.resize(words_.size() + pointers);
  for (size_t i = 0; i < pointers; ++i) {
    if (!targets[i].is_set) continue;
    if (targets[i].child != 0) {
      Write(structs_[targets[i].child], at + data_words + i);
    } else {
      WriteBytes(targets[i], at + data_words + i);
    }
  }
}

bool CellEncoder::Append(std::span<const std::string_view> cells, std::string* out) {
  DAFTAR_CHECK_EQ(cells.size(), places_.size());
  std::fill(data_.begin(), data_.end(), 0);
  for (Target& target : pointers_) target.is_set = false;
  size_t bytes = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].data() == nullptr) continue;
    bytes += cells[i].size();
    if (bytes > kMessageBytesMax || !Set(places_[i], cells[i])) return false;
  }
  words_.assign(1, 0);
  Write(structs_[0], 0);
  if (words_.size() * kWordBytes > kMessageBytesMax) return false;
  out->append(reinterpret_cast<const char*>(words_.data()), words_.size() * kWordBytes);
  return true;
}

}  // namespace daftar::record
