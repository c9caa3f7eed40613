#include "record/default_bits.h"

#include <bit>

namespace daftar::record {

uint64_t DefaultBits(capnp::schema::Value::Reader value) {
  switch (value.which()) {
    case capnp::schema::Value::BOOL:
      return value.getBool() ? 1 : 0;
    case capnp::schema::Value::INT8:
      return static_cast<uint8_t>(value.getInt8());
    case capnp::schema::Value::INT16:
      return static_cast<uint16_t>(value.getInt16());
    case capnp::schema::Value::INT32:
      return static_cast<uint32_t>(value.getInt32());
    case capnp::schema::Value::INT64:
      return static_cast<uint64_t>(value.getInt64());
    case capnp::schema::Value::UINT8:
      return value.getUint8();
    case capnp::schema::Value::UINT16:
      return value.getUint16();
    case capnp::schema::Value::UINT32:
      return value.getUint32();
    case capnp::schema::Value::UINT64:
      return value.getUint64();
    case capnp::schema::Value::FLOAT32:
      return std::bit_cast<uint32_t>(value.getFloat32());
    case capnp::schema::Value::FLOAT64:
      return std::bit_cast<uint64_t>(value.getFloat64());
    case capnp::schema::Value::ENUM:
      return value.getEnum();
    default:
      return 0;
  }
}

uint8_t WidthBytes(capnp::schema::Type::Which type) {
  switch (type) {
    case capnp::schema::Type::INT8:
    case capnp::schema::Type::UINT8:
      return 1;
    case capnp::schema::Type::INT16:
    case capnp::schema::Type::UINT16:
    case capnp::schema::Type::ENUM:
      return 2;
    case capnp::schema::Type::INT32:
    case capnp::schema::Type::UINT32:
    case capnp::schema::Type::FLOAT32:
      return 4;
    case capnp::schema::Type::INT64:
    case capnp::schema::Type::UINT64:
    case capnp::schema::Type::FLOAT64:
      return 8;
    default:
      return 0;
  }
}

}  // namespace daftar::record
