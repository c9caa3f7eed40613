#include "io/record_template.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace daftar::io {

using record::JsonArray;
using record::JsonObject;
using record::JsonValue;

namespace {

constexpr size_t kListIndexMax = 999;

bool IsWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

void DropNulls(JsonArray* array) {
  std::erase_if(*array, [](const JsonValue& element) { return element.is_null(); });
}

}  // namespace

struct RecordTemplate::Step {
  enum class List { kNone, kIndex, kGroup };
  std::string name;
  List list = List::kNone;
  size_t index = 0;
  std::string group;
};

// A node is a value, an object or a list.
struct RecordTemplate::Node {
  Node();
  Node(Node&&) noexcept;
  ~Node();

  enum class Kind { kUnset, kValue, kObject, kList };
  using Named = std::vector<NamedNode>;
  Kind kind = Kind::kUnset;
  size_t value = 0;            // kValue
  Named members;               // kObject
  std::vector<Node> elements;  // kList: "[0]", "[1]", …
  Named groups;                // kList: "[]", "[word]"; each makes any number of elements

  static Node* FindOrAdd(const std::string& name, Named* nodes);
  // Whether the node was, or now becomes, of that kind.
  bool Become(Kind wanted) {
    if (kind == Kind::kUnset) kind = wanted;
    return kind == wanted;
  }
};

struct RecordTemplate::NamedNode {
  std::string name;
  Node node;
};

RecordTemplate::Node::Node() = default;
RecordTemplate::Node::Node(Node&&) noexcept = default;
RecordTemplate::Node::~Node() = default;

RecordTemplate::Node* RecordTemplate::Node::FindOrAdd(const std::string& name, Named* nodes) {
  for (NamedNode& known : *nodes) {
    if (known.name == name) return &known.node;
  }
  return &nodes->emplace_back(NamedNode{name, Node()}).node;
}

namespace {

// What a subtree made; `real` when something in it is neither null nor constant.
struct Built {
  JsonValue value;
  bool real = false;
};

}  // namespace

RecordTemplate::RecordTemplate() : root_(std::make_unique<Node>()) {
  root_->kind = Node::Kind::kObject;
}
RecordTemplate::~RecordTemplate() = default;
RecordTemplate::RecordTemplate(RecordTemplate&&) noexcept = default;
RecordTemplate& RecordTemplate::operator=(RecordTemplate&&) noexcept = default;

absl::StatusOr<std::vector<RecordTemplate::Step>> RecordTemplate::ParsePath(std::string_view path) {
  std::vector<Step> steps;
  size_t group_count = 0;
  for (std::string_view part : absl::StrSplit(path, '.')) {
    Step step;
    if (const size_t open = part.find('['); open != part.npos) {
      if (!part.ends_with(']')) return InvalidArgument("a bracket is not closed");
      const std::string_view label = part.substr(open + 1, part.size() - open - 2);
      part = part.substr(0, open);
      if (!label.empty() && absl::ascii_isdigit(static_cast<unsigned char>(label.front()))) {
        step.list = Step::List::kIndex;
        if (!absl::SimpleAtoi(label, &step.index) || step.index > kListIndexMax) {
          return InvalidArgument("an index is a number from 0 to 999");
        }
      } else {
        step.list = Step::List::kGroup;
        step.group = label;
        if (!IsWord(label)) return InvalidArgument("brackets hold an index, a word or nothing");
        if (++group_count > 1) return InvalidArgument("only one [] or [word] can stand in a path");
      }
    }
    if (part.empty() || !IsWord(part)) {
      return InvalidArgument("it is not a path such as id, address.city or names[0].text");
    }
    step.name = part;
    steps.push_back(std::move(step));
  }
  return steps;
}

absl::Status RecordTemplate::Add(std::string_view path, Part part) {
  absl::StatusOr<std::vector<Step>> steps = ParsePath(path);
  if (!steps.ok()) return WithContext(steps.status(), "path", path);
  DAFTAR_RETURN_IF_ERROR(Place(root_.get(), *steps, parts_.size(), path));
  parts_.push_back(part);
  return absl::OkStatus();
}

absl::Status RecordTemplate::Place(Node* root, const std::vector<Step>& steps, size_t value,
                                   std::string_view path) {
  const auto contradiction = [path] {
    return InvalidArgument("the path contradicts another path").With("path", path);
  };
  Node* node = root;
  for (const Step& step : steps) {
    if (!node->Become(Node::Kind::kObject)) return contradiction();
    node = Node::FindOrAdd(step.name, &node->members);
    if (step.list == Step::List::kNone) continue;
    if (!node->Become(Node::Kind::kList)) return contradiction();
    if (step.list == Step::List::kGroup) {
      node = Node::FindOrAdd(step.group, &node->groups);
      continue;
    }
    if (node->elements.size() <= step.index) node->elements.resize(step.index + 1);
    node = &node->elements[step.index];
  }
  if (node->kind == Node::Kind::kValue) {
    return InvalidArgument("the path stands twice").With("path", path);
  }
  if (!node->Become(Node::Kind::kValue)) return contradiction();
  node->value = value;
  return absl::OkStatus();
}

absl::Status RecordTemplate::CheckComplete() const { return CheckLists(*root_, ""); }

absl::Status RecordTemplate::CheckLists(const Node& node, std::string_view path) {
  for (size_t i = 0; i < node.elements.size(); ++i) {
    if (node.elements[i].kind == Node::Kind::kUnset) {
      return InvalidArgument("a list has no path for an element before its last")
          .With("path", absl::StrCat(path, "[", i, "]"));
    }
    DAFTAR_RETURN_IF_ERROR(CheckLists(node.elements[i], path));
  }
  for (const auto& [name, member] : node.members) {
    DAFTAR_RETURN_IF_ERROR(CheckLists(member, path.empty() ? name : absl::StrCat(path, ".", name)));
  }
  return absl::OkStatus();
}

namespace {

// Walks the tree once. `element` is the index within the "[]" that the walk is in, if it is in one.
template <typename Node>
class Builder {
 public:
  using Part = RecordTemplate::Part;

  Builder(std::vector<JsonValue>& values, const std::vector<Part>& parts)
      : values_(values), parts_(parts) {}

  absl::StatusOr<Built> Build(const Node& node, std::optional<size_t> element) {
    switch (node.kind) {
      case Node::Kind::kValue:
        return BuildValue(node.value, element);
      case Node::Kind::kObject:
        return BuildObject(node, element);
      case Node::Kind::kList:
        return BuildList(node, element);
      case Node::Kind::kUnset:
        break;
    }
    return Internal("a record template has an unset node");
  }

 private:
  Built BuildValue(size_t index, std::optional<size_t> element) {
    Built built;
    JsonValue& value = values_[index];
    JsonArray* array = value.as_array();
    if (!element) {
      if (parts_[index] == Part::kWhole) array = nullptr;
      if (array != nullptr) DropNulls(array);
      if (array == nullptr || !array->empty()) built.value = std::move(value);
    } else if (array != nullptr) {
      if (*element < array->size()) built.value = std::move((*array)[*element]);
    } else {
      built.value = value;
    }
    built.real = !built.value.is_null() && parts_[index] != Part::kConstant;
    return built;
  }

  absl::StatusOr<Built> BuildObject(const Node& node, std::optional<size_t> element) {
    Built built;
    JsonObject members;
    for (const auto& [name, child] : node.members) {
      DAFTAR_ASSIGN_OR_RETURN(Built part, Build(child, element));
      built.real = built.real || part.real;
      if (!part.value.is_null()) members.push_back({name, std::move(part.value)});
    }
    if (!members.empty()) built.value = JsonValue(std::move(members));
    return built;
  }

  absl::StatusOr<Built> BuildList(const Node& node, std::optional<size_t> element) {
    JsonArray array;
    for (const Node& child : node.elements) {
      DAFTAR_ASSIGN_OR_RETURN(Built part, Build(child, element));
      if (part.real) array.push_back(std::move(part.value));
    }
    for (const auto& [label, group] : node.groups) {
      DAFTAR_ASSIGN_OR_RETURN(const size_t count, CountOf(group));
      for (size_t i = 0; i < count; ++i) {
        DAFTAR_ASSIGN_OR_RETURN(Built part, Build(group, i));
        if (part.real) array.push_back(std::move(part.value));
      }
    }
    Built built;
    built.real = !array.empty();
    if (built.real) built.value = JsonValue(std::move(array));
    return built;
  }

  // How many elements the values below give: the length of their lists, which must agree, or one
  // when there are only single values.
  absl::StatusOr<size_t> CountOf(const Node& node) {
    std::vector<size_t> indexes;
    CollectValues(node, &indexes);
    std::optional<size_t> count;
    for (const size_t index : indexes) {
      const JsonArray* array = values_[index].as_array();
      if (array == nullptr) continue;
      const size_t size = array->size();
      if (count && *count != size) {
        return InvalidArgument("lists that go to the same elements differ in length")
            .With("lengths", absl::StrCat(*count, " and ", size));
      }
      count = size;
    }
    return count.value_or(1);
  }

  void CollectValues(const Node& node, std::vector<size_t>* indexes) {
    if (node.kind == Node::Kind::kValue) indexes->push_back(node.value);
    for (const auto& [name, member] : node.members) CollectValues(member, indexes);
    for (const Node& child : node.elements) CollectValues(child, indexes);
  }

  std::vector<JsonValue>& values_;
  const std::vector<Part>& parts_;
};

}  // namespace

absl::StatusOr<JsonValue> RecordTemplate::Build(std::vector<JsonValue>& values) const {
  Builder<Node> builder(values, parts_);
  DAFTAR_ASSIGN_OR_RETURN(Built built, builder.Build(*root_, std::nullopt));
  if (built.value.is_null()) return JsonValue(JsonObject());
  return std::move(built.value);
}

std::string FieldNameOfPath(std::string_view path) {
  std::string name;
  bool in_brackets = false;
  for (char c : path) {
    if (c == '[') in_brackets = true;
    if (!in_brackets) name.push_back(c);
    if (c == ']') in_brackets = false;
  }
  return name;
}

}  // namespace daftar::io
