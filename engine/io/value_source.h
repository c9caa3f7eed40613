// Where the values of an import map come from: columns, templates, constants, items, counters.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/cell_op.h"
#include "io/row_source.h"
#include "io/spec.h"
#include "record/json_value.h"

namespace daftar::io {

// A name in a source spec or in the braces of a template.
struct Reference {
  enum class Kind { kColumn, kWhole, kLine, kRow, kOrdinal, kItem };
  Kind kind = Kind::kColumn;
  size_t index = 0;  // into SourceNames: the column, the item
  std::string part;  // of an item: "share" in "@owner.share"
};

struct ValueSpec;

struct TemplateSource {
  std::vector<std::string> literals;
  std::vector<Reference> references;
};
struct ConstantSource {
  record::JsonValue value;
};
struct SequenceSource {
  size_t index = 0;  // which counter of the table
  std::vector<Reference> per;
  int64_t start = 1;
};
struct ListSource {
  std::vector<ValueSpec> elements;
  bool first_only = false;  // "first_of": the first that is not null
};

// A value and what is done to it.
struct ValueSpec {
  std::variant<Reference, TemplateSource, ConstantSource, SequenceSource, ListSource> source;
  std::vector<CellOp> ops;
  bool is_constant() const { return std::holds_alternative<ConstantSource>(source); }
  // Whether it is the row as it stands: "$" and no operation.
  bool is_whole() const {
    const Reference* reference = std::get_if<Reference>(&source);
    return reference != nullptr && reference->kind == Reference::Kind::kWhole && ops.empty();
  }
};

// Collects what the specs of one table refer to, so that names become indexes once.
struct SourceNames {
  std::vector<std::string> columns;
  std::vector<std::string> items;
  size_t sequence_count = 0;

  size_t ColumnIndex(std::string_view name);
};

// Parses a source spec: text (a reference) or an object with one source and operations.
// Errors: InvalidArgument naming the place.
absl::StatusOr<ValueSpec> ParseValueSpec(const Spec& spec, const LookupTables& lookups,
                                         SourceNames* names);

// The same from the members of an object that `spec` is or has beside other things.
absl::StatusOr<ValueSpec> ParseValueMembers(
    const Spec& spec, const std::vector<std::pair<std::string, Spec>>& members,
    const LookupTables& lookups, SourceNames* names);

// The columns that a value is made of, for messages.
void CollectColumns(const ValueSpec& spec, const SourceNames& names,
                    std::vector<std::string>* columns);

// Whether the value depends on an item of "each" or on "#".
bool UsesItems(const ValueSpec& spec);

}  // namespace daftar::io
