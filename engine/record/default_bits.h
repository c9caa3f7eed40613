// Defaults of fields as they lie in a message: stored numbers and booleans are xored with them.
#pragma once

#include <capnp/schema.h>

#include <cstdint>

namespace daftar::record {

// The bits of a number, boolean or enumerant; zero for anything else.
uint64_t DefaultBits(capnp::schema::Value::Reader value);

// How many bytes a number or enumerant takes; zero for anything else.
uint8_t WidthBytes(capnp::schema::Type::Which type);

}  // namespace daftar::record
