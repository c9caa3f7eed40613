// The lists of a table's records, and the columns that SQL shows of each.
#pragma once

#include <capnp/schema.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "sql/columns.h"

namespace daftar::sql {

// A list that some path of a record leads to.
struct ListPlace {
  std::string path;                // "names", "tests.results"
  capnp::Type element;             // of the list
  std::vector<std::string> lists;  // the paths of the lists around it, and its own
};

// The columns of a list, in this order: as_of, the record's key, the positions, the fields.
struct ListLayout {
  std::vector<Column> key;
  std::vector<std::string> positions;  // outermost list first
  std::vector<Column> fields;

  size_t fields_from() const { return 1 + key.size() + positions.size(); }
  bool HasName(std::string_view name) const;
};

// All lists of a table, those inside elements of other lists included; lists of lists are not.
std::vector<ListPlace> ListsOf(const catalog::TableDef& table);

// Lifetime: as long as the catalog. Errors: Internal.
absl::StatusOr<ListLayout> LayoutOf(const catalog::TableDef& table, const ListPlace& list);

}  // namespace daftar::sql
