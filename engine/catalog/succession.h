// The catalog that follows another when a database takes on a new schema.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "record/schema_set.h"

namespace daftar::catalog {

struct Succession {
  struct Dropped {
    std::string table;
    std::string name;
    IndexId index;          // zero: it is an aggregate
    AggregateId aggregate;  // zero: it is an index
  };

  Catalog catalog;
  // What `catalog` no longer has, or has under a new id because its entries are other ones.
  std::vector<Dropped> dropped;
  // Tables of which an index begins to be built.
  std::vector<TableId> to_build;
};

// The next version of `from` for `schemas`, whose change CheckEvolution has found neither forbidden
// nor to need a migration. Tables, indexes and aggregates whose stored bytes stay right keep their
// ids; the others get new ones, and are to be built. Errors: InvalidArgument as ResolveTables.
absl::StatusOr<Succession> Succeed(const Catalog& from,
                                   std::shared_ptr<const record::SchemaSet> schemas);

}  // namespace daftar::catalog
