// From annotated schema nodes to table definitions, refusing what is malformed.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "record/schema_set.h"

namespace daftar::catalog {

inline constexpr size_t kNameBytesMax = 64;
inline constexpr size_t kTermsMax = 16;
inline constexpr size_t kIndexesPerTableMax = 64;
inline constexpr size_t kAggregatesPerTableMax = 64;
inline constexpr size_t kTablesMax = 4096;

// The tables that the annotations of a schema declare, without ids (all zero).
// Errors: InvalidArgument with "struct=…", and "field=…" or "index=…", the cause and the remedy.
absl::StatusOr<std::vector<TableDef>> ResolveTables(
    const std::shared_ptr<const record::SchemaSet>& schemas);

// A first catalog: version 1, ids in the order of declaration, from 1.
absl::StatusOr<Catalog> NewCatalog(std::shared_ptr<const record::SchemaSet> schemas);

// Parses "path[ asc|desc][ nulls first|last]" as an element of an index.
// Errors: InvalidArgument.
absl::StatusOr<Term> ParseIndexTerm(capnp::StructSchema schema, std::string_view text);

}  // namespace daftar::catalog
