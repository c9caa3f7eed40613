// Records with random values in every kind of field.
#pragma once

#include <capnp/schema.h>

#include "codec/random_key.h"
#include "record/json_value.h"

namespace daftar::testing {

// What AppendMessageJson gives for some record: declaration order, unset pointers left out.
record::JsonValue RandomRecord(capnp::StructSchema schema, Random* random);

}  // namespace daftar::testing
