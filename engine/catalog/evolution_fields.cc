#include "catalog/evolution_fields.h"

#include <capnp/any.h>

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "record/field_path.h"
#include "record/schema_set.h"

namespace daftar::catalog {
namespace {

using Field = capnp::StructSchema::Field;
using record::Meaning;

constexpr uint16_t kNoDiscriminant = capnp::schema::Field::NO_DISCRIMINANT;

std::string_view OwnName(const Field& field) { return field.getProto().getName().cStr(); }
uint64_t GroupId(const Field& group) { return group.getProto().getGroup().getTypeId(); }

// A field that holds bytes, with the groups and named unions around it.
struct Slot {
  Field field;
  std::vector<Field> groups;  // outermost first
  std::string name;           // as queries call it: "address.city"
  // The value and the Void member of an optional, whose own names nobody sees.
  bool optional_value = false;
  bool optional_none = false;

  uint16_t ordinal() const { return field.getProto().getOrdinal().getExplicit(); }
  std::string_view label() const { return OwnName(optional_value ? groups.back() : field); }
};

// The fields of a struct by ordinal, its groups by type id.
struct Layout {
  std::map<uint16_t, Slot> slots;
  std::map<uint64_t, std::string> groups;  // dotted names
  std::map<std::string, uint16_t> ordinals;
};

void AddFields(capnp::StructSchema schema, std::vector<Field>* groups, const std::string& prefix,
               Layout* layout) {
  const bool optional = record::IsOptional(schema);
  for (auto field : schema.getFields()) {
    const std::string name = absl::StrCat(prefix, prefix.empty() ? "" : ".", OwnName(field));
    if (field.getProto().isGroup()) {
      layout->groups[GroupId(field)] = name;
      groups->push_back(field);
      AddFields(field.getType().asStruct(), groups, name, layout);
      groups->pop_back();
      continue;
    }
    Slot slot{field, *groups, name};
    slot.optional_none = optional && field == record::OptionalNone(schema);
    slot.optional_value = optional && !slot.optional_none;
    if (slot.optional_value) slot.name = prefix;
    layout->ordinals[slot.name] = slot.ordinal();
    layout->slots.emplace(slot.ordinal(), std::move(slot));
  }
}

Layout LayoutOf(capnp::StructSchema schema) {
  Layout layout;
  std::vector<Field> groups;
  AddFields(schema, &groups, "", &layout);
  return layout;
}

enum class TypeChange { kNone, kListToStructs, kTextAndData, kTypeId, kOther };

// The field @0 of a struct when it stands at the top and outside of any union: where a reader finds
// the elements of a list that used to hold plain values.
std::optional<Field> FindElementField(capnp::StructSchema schema) {
  auto fields = schema.getFields();
  if (fields.size() == 0) return std::nullopt;
  const auto proto = fields[0].getProto();
  const bool fits = proto.isSlot() && proto.getOrdinal().getExplicit() == 0 &&
                    proto.getDiscriminantValue() == kNoDiscriminant;
  return fits ? std::optional(fields[0]) : std::nullopt;
}

TypeChange Compare(capnp::Type from, capnp::Type to, bool in_list) {
  if (from.which() != to.which()) {
    if ((from.isText() && to.isData()) || (from.isData() && to.isText())) {
      return TypeChange::kTextAndData;
    }
    if (!in_list || !to.isStruct() || from.isBool() || from.isVoid()) return TypeChange::kOther;
    const std::optional<Field> element = FindElementField(to.asStruct());
    const bool same =
        element.has_value() && Compare(from, element->getType(), false) == TypeChange::kNone;
    return same ? TypeChange::kListToStructs : TypeChange::kOther;
  }
  if (from.isList()) {
    return Compare(from.asList().getElementType(), to.asList().getElementType(), true);
  }
  const auto same_id = [](const capnp::Schema& a, const capnp::Schema& b) {
    return a.getProto().getId() == b.getProto().getId() ? TypeChange::kNone : TypeChange::kTypeId;
  };
  if (from.isStruct()) return same_id(from.asStruct(), to.asStruct());
  if (from.isEnum()) return same_id(from.asEnum(), to.asEnum());
  return TypeChange::kNone;
}

// A type as schema files write it.
std::string TypeText(capnp::Type type) {
  using Which = capnp::schema::Type::Which;
  switch (type.which()) {
    case Which::LIST:
      return absl::StrCat("List(", TypeText(type.asList().getElementType()), ")");
    case Which::STRUCT:
      return absl::StrCat("struct ", record::TypeName(type.asStruct()));
    case Which::ENUM:
      return absl::StrCat("enum ", record::TypeName(type.asEnum()));
    case Which::VOID:
      return "Void";
    case Which::BOOL:
      return "Bool";
    case Which::INT8:
      return "Int8";
    case Which::INT16:
      return "Int16";
    case Which::INT32:
      return "Int32";
    case Which::INT64:
      return "Int64";
    case Which::UINT8:
      return "UInt8";
    case Which::UINT16:
      return "UInt16";
    case Which::UINT32:
      return "UInt32";
    case Which::UINT64:
      return "UInt64";
    case Which::FLOAT32:
      return "Float32";
    case Which::FLOAT64:
      return "Float64";
    case Which::TEXT:
      return "Text";
    case Which::DATA:
      return "Data";
    case Which::INTERFACE:
    case Which::ANY_POINTER:
      break;  // accepted schemas have none
  }
  return "?";
}

capnp::Type ElementOf(capnp::Type type) {
  while (type.isList()) type = type.asList().getElementType();
  return type;
}

// The annotation that gives the values their meaning. Of a list that became one of structs it is
// that of their field @0.
record::FieldMeaning MeaningOf(const Slot& slot, TypeChange change) {
  if (change != TypeChange::kListToStructs) return record::MeaningOf(slot.field.getProto());
  return record::MeaningOf(ElementOf(slot.field.getType()).asStruct().getFields()[0].getProto());
}

std::string MeaningText(record::FieldMeaning meaning) {
  switch (meaning.meaning) {
    case Meaning::kPlain:
      return "no meaning";
    case Meaning::kDate:
      return "$date";
    case Meaning::kInstant:
      return "$instant";
    case Meaning::kDecimal:
      return absl::StrCat("$decimal(", int{meaning.scale}, ")");
    case Meaning::kJson:
      return "$json";
  }
  return "?";
}

class FieldComparison {
 public:
  FieldComparison(const StructPair& pair, Findings* findings)
      : pair_(pair),
        findings_(*findings),
        struct_name_(record::TypeName(pair.from)),
        from_(LayoutOf(pair.from)),
        to_(LayoutOf(pair.to)) {}

  void Run() {
    for (const auto& [ordinal, slot] : from_.slots) CompareSlot(slot);
    for (const auto& [id, name] : from_.groups) {
      const auto now = to_.groups.find(id);
      if (now != to_.groups.end() && now->second != name) ReportLabel(name, now->second);
    }
    for (const auto& [ordinal, slot] : to_.slots) {
      if (from_.slots.contains(ordinal) || slot.optional_none) continue;
      findings_.Add(Rule::kFieldAdded, Place(slot.name),
                    "new; records written before read it as unset");
    }
  }

 private:
  std::string Place(std::string_view name) const { return absl::StrCat(struct_name_, ".", name); }

  void ReportLabel(const std::string& from, const std::string& to) {
    findings_.Add(Rule::kLabelChanged, Place(from),
                  absl::StrCat("is now called ", to, "; queries by the old name stop working"));
  }

  // A name that goes to another number is a renumbering, not a new field under an old name, when
  // that number was another field's or when it is of the same type.
  const Slot* FindRenumbered(const Slot& slot) const {
    const auto found = to_.ordinals.find(slot.name);
    if (found == to_.ordinals.end() || found->second == slot.ordinal()) return nullptr;
    const Slot& now = to_.slots.at(found->second);
    const bool same_type =
        Compare(slot.field.getType(), now.field.getType(), false) == TypeChange::kNone;
    return same_type || from_.slots.contains(now.ordinal()) ? &now : nullptr;
  }

  // Whether the field at this ordinal is, by its name, another one of the old version.
  bool IsDisplaced(const Slot& slot, const Slot& now) const {
    return now.name != slot.name && from_.ordinals.contains(now.name);
  }

  void CompareSlot(const Slot& slot) {
    if (const Slot* now = FindRenumbered(slot)) {
      findings_.Add(Rule::kFieldRenumbered, Place(slot.name),
                    absl::StrCat("was @", slot.ordinal(), ", is @", now->ordinal(),
                                 "; stored values would be read under other names; keep @",
                                 slot.ordinal(), " and give new fields the next free numbers"));
      return;
    }
    const auto found = to_.slots.find(slot.ordinal());
    if (found == to_.slots.end() || IsDisplaced(slot, found->second)) {
      findings_.Add(Rule::kFieldRemoved, Place(slot.name),
                    absl::StrCat("gone, and stored records may hold it; put it back as @",
                                 slot.ordinal(), ", renamed if nobody should use it"));
      return;
    }
    ComparePresent(slot, found->second);
  }

  void ComparePresent(const Slot& slot, const Slot& now) {
    const TypeChange change = Compare(slot.field.getType(), now.field.getType(), false);
    ReportType(slot, now, change);
    if (change == TypeChange::kNone) CompareDefault(slot, now);
    if (change == TypeChange::kNone || change == TypeChange::kListToStructs) {
      CompareMeaning(slot, now, change);
    }
    CompareGroups(slot, now);
    if (slot.label() != now.label() && !(slot.optional_value && now.optional_value) &&
        !(slot.optional_none && now.optional_none)) {
      ReportLabel(slot.name, now.name);
    }
  }

  void ReportType(const Slot& slot, const Slot& now, TypeChange change) {
    const std::string types = absl::StrCat("was ", TypeText(slot.field.getType()), ", is ",
                                           TypeText(now.field.getType()));
    constexpr std::string_view kRemedy =
        "; keep the type, rename the field, add a new one with the next free number, and fill it "
        "by `daftar migrate`";
    switch (change) {
      case TypeChange::kNone:
        return;
      case TypeChange::kListToStructs:
        findings_.Add(Rule::kListBecameStructs, Place(slot.name),
                      absl::StrCat(types,
                                   ", whose @0 holds the stored elements; paths to them "
                                   "get longer"));
        return;
      case TypeChange::kTextAndData:
        findings_.Add(
            Rule::kTextAndDataExchanged, Place(slot.name),
            absl::StrCat(types, "; stored bytes of one are no value of the other", kRemedy));
        return;
      case TypeChange::kTypeId:
        findings_.Add(Rule::kFieldTypeIdChanged, Place(slot.name),
                      absl::StrCat("its ", TypeText(ElementOf(slot.field.getType())),
                                   " has the type id @0x", absl::Hex(IdOf(slot.field.getType())),
                                   " and was given @0x", absl::Hex(IdOf(now.field.getType())),
                                   "; write @0x", absl::Hex(IdOf(slot.field.getType())),
                                   " behind the name of the type, or add a new field"));
        return;
      case TypeChange::kOther:
        findings_.Add(Rule::kTypeChanged, Place(slot.name), absl::StrCat(types, kRemedy));
        return;
    }
  }

  static uint64_t IdOf(capnp::Type type) {
    const capnp::Type element = ElementOf(type);
    return element.isStruct() ? element.asStruct().getProto().getId()
                              : element.asEnum().getProto().getId();
  }

  void CompareDefault(const Slot& slot, const Slot& now) {
    const capnp::AnyStruct::Reader before = slot.field.getProto().getSlot().getDefaultValue();
    const capnp::AnyStruct::Reader after = now.field.getProto().getSlot().getDefaultValue();
    if (before == after) return;
    findings_.Add(Rule::kDefaultChanged, Place(slot.name),
                  "its default changed, which would change stored values too, because they are "
                  "stored as a difference from it; keep the default");
  }

  void CompareMeaning(const Slot& slot, const Slot& now, TypeChange change) {
    const record::FieldMeaning before = record::MeaningOf(slot.field.getProto());
    const record::FieldMeaning after = MeaningOf(now, change);
    if ((before.meaning == after.meaning && before.scale == after.scale) ||
        pair_.stored_in.empty()) {
      return;
    }
    const auto either = [&](Meaning meaning) {
      return before.meaning == meaning || after.meaning == meaning;
    };
    const std::string was = absl::StrCat("had ", MeaningText(before), ", has ", MeaningText(after));
    const std::string tables = absl::StrCat("; tables=", pair_.stored_in);
    constexpr std::string_view kRemedy =
        "; keep it, rename the field, add a new one, and fill it by `daftar migrate`";
    if (either(Meaning::kJson)) {
      if (after.meaning == Meaning::kJson) {
        findings_.Add(Rule::kJsonAdded, Place(slot.name),
                      absl::StrCat("now $json, and stored texts may be none", tables));
      } else {
        findings_.Add(Rule::kJsonRemoved, Place(slot.name),
                      "no longer $json; shown as a text from now on");
      }
    } else if (either(Meaning::kDate) || either(Meaning::kInstant)) {
      findings_.Add(
          Rule::kTimeMeaningChanged, Place(slot.name),
          absl::StrCat(was, "; stored numbers would be read as something else", kRemedy, tables));
    } else {
      findings_.Add(
          Rule::kDecimalChanged, Place(slot.name),
          absl::StrCat(was, "; stored numbers would be read as other values", kRemedy, tables));
    }
  }

  // A member keeps its groups and its number in each union. Beyond that, one field may become a
  // member of groups that are new but for it, and only as the first one of a union: older records
  // have zero where the union says which member is set.
  void CompareGroups(const Slot& slot, const Slot& now) {
    const bool longer = now.groups.size() > slot.groups.size();
    bool kept = now.groups.size() >= slot.groups.size();
    bool entered_union = false;
    for (size_t i = 0; kept && i <= now.groups.size(); ++i) {
      const Field& was = i < slot.groups.size() ? slot.groups[i] : slot.field;
      const Field& is = i < now.groups.size() ? now.groups[i] : now.field;
      const uint16_t before =
          i <= slot.groups.size() ? was.getProto().getDiscriminantValue() : kNoDiscriminant;
      const uint16_t after = is.getProto().getDiscriminantValue();
      if (before != after && !(before == kNoDiscriminant && after == 0)) kept = false;
      if (before != after) entered_union = true;
      if (i < slot.groups.size() && GroupId(was) != GroupId(is)) kept = false;
      if (i >= slot.groups.size() && i < now.groups.size() && !IsNewFor(slot, is)) kept = false;
    }
    if (!kept) {
      findings_.Add(Rule::kGroupingChanged, Place(slot.name),
                    "left, entered or changed its number in a group or union; only a group or "
                    "union whose other members are new can take in one stored field, with the "
                    "smallest number of them");
    } else if (longer || entered_union) {
      findings_.Add(Rule::kMovedIntoNewGroup, Place(slot.name),
                    absl::StrCat("now stands in a new ", entered_union ? "union" : "group",
                                 now.name == slot.name ? "" : " and is called ",
                                 now.name == slot.name ? "" : now.name));
    }
  }

  // Whether `group` is not of the old version and took in no other of its fields.
  bool IsNewFor(const Slot& slot, const Field& group) const {
    if (from_.groups.contains(GroupId(group))) return false;
    for (const auto& [ordinal, other] : to_.slots) {
      if (ordinal == slot.ordinal() || !from_.slots.contains(ordinal)) continue;
      for (const Field& around : other.groups) {
        if (GroupId(around) == GroupId(group)) return false;
      }
    }
    return true;
  }

  const StructPair& pair_;
  Findings& findings_;
  const std::string struct_name_;
  const Layout from_;
  const Layout to_;
};

}  // namespace

void CompareFields(const StructPair& pair, Findings* findings) {
  FieldComparison(pair, findings).Run();
}

}  // namespace daftar::catalog
