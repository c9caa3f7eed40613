// Schemas and records made from text.
#pragma once

#include <capnp/schema.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "record/field_path.h"
#include "record/message.h"
#include "record/schema_set.h"

namespace daftar::testing {

// Puts a file id and the import of our annotations before `body`.
std::string SchemaText(std::string_view body);

// A compiled schema. Throws when it does not compile, or a name is unknown.
class Sample {
 public:
  explicit Sample(std::string_view body);

  const std::shared_ptr<const record::SchemaSet>& set() const { return set_; }
  capnp::StructSchema Struct(std::string_view name) const;
  record::FieldPath Path(std::string_view struct_name, std::string_view path) const;
  // Lifetime: the sample outlives the record.
  record::Message Make(std::string_view struct_name, std::string_view json) const;

 private:
  std::shared_ptr<const record::SchemaSet> set_;
};

// A struct `Well` that uses every kind of field.
const Sample& WellSample();

// Throws on an error.
record::Message MakeRecord(capnp::StructSchema schema, std::string_view json);
std::string ToJson(const record::Message& message);

// What the path gives in the record, for each choice of list elements: "a | b | null".
std::string AllValues(const record::FieldPath& path, const record::Message& message);

}  // namespace daftar::testing
