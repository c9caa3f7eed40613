// "flag" of an import map: adds up parts of a record and lists those that do not make the whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/spec.h"
#include "record/json_value.h"

namespace daftar::io {

struct FlagRule {
  std::vector<std::string> field;   // what is set, as steps of a path
  std::vector<std::string> sum_of;  // through lists; values are integers as text or numbers
  std::vector<std::pair<std::string, std::string>> where;  // members beside the value
  int64_t total = 0;
  // What the field is set to; null leaves it as it is.
  record::JsonValue exact;
  record::JsonValue short_of;
  record::JsonValue over;
  record::JsonValue none;  // no value is known
  // Some values are unknown and the known ones fall short. Null: this is short as well.
  record::JsonValue partial;
  std::vector<std::string> name;  // path of what the report calls the record
};

// Errors: InvalidArgument naming the place.
absl::StatusOr<FlagRule> ParseFlagRule(const Spec& spec);

struct Flag {
  std::string name;
  std::string reason;
};

// Sets the rule's field; gives a flag when the sum is short or over. A sum of which nothing is
// known, or too little to say (partial), is no error of the source and gives none. Errors:
// InvalidArgument for a value that is not an integer, or a sum beyond 64 bits.
absl::StatusOr<std::optional<Flag>> ApplyFlagRule(const FlagRule& rule, record::JsonValue* record);

}  // namespace daftar::io
