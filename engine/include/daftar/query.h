// What to ask a table: conditions, order, limit and columns. A plain value; nothing is checked
// until it is run.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daftar/calendar.h"
#include "daftar/value.h"

namespace daftar {

// The numbers are part of the format (stored in partial indexes).
enum class Operator : uint8_t {
  kEqual = 1,
  kNotEqual = 2,
  kLess = 3,
  kLessOrEqual = 4,
  kGreater = 5,
  kGreaterOrEqual = 6,
  kStartsWith = 7,  // text and data only
  kIn = 8,
  kIsNull = 9,
  kIsNotNull = 10,
};

enum class SortDirection { kAscending, kDescending };

// What the pages of a query are read from.
enum class PageState {
  kNewest,    // each page from the newest state there is then
  kOneState,  // all pages from the state of the first
};

// Stands for a value that each run of a PreparedQuery gives: the one at this place among its
// values.
struct Parameter {
  size_t place = 0;
};

// What one run may cost at most; reaching a limit ends the cursor with that StopReason.
struct QueryLimits {
  uint64_t entries_read_max = UINT64_MAX;
  uint64_t row_bytes_max = UINT64_MAX;
  std::optional<std::chrono::milliseconds> time_max = std::nullopt;
};

// One condition on a record.
struct QueryCondition {
  std::string path;
  Operator op = Operator::kEqual;
  std::vector<Value> operands;
  std::string text;  // when not empty, the whole condition as text; the rest is unused
  std::optional<Parameter> parameter;  // in place of the operand
};

// What Query and AllOf have in common: conditions that are joined by "and".
template <typename Self>
class WithConditions {
 public:
  // `value` may be text for any type: "2024-03-20", "12.5", an enumerant's name.
  Self& Where(std::string path, Operator op, Value value) {
    return Add({std::move(path), op, {std::move(value)}, {}, {}});
  }
  // The value comes with each run of Database::Prepare(query).
  Self& Where(std::string path, Operator op, Parameter parameter) {
    return Add({std::move(path), op, {}, {}, parameter});
  }
  Self& WhereIn(std::string path, std::vector<Value> values) {
    return Add({std::move(path), Operator::kIn, std::move(values), {}, {}});
  }
  Self& WhereNull(std::string path) {
    return Add({std::move(path), Operator::kIsNull, {}, {}, {}});
  }
  Self& WhereNotNull(std::string path) {
    return Add({std::move(path), Operator::kIsNotNull, {}, {}, {}});
  }
  // A condition as the CLI writes it: "validTo < 2024-03-20", "state in (active, suspended)",
  // "firm is null", "name ^= 'Chab'".
  Self& Where(std::string_view text) {
    return Add({{}, Operator::kEqual, {}, std::string(text), {}});
  }

  const std::vector<QueryCondition>& conditions() const { return conditions_; }

 private:
  friend Self;
  WithConditions() = default;
  Self& Add(QueryCondition condition) {
    conditions_.push_back(std::move(condition));
    return static_cast<Self&>(*this);
  }

  std::vector<QueryCondition> conditions_;
};

// Conditions that are all to be met: one of the alternatives of Query::WhereAny. Text may be
// several of them, joined by " and "; values with spaces in them are 'quoted' there.
class AllOf : public WithConditions<AllOf> {
 public:
  AllOf() = default;
};

// A question to one table. Conditions are joined by "and"; those whose paths walk through the same
// list must be met by one element of it. A comparison with a null is never met.
//
//   Query query = Query("permit")
//                     .Where("state", Operator::kEqual, "active")
//                     .Where("validTo", Operator::kLess, Date{20000})
//                     .OrderBy("validTo")
//                     .Limit(50)
//                     .Select({"serial", "firm"});
class Query : public WithConditions<Query> {
 public:
  using Condition = QueryCondition;
  struct Order {
    std::string path;
    SortDirection direction = SortDirection::kAscending;
  };

  explicit Query(std::string table) : table_(std::move(table)) {}

  // Beside the other conditions, at least one of the alternatives must be met, each of them as if
  // its conditions stood beside the others. Called again, one of those, too. Where indexes answer
  // the alternatives they are read one beside the other, and each row comes once.
  //
  //   Query("permit").WhereAny({AllOf().Where("state", Operator::kEqual, "draft"),
  //                             AllOf().Where("validTo", Operator::kLess, Date{20000})});
  //
  // Running it gives InvalidArgument when there are more than 64 combinations of alternatives, or
  // no alternative at all.
  Query& WhereAny(std::vector<AllOf> alternatives) {
    any_.push_back(std::move(alternatives));
    return *this;
  }
  // Nulls come first when ascending and last when descending. Rows that tie come in the order of
  // the primary key. Without an order, rows come as the plan finds them.
  Query& OrderBy(std::string path, SortDirection direction = SortDirection::kAscending) {
    orders_.push_back({std::move(path), direction});
    return *this;
  }
  Query& Limit(uint64_t rows) {
    limit_ = rows;
    return *this;
  }
  // Leaves out so many rows at first. Those that nothing but an index decides on are passed over
  // without being read, where its entries are kept in memory (docs/queries.md). Not together with
  // After(): a page goes on where the one before it ended.
  Query& Offset(uint64_t rows) {
    offset_ = rows;
    return *this;
  }
  // Rows come in a total order, also when none was asked for: then in that of the primary key. So
  // Cursor::Continuation() can always say where the next page begins.
  //
  // From the newest state, a record that stays as it is comes exactly once, whatever is written
  // between pages, and no history is needed. From one state, the pages are what one run would have
  // given; when the table's history is pruned beyond it, the next page is refused with
  // FailedPrecondition.
  Query& Paged(PageState state = PageState::kNewest) {
    paged_ = true;
    page_state_ = state;
    return *this;
  }
  // Goes on where an earlier run of this query stopped; what its pages are read from stays as it
  // was. Columns (unless rows are distinct), limits and the index to use may differ from that
  // run's, and the schema may have changed since; conditions and order must be the same. Running it
  // gives InvalidArgument when `continuation` is damaged or of another query, table or database.
  Query& After(std::string continuation) {
    paged_ = true;
    after_ = std::move(continuation);
    return *this;
  }
  // Columns: paths to values, structs or lists. Without Select a row is the whole record.
  Query& Select(std::vector<std::string> paths) {
    columns_ = std::move(paths);
    return *this;
  }
  // Dates inside of JSON, of whole records or of columns, are text of this calendar. Values of
  // columns stay dates.
  Query& ShownIn(Calendar calendar) {
    calendar_ = calendar;
    return *this;
  }
  // Rows with the same columns come once. Needs Select. When they are to come in an order, columns
  // must be single values and the order be of them; without one, they are remembered, and a query
  // with very many distinct rows ends with ResourceExhausted.
  Query& Distinct() {
    distinct_ = true;
    return *this;
  }
  // Measures what each step takes, which itself takes a little.
  Query& Timed() {
    timed_ = true;
    return *this;
  }
  // Uses this index, "primary" for none, or what several have in common: "byZone and byState".
  Query& UseIndex(std::string index) {
    index_ = std::move(index);
    return *this;
  }
  Query& Within(QueryLimits limits) {
    limits_ = limits;
    return *this;
  }

  const std::string& table() const { return table_; }
  // Of each WhereAny.
  const std::vector<std::vector<AllOf>>& any() const { return any_; }
  const std::vector<Order>& orders() const { return orders_; }
  const std::vector<std::string>& columns() const { return columns_; }
  const std::optional<std::string>& index() const { return index_; }
  std::optional<uint64_t> limit() const { return limit_; }
  uint64_t offset() const { return offset_; }
  const QueryLimits& limits() const { return limits_; }
  bool distinct() const { return distinct_; }
  Calendar calendar() const { return calendar_; }
  bool timed() const { return timed_; }
  bool paged() const { return paged_; }
  PageState page_state() const { return page_state_; }
  const std::optional<std::string>& after() const { return after_; }

 private:
  std::string table_;
  std::vector<std::vector<AllOf>> any_;
  std::vector<Order> orders_;
  std::vector<std::string> columns_;
  std::optional<std::string> index_;
  std::optional<uint64_t> limit_;
  uint64_t offset_ = 0;
  QueryLimits limits_;
  bool distinct_ = false;
  Calendar calendar_ = Calendar::kGregorian;
  bool timed_ = false;
  bool paged_ = false;
  PageState page_state_ = PageState::kNewest;
  std::optional<std::string> after_;
};

// Why a cursor gave its last row.
enum class StopReason {
  kNotStopped,
  kExhausted,
  kRowLimit,
  kEntryLimit,
  kByteLimit,
  kTimeLimit,
};

// What a cursor has done so far.
struct QueryCounts {
  uint64_t entries_read = 0;     // index entries or, without an index, records
  uint64_t records_fetched = 0;  // records read because an entry did not hold all that was needed
  uint64_t rows = 0;
  uint64_t fetches = 0;  // how many times records were read, several at once
  uint64_t matches = 0;  // rows that met the conditions, before they were sorted or made distinct
};

// What it took, of a query with Timed(); else zero. Where several threads read, it is what they
// took to read, fetch and match, all together.
struct QueryTimes {
  std::chrono::nanoseconds read{};   // entries
  std::chrono::nanoseconds fetch{};  // records
  std::chrono::nanoseconds match{};  // conditions and columns
  std::chrono::nanoseconds sort{};
  std::chrono::nanoseconds total{};  // within Next()
};

}  // namespace daftar
