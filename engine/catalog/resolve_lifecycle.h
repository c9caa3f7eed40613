// From annotations to lifecycles and powers. Internal to resolve_rules.cc.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "daftar/daftar.capnp.h"

namespace daftar::catalog {

// A path to one value of a record. Errors: InvalidArgument when it goes into a list.
absl::StatusOr<record::FieldPath> ParseSinglePath(capnp::StructSchema schema,
                                                  std::string_view text);
// The same; nothing when `text` is empty.
absl::StatusOr<std::optional<record::FieldPath>> ParseOptionalPath(capnp::StructSchema schema,
                                                                   std::string_view text);
// The same, and it must be a date.
absl::StatusOr<record::FieldPath> ParseDatePath(capnp::StructSchema schema, std::string_view text);

absl::StatusOr<LifecycleDef> ResolveLifecycle(const TableDef& table,
                                              schema::Lifecycle::Reader source);

}  // namespace daftar::catalog
