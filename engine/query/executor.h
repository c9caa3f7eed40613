// Runs a plan and gives its rows one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "daftar/query.h"
#include "query/distinct_rows.h"
#include "query/meter.h"
#include "query/plan.h"
#include "query/result_row.h"
#include "query/row_sorter.h"
#include "query/row_source.h"
#include "query/union_source.h"
#include "txn/read_view.h"

namespace daftar::query {

// Lifetime: must end before the Core of its view; keeps the view's snapshot. Thread safety: none.
class Executor {
 public:
  Executor(txn::ReadView view, Plan plan);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Moves to the next row. Errors: DataLoss, Unavailable; ResourceExhausted when a sort would hold
  // more than kSortBytesMax. Not to be called again after an error.
  [[nodiscard]] absl::StatusOr<bool> Next();
  // Passes over up to so many rows without reading them, and gives how many; none where that is not
  // possible. Not to be called after Next(). Errors: as Next.
  absl::StatusOr<uint64_t> PassOver(uint64_t rows);
  // The values of the current row, one for each column; JSON columns hold their text. Lifetime:
  // until the next call. Requires for this and all that follow: the last Next() returned true.
  const std::vector<Value>& values() const { return current_.row.values; }
  absl::StatusOr<std::string_view> Key() {
    if (in_place()) return source_.Key();
    return current_.row.key.view();
  }
  // The record, of a query without columns or one that reads in place. Errors: DataLoss; Internal
  // when the plan reads no records.
  absl::StatusOr<record::Message> Record();
  // The commit that wrote it.
  CommitVersion created() const { return in_place() ? source_.created() : current_.row.created; }

  // Whether values can be read where they lie. Requires for both that follow; they are as
  // RowSource's.
  bool in_place() const { return !union_.has_value() && source_.in_place(); }
  absl::StatusOr<Scalar> Get(const record::FieldPath& path) { return source_.Get(path); }
  absl::StatusOr<Scalar> Held(size_t slot) { return source_.Held(slot); }
  StopReason stop_reason() const { return stop_reason_; }
  const QueryCounts& counts() const { return meter_.counts; }
  const QueryTimes& times() const { return meter_.times; }
  const Plan& plan() const { return plan_; }
  const txn::ReadView& view() const { return view_; }

  // The place in the order, as a sort key, up to which all rows have been given; nothing when that
  // is before the first. Errors: FailedPrecondition when the rows come in no total order, or a
  // limit ended the run before a plan that sorts could give a row; DataLoss.
  absl::StatusOr<std::optional<std::string>> Place() const;

 private:
  // How many rows may be given yet; how many may be found, those to be left out among them.
  uint64_t rows_left() const;
  uint64_t rows_wanted() const;
  // For how many rows records may be read now.
  uint64_t rows_ahead() const;
  absl::StatusOr<bool> NextRow();
  absl::StatusOr<bool> FindRow() { return plan_.sort ? NextSorted() : NextScanned(); }
  // Leaves out the rows of the offset. False: there are no more.
  absl::StatusOr<bool> LeaveOut();
  absl::StatusOr<std::optional<StopReason>> Find(uint64_t wanted, FoundRow* row) {
    return union_.has_value() ? union_->Next(wanted, row) : source_.Next(wanted, row);
  }
  absl::StatusOr<bool> NextScanned();
  absl::StatusOr<bool> NextSorted();
  absl::Status Sort(FoundRow row);
  // Sorts the next rows that tie in what comes in order as scanned. False: a limit was reached
  // before it had all of them.
  absl::StatusOr<bool> SortTies();

  const txn::ReadView view_;
  const Plan plan_;
  Meter meter_;
  RowSource source_;
  std::optional<UnionSource> union_;  // in its place, when the plan has branches
  RowSorter sorter_;
  uint64_t offset_left_ = 0;
  std::optional<FoundRow> ahead_;  // the first row after those that tie
  bool source_ended_ = false;
  std::optional<DistinctRows> distinct_;
  FoundRow current_;
  StopReason stop_reason_ = StopReason::kNotStopped;
};

}  // namespace daftar::query
