#include "record/raw_route.h"

#include <bit>
#include <cstring>

#include "record/default_bits.h"

namespace daftar::record {
namespace {

constexpr size_t kWordBytes = 8;
constexpr size_t kTagBytes = 2;
constexpr uint64_t kByteElements = 2;

// Little-endian, as messages are; so is every machine that RocksDB and we are built for.
static_assert(std::endian::native == std::endian::little);

uint64_t Load(const char* from, size_t bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, from, bytes);
  return bits;
}

// The sections of one struct.
struct Sections {
  const char* data = nullptr;
  size_t data_bytes = 0;
  const char* pointers = nullptr;
  size_t pointer_count = 0;
};

// The target of a pointer: words from behind it, in its upper 30 of the lower 32 bits.
std::optional<const char*> TargetOf(std::string_view message, const char* pointer, uint64_t bits,
                                    uint64_t words) {
  const int64_t distance = static_cast<int32_t>(static_cast<uint32_t>(bits)) >> 2;
  const int64_t from = (pointer - message.data()) / static_cast<int64_t>(kWordBytes) + 1;
  const int64_t at = from + distance;
  const auto size = static_cast<int64_t>(message.size() / kWordBytes);
  if (at < 0 || at > size || static_cast<int64_t>(words) > size - at) return std::nullopt;
  return message.data() + at * static_cast<int64_t>(kWordBytes);
}

std::optional<Sections> StructAt(std::string_view message, const char* pointer) {
  const uint64_t bits = Load(pointer, kWordBytes);
  if ((bits & 3) != 0) return std::nullopt;
  const uint64_t data_words = bits >> 32 & 0xffff;
  const uint64_t pointers = bits >> 48;
  if (data_words + pointers == 0) return Sections();
  const auto target = TargetOf(message, pointer, bits, data_words + pointers);
  if (!target.has_value()) return std::nullopt;
  return Sections{*target, data_words * kWordBytes, *target + data_words * kWordBytes, pointers};
}

std::optional<std::string_view> BytesAt(std::string_view message, const char* pointer,
                                        uint64_t bits) {
  const uint64_t count = bits >> 35;
  if ((bits & 3) != 1 || (bits >> 32 & 7) != kByteElements) return std::nullopt;
  const auto target = TargetOf(message, pointer, bits, (count + kWordBytes - 1) / kWordBytes);
  if (!target.has_value()) return std::nullopt;
  return std::string_view(*target, count);
}

}  // namespace

void RawRoute::Add(capnp::StructSchema::Field field) {
  const auto proto = field.getProto();
  leads_nowhere_ = leads_nowhere_ || end_ != End::kNone;
  if (proto.getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT) {
    const auto parent = field.getContainingStruct().getProto().getStruct();
    steps_.push_back(
        {Step::Kind::kTag, parent.getDiscriminantOffset(), proto.getDiscriminantValue()});
  }
  if (proto.isGroup()) return;
  const auto slot = proto.getSlot();
  const capnp::Type type = field.getType();
  if (type.isStruct()) {
    steps_.push_back({Step::Kind::kStruct, slot.getOffset(), 0});
  } else {
    SetEnd(slot, type);
  }
}

void RawRoute::SetEnd(capnp::schema::Field::Slot::Reader slot, capnp::Type type) {
  offset_ = slot.getOffset();
  default_ = DefaultBits(slot.getDefaultValue());
  width_bytes_ = WidthBytes(type.which());
  switch (type.which()) {
    case capnp::schema::Type::BOOL:
      end_ = End::kBool;
      break;
    case capnp::schema::Type::INT8:
    case capnp::schema::Type::INT16:
    case capnp::schema::Type::INT32:
    case capnp::schema::Type::INT64:
      end_ = End::kSigned;
      break;
    case capnp::schema::Type::UINT8:
    case capnp::schema::Type::UINT16:
    case capnp::schema::Type::UINT32:
    case capnp::schema::Type::UINT64:
    case capnp::schema::Type::ENUM:
      end_ = End::kUnsigned;
      break;
    case capnp::schema::Type::FLOAT32:
      end_ = End::kFloat32;
      break;
    case capnp::schema::Type::FLOAT64:
      end_ = End::kFloat64;
      break;
    case capnp::schema::Type::TEXT:
      end_ = End::kText;
      break;
    case capnp::schema::Type::DATA:
      end_ = End::kData;
      break;
    default:
      leads_nowhere_ = true;
  }
}

std::optional<Scalar> RawRoute::Read(std::string_view message) const {
  if (leads_nowhere_ || end_ == End::kNone || message.size() < kWordBytes) return std::nullopt;
  auto here = StructAt(message, message.data());
  if (!here.has_value()) return std::nullopt;
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::kTag) {
      const size_t at = size_t{step.offset} * kTagBytes;
      const uint64_t tag =
          at + kTagBytes <= here->data_bytes ? Load(here->data + at, kTagBytes) : 0;
      if (tag != step.tag) return Scalar();
      continue;
    }
    if (step.offset >= here->pointer_count) return Scalar();
    const char* pointer = here->pointers + size_t{step.offset} * kWordBytes;
    if (Load(pointer, kWordBytes) == 0) return Scalar();
    here = StructAt(message, pointer);
    if (!here.has_value()) return std::nullopt;
  }
  if (end_ == End::kText || end_ == End::kData) {
    if (offset_ >= here->pointer_count) return Scalar();
    const char* pointer = here->pointers + size_t{offset_} * kWordBytes;
    const uint64_t bits = Load(pointer, kWordBytes);
    if (bits == 0) return Scalar();
    const auto bytes = BytesAt(message, pointer, bits);
    if (!bytes.has_value()) return std::nullopt;
    if (end_ == End::kData) return Scalar(*bytes);
    if (bytes->empty() || bytes->back() != '\0') return std::nullopt;
    return Scalar(bytes->substr(0, bytes->size() - 1));
  }
  if (end_ == End::kBool) {
    const size_t byte = offset_ / 8;
    const uint64_t bit =
        byte < here->data_bytes ? Load(here->data + byte, 1) >> offset_ % 8 & 1 : 0;
    return Scalar((bit ^ default_) != 0);
  }
  const size_t at = size_t{offset_} * width_bytes_;
  const uint64_t bits =
      (at + width_bytes_ <= here->data_bytes ? Load(here->data + at, width_bytes_) : 0) ^ default_;
  switch (end_) {
    case End::kSigned: {
      const int unused = 64 - 8 * width_bytes_;
      return Scalar(static_cast<int64_t>(bits << unused) >> unused);
    }
    case End::kFloat32:
      return Scalar(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits))));
    case End::kFloat64:
      return Scalar(std::bit_cast<double>(bits));
    default:
      return Scalar(bits);
  }
}

}  // namespace daftar::record
