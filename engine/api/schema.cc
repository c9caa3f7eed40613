#include "daftar/schema.h"

#include "api/state.h"
#include "base/status.h"
#include "catalog/describe.h"
#include "catalog/resolve.h"
#include "schema/embedded_schemas.h"
#include "sql/row_condition.h"

namespace daftar {

absl::StatusOr<std::shared_ptr<const record::SchemaSet>> internal::ParseSchema(
    const SchemaFile& schema) {
  auto schemas = schema.file.empty()
                     ? record::SchemaSet::ParseText("registry.capnp", schema::RegistryCapnp())
                     : record::SchemaSet::Parse({schema.file, schema.import_paths});
  if (!schemas.ok()) return schemas.status();
  // What else is wrong with it is for the caller to find and to say in his words.
  auto tables = catalog::ResolveTables(*schemas);
  if (tables.ok()) {
    DAFTAR_RETURN_IF_ERROR(catalog::CompileChecks(&sql::CompileCondition, &*tables));
  }
  return schemas;
}

absl::StatusOr<std::vector<TableInfo>> DescribeSchema(const SchemaFile& schema) {
  DAFTAR_ASSIGN_OR_RETURN(auto schemas, internal::ParseSchema(schema));
  DAFTAR_ASSIGN_OR_RETURN(const auto tables, catalog::ResolveTables(schemas));
  return catalog::Describe(tables);
}

}  // namespace daftar
