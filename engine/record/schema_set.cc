#include "record/schema_set.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>

#include "base/status.h"
#include "record/kj_fence.h"
#include "record/words.h"

namespace daftar::record {
namespace {

// Gathers the nodes of a type and of everything its fields refer to, groups included.
class NodeCollector {
 public:
  void Add(capnp::Schema schema) {
    const uint64_t id = schema.getProto().getId();
    if (!seen_.emplace(id, true).second) return;
    found_.push_back(schema);
    if (schema.getProto().isStruct()) {
      for (auto field : schema.asStruct().getFields()) AddType(field.getType());
    }
  }
  const std::vector<capnp::Schema>& found() const { return found_; }

 private:
  void AddType(capnp::Type type) {
    while (type.isList()) type = type.asList().getElementType();
    if (type.isStruct()) Add(type.asStruct());
    if (type.isEnum()) Add(type.asEnum());
  }

  absl::flat_hash_map<uint64_t, bool> seen_;
  std::vector<capnp::Schema> found_;
};

std::string CanonicalNode(capnp::schema::Node::Reader node) {
  auto words = capnp::canonicalize(node);
  return std::string(BytesOf(words));
}

}  // namespace

std::string TypeName(const capnp::Schema& schema) {
  const std::string_view name = schema.getProto().getDisplayName().cStr();
  const size_t colon = name.rfind(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

absl::Status SchemaSet::LoadNode(std::string bytes) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) {
    return DataLoss("schema node has a wrong size").With("bytes", bytes.size());
  }
  auto words = CopyToWords(bytes);
  kj::ArrayPtr<const capnp::word> segment = words;
  capnp::SegmentArrayMessageReader message(kj::arrayPtr(&segment, 1));
  auto node = message.getRoot<capnp::schema::Node>();
  const uint64_t id = node.getId();
  capnp::Schema schema = loader_.load(node);
  if (!nodes_.emplace(id, std::move(bytes)).second) return DataLoss("schema node comes twice");
  type_ids_.push_back(id);
  if (schema.getProto().isStruct() && !schema.getProto().getStruct().getIsGroup()) {
    struct_ids_.push_back(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::FromNodes(
    std::vector<capnp::Schema> roots) {
  NodeCollector collector;
  for (const capnp::Schema& root : roots) collector.Add(root);
  std::shared_ptr<SchemaSet> set(new SchemaSet());
  for (const capnp::Schema& schema : collector.found()) {
    DAFTAR_RETURN_IF_ERROR(set->LoadNode(CanonicalNode(schema.getProto())));
  }
  return set;
}

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::FromCompiled(capnp::Schema schema) {
  return Fenced(absl::StatusCode::kInvalidArgument, "schema of a generated class does not load",
                [&] { return FromNodes({schema}); });
}

std::vector<std::string_view> SchemaSet::nodes() const {
  std::vector<std::string_view> nodes;
  nodes.reserve(type_ids_.size());
  for (uint64_t id : type_ids_) nodes.push_back(nodes_.at(id));
  return nodes;
}

absl::StatusOr<std::shared_ptr<const SchemaSet>> SchemaSet::FromStored(
    std::vector<std::string_view> nodes) {
  return Fenced(absl::StatusCode::kDataLoss, "stored schema does not load",
                [&]() -> absl::StatusOr<std::shared_ptr<const SchemaSet>> {
                  std::shared_ptr<SchemaSet> set(new SchemaSet());
                  for (std::string_view node : nodes) {
                    DAFTAR_RETURN_IF_ERROR(set->LoadNode(std::string(node)));
                  }
                  return set;
                });
}

absl::StatusOr<capnp::StructSchema> SchemaSet::Struct(uint64_t type_id) const {
  return Fenced(absl::StatusCode::kInternal, "schema lookup failed",
                [&]() -> absl::StatusOr<capnp::StructSchema> {
                  if (nodes_.contains(type_id)) {
                    const capnp::Schema schema = loader_.get(type_id);
                    if (schema.getProto().isStruct()) return schema.asStruct();
                  }
                  return NotFound("schema has no such struct").With("type", absl::Hex(type_id));
                });
}

capnp::schema::Node::Reader SchemaSet::node(uint64_t type_id) const {
  return loader_.get(type_id).getProto();
}

absl::Status SchemaSet::CheckWireCompatible(const SchemaSet& a, const SchemaSet& b) {
  return Fenced(absl::StatusCode::kInvalidArgument, "schemas are not wire-compatible", [&] {
    capnp::SchemaLoader both;
    for (uint64_t id : a.type_ids_) both.load(a.node(id));
    for (uint64_t id : b.type_ids_) both.load(b.node(id));
    return absl::OkStatus();
  });
}

}  // namespace daftar::record
