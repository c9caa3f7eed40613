#include "catalog/evolution_types.h"

#include <map>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "catalog/evolution_fields.h"

namespace daftar::catalog {
namespace {

using Enumerants = capnp::List<capnp::schema::Enumerant>::Reader;

// The type ids that tables store, each with the names of those tables.
using StoredTypes = std::map<uint64_t, std::vector<std::string_view>>;

// As record::TypeName, of a node.
std::string NameOf(capnp::schema::Node::Reader node) {
  const std::string_view name = node.getDisplayName().cStr();
  const size_t colon = name.rfind(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

// Without the structs around it, whose own renaming is reported once.
std::string_view LastName(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool IsGroup(capnp::schema::Node::Reader node) {
  return node.isStruct() && node.getStruct().getIsGroup();
}

class TypeWalker {
 public:
  explicit TypeWalker(std::string_view table) : table_(table) {}

  void Visit(capnp::Type type, StoredTypes* stored) {
    while (type.isList()) type = type.asList().getElementType();
    if (!type.isStruct() && !type.isEnum()) return;
    const uint64_t id =
        type.isStruct() ? type.asStruct().getProto().getId() : type.asEnum().getProto().getId();
    if (!seen_.insert(id).second) return;
    (*stored)[id].push_back(table_);
    if (!type.isStruct()) return;
    for (auto field : type.asStruct().getFields()) Visit(field.getType(), stored);
  }

 private:
  const std::string_view table_;
  std::set<uint64_t> seen_;
};

StoredTypes FindStoredTypes(const std::vector<TableDef>& tables) {
  StoredTypes stored;
  for (const TableDef& table : tables) TypeWalker(table.name).Visit(table.schema, &stored);
  return stored;
}

std::map<std::string_view, size_t> OrdinalsByName(Enumerants enumerants) {
  std::map<std::string_view, size_t> ordinals;
  for (uint i = 0; i < enumerants.size(); ++i) ordinals[enumerants[i].getName().cStr()] = i;
  return ordinals;
}

// One enumerant of the old version. Its number is stored, so its name may change and not move.
void CompareEnumerant(const std::string& type, size_t ordinal, Enumerants from, Enumerants to,
                      Findings* findings) {
  const auto names_before = OrdinalsByName(from);
  const auto names_now = OrdinalsByName(to);
  const std::string_view name = from[static_cast<uint>(ordinal)].getName().cStr();
  const std::string place = absl::StrCat(type, ".", name);
  if (const auto found = names_now.find(name); found != names_now.end()) {
    if (found->second == ordinal) return;
    findings->Add(Rule::kEnumerantRenumbered, place,
                  absl::StrCat("was @", ordinal, ", is @", found->second,
                               "; stored numbers would get another name; keep @", ordinal,
                               " and put new enumerants at the end"));
    return;
  }
  if (ordinal < to.size()) {
    const std::string_view now = to[static_cast<uint>(ordinal)].getName().cStr();
    if (!names_before.contains(now)) {
      findings->Add(Rule::kLabelChanged, place,
                    absl::StrCat("is now called ", now, "; queries by the old name stop working"));
      return;
    }
  }
  findings->Add(Rule::kEnumerantRemoved, place,
                absl::StrCat("gone, and stored records may hold it; put it back as @", ordinal,
                             ", renamed if nobody should use it"));
}

void CompareEnums(capnp::schema::Node::Reader from, capnp::schema::Node::Reader to,
                  Findings* findings) {
  const Enumerants before = from.getEnum().getEnumerants();
  const Enumerants now = to.getEnum().getEnumerants();
  for (uint i = 0; i < before.size(); ++i) {
    CompareEnumerant(NameOf(from), i, before, now, findings);
  }
  const auto names_before = OrdinalsByName(before);
  for (uint i = before.size(); i < now.size(); ++i) {
    const std::string_view name = now[i].getName().cStr();
    if (names_before.contains(name)) continue;
    findings->Add(Rule::kEnumerantAdded, absl::StrCat(NameOf(to), ".", name), "new at the end");
  }
}

absl::Status ComparePair(const SchemaSide& from, const SchemaSide& to, uint64_t id,
                         std::string stored_in, Findings* findings) {
  const auto before = from.types.node(id);
  const auto now = to.types.node(id);
  const std::string name = NameOf(before);
  if (before.which() != now.which() || IsGroup(now)) {
    findings->Add(Rule::kKindChanged, name,
                  absl::StrCat("the type id @0x", absl::Hex(id), " now belongs to ", NameOf(now),
                               ", which is of another kind; give that an id of its own"));
    return absl::OkStatus();
  }
  if (LastName(name) != LastName(NameOf(now))) {
    findings->Add(Rule::kLabelChanged, name, absl::StrCat("is now called ", NameOf(now)));
  }
  if (before.isEnum()) {
    CompareEnums(before, now, findings);
    return absl::OkStatus();
  }
  StructPair pair;
  DAFTAR_ASSIGN_OR_RETURN(pair.from, from.types.Struct(id));
  DAFTAR_ASSIGN_OR_RETURN(pair.to, to.types.Struct(id));
  pair.stored_in = std::move(stored_in);
  CompareFields(pair, findings);
  return absl::OkStatus();
}

void ReportNewTypes(const SchemaSide& from, const SchemaSide& to, Findings* findings) {
  std::set<uint64_t> known(from.types.type_ids().begin(), from.types.type_ids().end());
  // New tables are reported as such, and a type that merely lost its id by another rule.
  for (const TableDef& table : to.tables) known.insert(table.schema.getProto().getId());
  for (uint64_t id : to.types.type_ids()) {
    const auto node = to.types.node(id);
    if (known.contains(id) || IsGroup(node)) continue;
    findings->Add(Rule::kTypeAdded, NameOf(node), "new");
  }
}

}  // namespace

absl::Status CompareTypes(const SchemaSide& from, const SchemaSide& to, Findings* findings) {
  const StoredTypes stored = FindStoredTypes(from.tables);
  const std::set<uint64_t> now(to.types.type_ids().begin(), to.types.type_ids().end());
  for (uint64_t id : from.types.type_ids()) {
    if (IsGroup(from.types.node(id))) continue;
    const auto tables = stored.find(id);
    if (now.contains(id)) {
      DAFTAR_RETURN_IF_ERROR(
          ComparePair(from, to, id,
                      tables == stored.end() ? "" : absl::StrJoin(tables->second, ", "), findings));
    } else if (tables == stored.end()) {
      findings->Add(Rule::kUnusedTypeDropped, NameOf(from.types.node(id)),
                    "gone; no table stores it");
    }
    // A stored type that is gone shows at the field or the table that held it.
  }
  ReportNewTypes(from, to, findings);
  return absl::OkStatus();
}

}  // namespace daftar::catalog
