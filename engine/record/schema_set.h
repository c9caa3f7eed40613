// A set of compiled Cap'n Proto schema nodes: what a database knows about its types.
#pragma once

#include <capnp/schema-loader.h>
#include <capnp/schema.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace daftar::record {

// Where schema text comes from. The files "/daftar/daftar.capnp", "/daftar/registry.capnp" and
// "/capnp/c++.capnp" can always be imported.
struct SchemaSource {
  std::filesystem::path file;
  std::vector<std::filesystem::path> import_paths;
};

// Immutable after creation. Thread safety: all methods may be called from many threads.
// Lifetime: schemas handed out point into the set.
class SchemaSet {
 public:
  // Compiles a schema file. Errors: InvalidArgument with file, line and cause; NotFound.
  static absl::StatusOr<std::shared_ptr<const SchemaSet>> Parse(const SchemaSource& source);
  // Compiles `text` as if it stood in a file called `name`.
  static absl::StatusOr<std::shared_ptr<const SchemaSet>> ParseText(std::string_view name,
                                                                    std::string_view text);
  // Loads what nodes() gave. Errors: DataLoss.
  static absl::StatusOr<std::shared_ptr<const SchemaSet>> FromStored(
      std::vector<std::string_view> nodes);
  // The nodes of a generated class and of everything it refers to.
  static absl::StatusOr<std::shared_ptr<const SchemaSet>> FromCompiled(capnp::Schema schema);

  // The canonical message of every node, in the order of type_ids(). Lifetime: as long as the set.
  std::vector<std::string_view> nodes() const;

  // Errors: NotFound when the set has no such struct.
  absl::StatusOr<capnp::StructSchema> Struct(uint64_t type_id) const;
  // Type ids of the structs that are not groups, in the order in which the source declares them.
  const std::vector<uint64_t>& struct_ids() const { return struct_ids_; }
  // The node of a type. Requires: `type_id` is in the set; runs inside Fenced().
  capnp::schema::Node::Reader node(uint64_t type_id) const;
  const std::vector<uint64_t>& type_ids() const { return type_ids_; }

  // OK when a reader of either set understands what the other wrote, as Cap'n Proto's own loader
  // judges it. Errors: InvalidArgument with its objection.
  static absl::Status CheckWireCompatible(const SchemaSet& a, const SchemaSet& b);

 private:
  SchemaSet() = default;
  static absl::StatusOr<std::shared_ptr<const SchemaSet>> FromNodes(
      std::vector<capnp::Schema> roots);
  absl::Status LoadNode(std::string bytes);

  capnp::SchemaLoader loader_;
  std::vector<uint64_t> struct_ids_;
  std::vector<uint64_t> type_ids_;
  // Canonical bytes of each node.
  absl::flat_hash_map<uint64_t, std::string> nodes_;
};

// The part of a schema's display name after the file: "registry.capnp:Firm" gives "Firm".
std::string TypeName(const capnp::Schema& schema);

}  // namespace daftar::record
