// How one table of a statement is to be read. Chosen when SQLite plans, used when it runs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sql/columns.h"
#include "sql/condition.h"

namespace daftar::sql {

// Between the two SQLite keeps it as a text, which `EXPLAIN QUERY PLAN` shows:
//   by index expiring where zone = literal and validTo < ?; order validTo desc; read no record: no,
//   firm
//   by index byPlace and bySector where country = ? and stage = ? and isic = ?
struct AccessChoice {
  struct Argument {
    size_t column = 0;
    Comparison comparison = Comparison::kEqual;
    bool is_literal = false;  // the value stands in the statement
    friend bool operator==(const Argument&, const Argument&) = default;
  };
  struct Order {
    size_t column = 0;
    bool descending = false;
    friend bool operator==(const Order&, const Order&) = default;
  };

  std::string index;                     // empty: the primary key
  std::vector<std::string> intersected;  // indexes that are read beside it
  std::vector<Argument> arguments;       // in the order in which their values are given
  std::vector<Order> orders;             // the rows come in this order
  std::vector<size_t> covered;           // the columns that entries answer; empty: records are read
  friend bool operator==(const AccessChoice&, const AccessChoice&) = default;
};

// Which values come after those of the arguments, in this order: the number between the two calls.
enum MoreValues : int {
  kHasMoment = 1,  // to read at
  kHasLimit = 2,   // how many rows will be asked for at most,
  kHasOffset = 4,  // and how many before them
};

std::string ToText(const AccessChoice& choice, const std::vector<Column>& columns);

// The inverse. Errors: Internal when `text` is not what ToText gives.
absl::StatusOr<AccessChoice> ParseAccessChoice(std::string_view text,
                                               const std::vector<Column>& columns);

}  // namespace daftar::sql
