// The stored form of a catalog: schema/catalog.capnp inside the record envelope.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"

namespace daftar::catalog {

// The key under which a catalog version is stored.
std::string CatalogKey(SchemaVersion version);

// The value to store under CatalogKey(catalog.version).
// Errors: ResourceExhausted when it is larger than a record may be.
absl::StatusOr<std::string> EncodeCatalog(const Catalog& catalog, CommitVersion created);

// Errors: DataLoss when the bytes do not verify or contradict themselves; FailedPrecondition when
// they are of a newer format.
absl::StatusOr<Catalog> DecodeCatalog(std::string_view key, std::string_view value);

}  // namespace daftar::catalog
