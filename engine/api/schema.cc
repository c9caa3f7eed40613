#include "daftar/schema.h"

#include "api/state.h"
#include "base/status.h"
#include "catalog/describe.h"
#include "catalog/resolve.h"
#include "schema/embedded_schemas.h"

namespace daftar {

absl::StatusOr<std::shared_ptr<const record::SchemaSet>> internal::ParseSchema(
    const SchemaFile& schema) {
  if (schema.file.empty()) {
    return record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp());
  }
  return record::SchemaSet::Parse({schema.file, schema.import_paths});
}

absl::StatusOr<std::vector<TableInfo>> DescribeSchema(const SchemaFile& schema) {
  DAFTAR_ASSIGN_OR_RETURN(auto schemas, internal::ParseSchema(schema));
  DAFTAR_ASSIGN_OR_RETURN(const auto tables, catalog::ResolveTables(schemas));
  return catalog::Describe(tables);
}

}  // namespace daftar
