// Totals by group that a schema declares with $aggregate, read as every commit keeps them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "daftar/value.h"

namespace daftar {

namespace internal {
class AggregateState;
struct DatabaseAccess;
}  // namespace internal

// Which groups of which aggregate.
struct AggregateQuery {
  std::string table = {};
  std::string aggregate = {};
  // Values of the first paths of its `by`: the groups that begin with them. A value may be text for
  // any type; null asks for the groups where there is none.
  std::vector<Value> group = {};
};

// Where a record stands among the rows of a query.
struct RankResult {
  uint64_t before = 0;   // rows that come before it in the order
  uint64_t records = 0;  // rows in all, itself among them
  // How the rows after it were counted, a line a step.
  std::string plan = {};
  // What was read to count: index entries, or without an index records.
  uint64_t entries_read = 0;
  uint64_t records_fetched = 0;
};

// How many records meet the conditions of a query, and what it took to say so.
struct CountResult {
  uint64_t records = 0;
  // How it was found out, a line a step.
  std::string plan = {};
  uint64_t groups_read = 0;  // of an aggregate; then nothing else was read
  uint64_t entries_read = 0;
  uint64_t records_fetched = 0;
};

// An exact sum of integers or decimals.
struct Sum {
  // Of a decimal, times 10^scale.
  absl::int128 unscaled = 0;
  uint8_t scale = 0;
  // How many records have a value. None: the sum is null.
  uint64_t values = 0;

  // "12.50"; null is "".
  std::string ToString() const;
};

struct Group {
  std::vector<Value> by;
  uint64_t count = 0;  // of records, never 0
  std::vector<Sum> sums;
  std::vector<Value> mins;  // null where the path is null in all records
  std::vector<Value> maxs;
};

// Groups one by one, in the order of `by`, from one state of the database. A group costs one read,
// however many records it has, and one more for each least or greatest value.
// Lifetime: must end before its database. Thread safety: none.
class AggregateCursor {
 public:
  AggregateCursor(AggregateCursor&&) noexcept;
  AggregateCursor& operator=(AggregateCursor&&) noexcept;
  ~AggregateCursor();

  // Moves to the next group; false after the last. Errors: DataLoss, Unavailable; in a transaction
  // also ResourceExhausted when it has read too much. Not to be called again after an error.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Lifetime: until the next call. Requires: the last Next() returned true.
  const Group& group() const;

  // The paths of `by`, `sum`, `min` and `max`, in the order of a group's values.
  struct Paths {
    std::vector<std::string> by;
    std::vector<std::string> sums;
    std::vector<std::string> mins;
    std::vector<std::string> maxs;
  };
  Paths paths() const;

  // What it does, a line a step; and what it has read so far.
  std::string Explain() const;
  struct Counts {
    uint64_t groups = 0;
    uint64_t entries = 0;  // of indexes
  };
  Counts counts() const;

 private:
  friend struct internal::DatabaseAccess;
  explicit AggregateCursor(std::unique_ptr<internal::AggregateState> state);
  std::unique_ptr<internal::AggregateState> state_;
};

}  // namespace daftar
