// Comparisons of SQL as conditions of the engine.
//
// A condition may let through more rows than the comparison it stands for, never fewer: SQLite
// checks every row again. Where SQLite's meaning depends on what we cannot see - a number compared
// with text is read as text or not, by where the number comes from - nothing is said.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "record/predicate.h"
#include "sql/columns.h"

namespace daftar::sql {

// What a bound on one side leaves of the rows, and bounds on both, when nothing is known of them.
inline constexpr double kOneSideShare = 0.15;
inline constexpr double kBothSidesShare = 0.03;

enum class Comparison : uint8_t {
  kEqual,
  kIs,
  kIn,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIsNull,
  kIsNotNull,
  kLike,
  kGlob,
};

// "=", "is", "in", "<", …, "is null", "like"; and back.
std::string_view SymbolOf(Comparison comparison);
std::optional<Comparison> ComparisonOf(std::string_view symbol);

// The same for one of SQLite's SQLITE_INDEX_CONSTRAINT_…; nothing for what compares no column.
std::optional<Comparison> ComparisonOfOp(int op);

// What a comparison says of a column.
struct Bound {
  bool never = false;  // no row meets it
  // All of them hold for rows that meet it; empty: nothing is known.
  std::vector<record::Condition> conditions;
};

// Whether Translate() can say anything of the column for some value.
bool CanTranslate(const Column& column, Comparison comparison);

// Whether values that differ in order for SQLite lie in the same order in our keys, nulls included.
bool SortsAsStored(const Column& column);

// What `column comparison value` says; `value` is null for the null tests. `is_literal`: the value
// stands in the statement, so that text is text and does not come from a numeric column. Requires:
// not kIn, and CanTranslate().
Bound Translate(const Column& column, Comparison comparison, sqlite3_value* value, bool is_literal);

// Instants from one on, to before another.
struct InstantRange {
  int64_t first = 0;
  int64_t end = 0;
};
// All that have a text, as value.h has it.
InstantRange AllInstants();
// Those whose text compares so with `text`, which may be the beginning of one, or none.
InstantRange InstantsThat(Comparison comparison, std::string_view text);

// What `column IN (…)` says, value by value. An object serves one list.
class InList {
 public:
  explicit InList(const Column& column) : column_(column) {}
  void Add(sqlite3_value* value);
  Bound Take();

 private:
  const Column& column_;
  std::vector<OwnedScalar> values_;
  bool unknown_ = false;
};

// Conditions of the kind that Translate() will give when the value is not known yet.
std::vector<record::Condition> Placeholder(const Column& column, Comparison comparison);

}  // namespace daftar::sql
