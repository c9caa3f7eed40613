// Import maps: how the columns of an input become records. docs/import-maps.md is the reference.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"
#include "io/flag_rule.h"
#include "io/record_template.h"
#include "io/value_source.h"

namespace daftar::io {

// A test of "skip_when".
struct Condition {
  enum class Test { kIsNull, kNotNull, kIn, kNotIn, kStartsWith };
  ValueSpec value;
  Test test = Test::kIsNull;
  std::unordered_set<std::string> texts;
  std::string prefix;

  // Whether a value meets the test. Null is in no list and starts with nothing.
  bool Holds(const record::JsonValue& tested) const;
};

// One table of a map, parsed. Immutable; thread-safe to read.
struct TableMap {
  std::string table;
  SourceNames names;
  std::vector<ValueSpec> each;  // parallel to names.items
  std::vector<Condition> skip_when;
  // Rows that follow each other with the same values here make one record.
  std::vector<Reference> merge_by;
  std::vector<std::string> paths;  // of the fields
  std::vector<ValueSpec> values;   // parallel to paths
  RecordTemplate shape;
  std::vector<FlagRule> flags;
};

class ImportMap {
 public:
  // Parses JSON with comments. Errors: InvalidArgument "import map is not valid; place=…; cause=…"
  // for unknown names, unknown operations and wrong paths, or with line and column.
  static absl::StatusOr<ImportMap> Parse(std::string_view text);

  const std::vector<TableMap>& tables() const { return tables_; }
  // The part for `table`. Errors: InvalidArgument with the tables there are.
  absl::StatusOr<const TableMap*> Find(std::string_view table) const;

 private:
  std::vector<TableMap> tables_;
};

// The map that sends each column to the field path that is its name; "_error", which rejects files
// have, goes nowhere. Errors: InvalidArgument for a name that is not a path.
absl::StatusOr<TableMap> MapOfColumns(std::string_view table,
                                      const std::vector<std::string>& columns);

}  // namespace daftar::io
