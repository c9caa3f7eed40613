// The shape of the records that an import map makes: target paths joined into a tree.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "record/json_value.h"

namespace daftar::io {

// Builds records from values, one value for each path that was added.
//
// A path is names joined by dots, each with an optional "[2]" (an element of a list) or "[]" or
// "[word]" (elements taken one by one from values that are lists, which must have the same length;
// a single value goes to each of them). A list has its numbered elements first, then those of each
// word. What is null is left out. An element of a list is left out when all its values are null or
// constant, so that a constant language does not make an empty name; so is a list without elements.
class RecordTemplate {
 public:
  enum class Part {
    kValue,
    kConstant,  // makes no list element by itself
    kWhole,     // a JSON value that stays as it is, with the nulls and empty lists in it
  };

  RecordTemplate();
  ~RecordTemplate();
  RecordTemplate(RecordTemplate&&) noexcept;
  RecordTemplate& operator=(RecordTemplate&&) noexcept;

  // Adds a path for the next value.
  // Errors: InvalidArgument for a path that does not parse, is there already or contradicts
  // another.
  absl::Status Add(std::string_view path, Part part);
  // Errors: InvalidArgument when a list has an element 2 but no element 1. Call it after all Add().
  absl::Status CheckComplete() const;

  // Makes a record and takes the values. Requires: one value for each path, in the order of Add().
  // Errors: InvalidArgument when the lists that go to one "[]" differ in length.
  absl::StatusOr<record::JsonValue> Build(std::vector<record::JsonValue>& values) const;

 private:
  struct Node;
  struct NamedNode;
  struct Step;

  static absl::StatusOr<std::vector<Step>> ParsePath(std::string_view path);
  static absl::Status CheckLists(const Node& node, std::string_view path);
  static absl::Status Place(Node* root, const std::vector<Step>& steps, size_t value,
                            std::string_view path);

  std::unique_ptr<Node> root_;
  std::vector<Part> parts_;
};

// The path without indexes, as schemas and messages of the record codec name fields:
// "names[0].text" gives "names.text".
std::string FieldNameOfPath(std::string_view path);

}  // namespace daftar::io
