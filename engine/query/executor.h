// Runs a plan and gives its rows one by one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "daftar/query.h"
#include "query/entry_view.h"
#include "query/plan.h"
#include "record/message.h"
#include "txn/core.h"

namespace daftar::query {

// Bytes of rows that a sort may hold.
inline constexpr size_t kSortBytesMax = size_t{256} << 20;

// One result. Exactly one of the two is meant: `record` when the query selects no columns.
struct ResultRow {
  codec::EncodedKey key;
  std::optional<record::Message> record;
  CommitVersion created;  // the commit that wrote the record, when it was read
  // One for each column; JSON columns hold their text.
  std::vector<Value> values;
};

// Lifetime: must end before the Core of its view; keeps the view's snapshot. Thread safety: none.
class Executor {
 public:
  Executor(txn::ReadView view, Plan plan);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Moves to the next row. Errors: DataLoss, Unavailable; ResourceExhausted when a sort would hold
  // more than kSortBytesMax.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // The current row. Lifetime: until the next call. Requires: the last Next() returned true.
  ResultRow& row() { return row_; }
  StopReason stop_reason() const { return stop_reason_; }
  const QueryCounts& counts() const { return counts_; }
  const Plan& plan() const { return plan_; }
  const txn::ReadView& view() const { return view_; }

 private:
  struct SortedRow;

  absl::StatusOr<bool> NextEntry();
  // The next row that meets the conditions, before limit and sort.
  absl::StatusOr<bool> NextMatch(ResultRow* row);
  absl::StatusOr<bool> MatchEntry(ResultRow* row);
  absl::StatusOr<bool> MatchRecord(std::string_view key, std::string_view value, ResultRow* row);
  absl::StatusOr<bool> IsFirstEntry(const record::Message& record, std::string_view primary_key);
  absl::Status FillRow(const record::Message* record, const EntryView* entry, ResultRow* row);
  absl::StatusOr<std::string> SortKey(const record::Message* record, const EntryView* entry) const;
  absl::Status SortAll();
  std::optional<StopReason> LimitReached() const;

  const txn::ReadView view_;
  const Plan plan_;
  const std::string prefix_;  // of the access path
  const std::chrono::steady_clock::time_point started_;
  std::unique_ptr<storage::Iterator> entries_;
  size_t next_range_ = 0;
  ResultRow row_;
  std::string sort_key_;  // of the row that NextMatch found, when the plan sorts
  std::vector<SortedRow> sorted_;
  size_t next_sorted_ = 0;
  bool is_sorted_ = false;
  uint64_t row_bytes_ = 0;
  StopReason stop_reason_ = StopReason::kNotStopped;
  QueryCounts counts_;
};

}  // namespace daftar::query
