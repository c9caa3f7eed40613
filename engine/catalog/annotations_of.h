// The annotations that count for a table: those of its struct, and of structs that extend it.
// Internal to catalog/.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "record/schema_set.h"

namespace daftar::catalog {

// Lifetime: refers to the schema set. Runs inside Fenced().
class Annotations {
 public:
  // Errors: InvalidArgument when a struct with $extends has not exactly one field, of a struct.
  static absl::StatusOr<Annotations> Find(const record::SchemaSet& schemas);

  // In the order of the structs' declaration, the table's own first.
  std::vector<capnp::schema::Annotation::Reader> Of(capnp::StructSchema table) const;
  // Whether the struct extends another.
  static bool Extends(capnp::StructSchema schema);

 private:
  absl::flat_hash_map<uint64_t, std::vector<capnp::StructSchema>> extensions_;
};

}  // namespace daftar::catalog
