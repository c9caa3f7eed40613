// The columns that SQL shows of a table.
//
// Every scalar that is reached without walking through a list is a column under its path:
// "validTo", "address.city". Lists are columns of JSON text. Hidden, so that `SELECT *` leaves them
// out: `as_of`, whole structs as JSON, and "<path>.unscaled", the integer behind a decimal. A table
// whose names are searched has three more, hidden as well, where no field has their names, once a
// statement names one: one that is called as the table is, for MATCH; `similarity` and `rank`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "record/field_path.h"

namespace daftar::sql {

// How SQL sees a scalar. docs/sql.md has the table of types.
enum class Form : uint8_t {
  kBool,      // 0 or 1
  kInteger,   // every value fits SQLite's integer
  kUnsigned,  // UInt64: larger values are text of digits
  kReal,      // NaN is null
  kDecimal,   // the nearest double
  kText,
  kBlob,
  kEnum,     // the name
  kDate,     // "YYYY-MM-DD"
  kInstant,  // "YYYY-MM-DD HH:MM:SS[.ffffff]" UTC, as SQLite's datetime() writes it
};

Form FormOf(const record::FieldType& type);

struct Column {
  enum class Kind : uint8_t {
    kScalar,
    kUnscaled,
    kJson,
    kAsOf,
    // What MATCH finds: the name, how alike it is, and its place among all that were found.
    kMatch,
    kSimilarity,
    kRank,
  };

  std::string name;
  Kind kind = Kind::kJson;
  bool hidden = false;
  std::optional<record::FieldPath> path;  // of kScalar and kUnscaled
  Form form = Form::kText;                // of the two
  uint8_t scale = 0;  // of decimals, unscaled ones too: the digits after the point

  // Whether it shows what MATCH has found and not the record.
  bool is_of_match() const {
    return kind == Kind::kMatch || kind == Kind::kSimilarity || kind == Kind::kRank;
  }
  // The words after the name in a CREATE TABLE; they give SQLite the affinity that fits the form.
  std::string DeclaredType() const;
};

// The number of the `as_of` column in every table.
inline constexpr size_t kAsOfColumn = 0;

// The column of the scalar at `path`.
Column ColumnAt(std::string name, const record::FieldPath& path);
// The hidden column of the integer behind a decimal.
Column UnscaledOf(Column column);

// All columns of a table, in the order of its schema after `as_of`. Lifetime: as long as the
// catalog. Errors: FailedPrecondition when there are more than SQLite takes, or two whose names
// differ only in case.
absl::StatusOr<std::vector<Column>> ColumnsOf(const catalog::TableDef& table);

// The CREATE TABLE that tells SQLite of them.
std::string Declaration(const catalog::TableDef& table, const std::vector<Column>& columns);

// The number of the column called `name`, of any case; nothing when there is none.
std::optional<size_t> FindColumn(const std::vector<Column>& columns, std::string_view name);
// The number of the scalar column at `path`.
std::optional<size_t> FindColumn(const std::vector<Column>& columns, const record::FieldPath& path);

// Whether the key is one integer that SQLite's integers hold: then that is the rowid.
bool HasIntegerKey(const catalog::TableDef& table);
// Whether it is one Int64 called `rowid`: then the column is hidden, and a row that is inserted
// without one gets the next number, as in SQLite's tables without a key.
bool HasOwnRowId(const catalog::TableDef& table);

// A name in double quotes, inner ones doubled.
std::string QuoteName(std::string_view name);

}  // namespace daftar::sql
