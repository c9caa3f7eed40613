#include "sql/list_layout.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "record/kj_fence.h"

namespace daftar::sql {
namespace {

// Structs and lists inside one another that are looked into.
constexpr size_t kDepthMax = 8;
constexpr size_t kListsMax = 3;
// Finds the lists of a struct, those inside elements of other lists included.
class ListFinder {
 public:
  explicit ListFinder(std::vector<ListPlace>* found) : found_(*found) {}

  void Walk(capnp::StructSchema schema, const std::string& prefix) {
    const uint64_t id = schema.getProto().getId();
    const bool is_group = schema.getProto().getStruct().getIsGroup();
    if (inside_.size() == kDepthMax ||
        (!is_group && std::count(inside_.begin(), inside_.end(), id) > 0)) {
      return;
    }
    inside_.push_back(id);
    for (auto field : schema.getFields()) {
      Add(field.getType(), absl::StrCat(prefix, field.getProto().getName().cStr()));
    }
    inside_.pop_back();
  }

 private:
  void Add(capnp::Type type, const std::string& path) {
    if (type.isStruct()) {
      const capnp::StructSchema inner = type.asStruct();
      // A path leads to an optional by its name alone.
      if (record::IsOptional(inner)) return Add(record::OptionalValue(inner).getType(), path);
      return Walk(inner, path + ".");
    }
    if (!type.isList() || lists_.size() == kListsMax) return;
    const capnp::Type element = type.asList().getElementType();
    lists_.push_back(path);
    if (record::FieldType::IsScalar(element) || element.isStruct()) {
      found_.push_back({path, element, lists_});
    }
    if (element.isStruct()) Walk(element.asStruct(), path + ".");
    lists_.pop_back();
  }

  std::vector<ListPlace>& found_;
  std::vector<uint64_t> inside_;
  std::vector<std::string> lists_;
};

// What has its name already is told apart by the list.
std::string FreeName(const ListLayout& layout, const std::string& name, const std::string& list) {
  return layout.HasName(name) ? absl::StrCat(list, ".", name) : name;
}

// The scalars of an element, as ColumnsOf finds those of a record.
class FieldCollector {
 public:
  FieldCollector(capnp::StructSchema root, const ListPlace& list, ListLayout* layout)
      : root_(root), list_(list), layout_(*layout) {}

  absl::Status Collect() {
    if (record::FieldType::IsScalar(list_.element)) return AddScalar("value", list_.path);
    return Walk(list_.element.asStruct(), "");
  }

 private:
  absl::Status Walk(capnp::StructSchema schema, const std::string& prefix) {
    const uint64_t id = schema.getProto().getId();
    if (inside_.size() == kDepthMax || std::count(inside_.begin(), inside_.end(), id) > 0) {
      return absl::OkStatus();
    }
    inside_.push_back(id);
    for (auto field : schema.getFields()) {
      const std::string name = absl::StrCat(prefix, field.getProto().getName().cStr());
      capnp::Type type = field.getType();
      if (type.isStruct() && record::IsOptional(type.asStruct())) {
        type = record::OptionalValue(type.asStruct()).getType();
      }
      if (type.isStruct()) {
        DAFTAR_RETURN_IF_ERROR(Walk(type.asStruct(), name + "."));
      } else if (record::FieldType::IsScalar(type)) {
        DAFTAR_RETURN_IF_ERROR(AddScalar(name, absl::StrCat(list_.path, ".", name)));
      }
    }
    inside_.pop_back();
    return absl::OkStatus();
  }

  absl::Status AddScalar(const std::string& name, const std::string& path_text) {
    DAFTAR_ASSIGN_OR_RETURN(const record::FieldPath path,
                            record::FieldPath::Parse(root_, path_text));
    const Column& column =
        layout_.fields.emplace_back(ColumnAt(FreeName(layout_, name, list_.path), path));
    if (column.form == Form::kDecimal) layout_.fields.push_back(UnscaledOf(column));
    return absl::OkStatus();
  }

  const capnp::StructSchema root_;
  const ListPlace& list_;
  ListLayout& layout_;
  std::vector<uint64_t> inside_;
};

}  // namespace

bool ListLayout::HasName(std::string_view name) const {
  const auto is = [&](const Column& column) { return absl::EqualsIgnoreCase(column.name, name); };
  return absl::EqualsIgnoreCase(name, "as_of") || std::any_of(key.begin(), key.end(), is) ||
         std::any_of(fields.begin(), fields.end(), is) ||
         std::any_of(positions.begin(), positions.end(), [&](const std::string& position) {
           return absl::EqualsIgnoreCase(position, name);
         });
}

std::vector<ListPlace> ListsOf(const catalog::TableDef& table) {
  std::vector<ListPlace> lists;
  ListFinder(&lists).Walk(table.schema, "");
  return lists;
}

absl::StatusOr<ListLayout> LayoutOf(const catalog::TableDef& table, const ListPlace& list) {
  ListLayout layout;
  for (const catalog::Term& term : table.key) {
    layout.key.push_back(ColumnAt(term.path.text(), term.path));
  }
  for (const std::string& each : list.lists) {
    const std::string name = each == list.path ? "position" : absl::StrCat(each, ".position");
    layout.positions.push_back(FreeName(layout, name, list.path));
  }
  DAFTAR_RETURN_IF_ERROR(record::Fenced(absl::StatusCode::kInternal, "list has no columns", [&] {
    return FieldCollector(table.schema, list, &layout).Collect();
  }));
  return layout;
}

}  // namespace daftar::sql
