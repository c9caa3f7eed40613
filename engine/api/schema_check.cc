// CheckSchemaChange: two schema files against each other.

#include "api/state.h"
#include "base/status.h"
#include "catalog/evolution.h"
#include "catalog/resolve.h"
#include "daftar/schema.h"

namespace daftar {
namespace {

struct LoadedSchema {
  std::shared_ptr<const record::SchemaSet> types;
  std::vector<catalog::TableDef> tables;
};

absl::StatusOr<LoadedSchema> Load(const SchemaFile& file) {
  LoadedSchema loaded;
  DAFTAR_ASSIGN_OR_RETURN(loaded.types, internal::ParseSchema(file));
  auto tables = catalog::ResolveTables(loaded.types);
  if (!tables.ok()) {
    return WithContext(tables.status(), "file",
                       file.file.empty() ? "registry.capnp" : file.file.string());
  }
  loaded.tables = *std::move(tables);
  return loaded;
}

}  // namespace

absl::StatusOr<SchemaCheck> CheckSchemaChange(const SchemaFile& from, const SchemaFile& to) {
  DAFTAR_ASSIGN_OR_RETURN(const LoadedSchema before, Load(from));
  DAFTAR_ASSIGN_OR_RETURN(const LoadedSchema after, Load(to));
  return catalog::CheckEvolution({*before.types, before.tables}, {*after.types, after.tables});
}

}  // namespace daftar
