#include "query/executor.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "query/scan_parts.h"

namespace daftar::query {
namespace {

// For how many rows records are read at once when more are asked for than were expected.
constexpr uint64_t kRowsBeyondExpected = 8;

}  // namespace

Executor::Executor(txn::ReadView view, Plan plan)
    : view_(std::move(view)),
      plan_(std::move(plan)),
      meter_(plan_.query.limits, plan_.query.timed),
      source_(view_, plan_, &meter_),
      offset_left_(plan_.query.offset) {
  if (!plan_.branches.empty()) union_.emplace(view_, plan_, &meter_);
  if (plan_.query.distinct && !plan_.sort) distinct_.emplace(!plan_.query.orders.empty());
}

uint64_t Executor::rows_left() const {
  return plan_.query.limit.has_value() ? *plan_.query.limit - meter_.counts.rows : UINT64_MAX;
}

uint64_t Executor::rows_wanted() const {
  const uint64_t left = rows_left();
  return left > UINT64_MAX - offset_left_ ? UINT64_MAX : left + offset_left_;
}

absl::StatusOr<uint64_t> Executor::PassOver(uint64_t rows) {
  if (plan_.sort || union_.has_value() || distinct_.has_value()) return 0;
  return source_.PassOver(rows);
}

absl::StatusOr<bool> Executor::LeaveOut() {
  DAFTAR_ASSIGN_OR_RETURN(const uint64_t passed, PassOver(offset_left_));
  offset_left_ -= passed;
  while (offset_left_ > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, FindRow());
    if (!found) return false;
    --offset_left_;
  }
  return true;
}

uint64_t Executor::rows_ahead() const {
  if (!plan_.query.reads_ahead) return 1;
  if (!plan_.query.rows_expected.has_value()) return rows_wanted();
  const uint64_t expected = *plan_.query.rows_expected;
  const uint64_t given = meter_.counts.rows;
  return std::min(rows_wanted(), expected > given ? expected - given : kRowsBeyondExpected);
}

absl::StatusOr<bool> Executor::Next() {
  const Stopwatch watch(meter_.is_timed, &meter_.times.total);
  return NextRow();
}

absl::StatusOr<bool> Executor::NextRow() {
  if (rows_left() == 0) {
    stop_reason_ = StopReason::kRowLimit;
    return false;
  }
  if (stop_reason_ != StopReason::kNotStopped) return false;
  if (offset_left_ > 0) {
    DAFTAR_ASSIGN_OR_RETURN(const bool more, LeaveOut());
    if (!more) return false;
  }
  DAFTAR_ASSIGN_OR_RETURN(const bool found, FindRow());
  if (!found) return false;
  ++meter_.counts.rows;
  meter_.row_bytes += in_place() ? source_.row_bytes() : BytesOf(current_.row);
  return true;
}

absl::StatusOr<record::Message> Executor::Record() {
  if (in_place()) return source_.Record();
  if (!current_.row.record.has_value()) return Internal("the row has values and no record");
  return record::Message::FromStored(plan_.query.table->schema, current_.row.record->bytes());
}

absl::StatusOr<bool> Executor::NextScanned() {
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop, Find(rows_ahead(), &current_));
    if (stop.has_value()) {
      stop_reason_ = *stop;
      return false;
    }
    if (!distinct_.has_value()) return true;
    DAFTAR_ASSIGN_OR_RETURN(const bool is_new, distinct_->Add(current_));
    if (is_new) return true;
  }
}

absl::StatusOr<bool> Executor::NextSorted() {
  if (sorter_.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(const bool sorted, SortTies());
    if (!sorted) return false;
  } else if (const auto reached = meter_.ReachedByRows()) {
    stop_reason_ = *reached;
    return false;
  }
  if (sorter_.empty()) {
    stop_reason_ = StopReason::kExhausted;
    return false;
  }
  current_ = sorter_.Take();
  return true;
}

absl::Status Executor::Sort(FoundRow row) {
  const Stopwatch watch(meter_.is_timed, &meter_.times.sort);
  return sorter_.Add(std::move(row));
}

absl::StatusOr<bool> Executor::SortTies() {
  sorter_.Begin(rows_wanted(), plan_.query.distinct);
  std::optional<std::string> tie;
  if (ahead_.has_value()) {
    tie = ahead_->sort_key.substr(0, ahead_->scanned_bytes);
    DAFTAR_RETURN_IF_ERROR(Sort(*std::exchange(ahead_, std::nullopt)));
  }
  while (!source_ended_) {
    FoundRow row;
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop, Find(UINT64_MAX, &row));
    if (stop.has_value() && *stop != StopReason::kExhausted) {
      // What was read so far may not be what comes first.
      stop_reason_ = *stop;
      sorter_.Begin(0, false);
      return false;
    }
    if (stop.has_value()) {
      source_ended_ = true;
      break;
    }
    std::string ties_in = row.sort_key.substr(0, row.scanned_bytes);
    if (tie.has_value() && ties_in != *tie) {
      ahead_ = std::move(row);
      break;
    }
    tie = std::move(ties_in);
    DAFTAR_RETURN_IF_ERROR(Sort(std::move(row)));
  }
  const Stopwatch watch(meter_.is_timed, &meter_.times.sort);
  sorter_.Finish();
  return true;
}

absl::StatusOr<std::optional<std::string>> Executor::Place() const {
  if (plan_.query.orders.empty() || !plan_.query.is_total) {
    return FailedPrecondition(
        "the rows come in no order in which one could go on; ask with Paged(), or for an order");
  }
  if (plan_.sort || union_.has_value()) {
    if (meter_.counts.rows > 0) return std::optional(current_.sort_key);
    if (stop_reason_ != StopReason::kNotStopped && stop_reason_ != StopReason::kRowLimit) {
      return FailedPrecondition(
          "the limit was reached before rows could be sorted; raise it, or add an index that gives "
          "the order");
    }
    return plan_.query.after;
  }
  if (source_.last_entry().empty()) return plan_.query.after;
  DAFTAR_ASSIGN_OR_RETURN(std::string place, SortKeyOfEntry(plan_, source_.last_entry()));
  return std::optional(std::move(place));
}

}  // namespace daftar::query
