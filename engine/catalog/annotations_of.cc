#include "catalog/annotations_of.h"

#include "base/status.h"
#include "record/annotations.h"

namespace daftar::catalog {

bool Annotations::Extends(capnp::StructSchema schema) {
  for (auto annotation : schema.getProto().getAnnotations()) {
    if (annotation.getId() == record::kExtendsAnnotation) return true;
  }
  return false;
}

absl::StatusOr<Annotations> Annotations::Find(const record::SchemaSet& schemas) {
  Annotations result;
  for (const uint64_t id : schemas.struct_ids()) {
    DAFTAR_ASSIGN_OR_RETURN(const capnp::StructSchema schema, schemas.Struct(id));
    if (!Extends(schema)) continue;
    const auto fields = schema.getFields();
    if (fields.size() != 1 || !fields[0].getType().isStruct() || fields[0].getProto().isGroup()) {
      return InvalidArgument("a struct with $extends has one field, of the struct that it extends")
          .With("struct", record::TypeName(schema));
    }
    const uint64_t extended = fields[0].getType().asStruct().getProto().getId();
    result.extensions_[extended].push_back(schema);
  }
  return result;
}

std::vector<capnp::schema::Annotation::Reader> Annotations::Of(capnp::StructSchema table) const {
  std::vector<capnp::schema::Annotation::Reader> all;
  for (auto annotation : table.getProto().getAnnotations()) all.push_back(annotation);
  const auto found = extensions_.find(table.getProto().getId());
  if (found == extensions_.end()) return all;
  for (const capnp::StructSchema& extension : found->second) {
    for (auto annotation : extension.getProto().getAnnotations()) all.push_back(annotation);
  }
  return all;
}

}  // namespace daftar::catalog
