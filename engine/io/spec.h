// Reading the parts of an import map with errors that name the place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "record/json_value.h"

namespace daftar::io {

// A value of the map and where it stands: "tables.firm.fields.id". Lifetime: points to the value.
class Spec {
 public:
  Spec(const record::JsonValue* value, std::string place)
      : value_(value), place_(std::move(place)) {}

  const record::JsonValue& value() const { return *value_; }
  const std::string& place() const { return place_; }
  // The error "import map is not valid; place=…; cause=…".
  absl::Status Wrong(std::string_view cause) const;

  // Errors of all: InvalidArgument when the value has another kind.
  absl::StatusOr<std::string> Text() const;
  // Text, or a list of texts, as a list.
  absl::StatusOr<std::vector<std::string>> Texts() const;
  absl::StatusOr<int64_t> Integer() const;
  absl::Status True() const;
  // The members of an object; refuses a name that stands twice.
  absl::StatusOr<std::vector<std::pair<std::string, Spec>>> Members() const;
  absl::StatusOr<std::vector<Spec>> Elements() const;

 private:
  const record::JsonValue* value_;
  std::string place_;
};

}  // namespace daftar::io
