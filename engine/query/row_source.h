// The rows that meet a query's conditions, in the order in which its plan scans.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/entry_stream.h"
#include "query/entry_view.h"
#include "query/meter.h"
#include "query/plan.h"
#include "query/result_row.h"
#include "txn/read_view.h"

namespace daftar::query {

struct FoundRow {
  ResultRow row;
  // Where the row stands in the order; filled when the plan sorts or rows are to be distinct.
  std::string sort_key;
  size_t scanned_bytes = 0;  // of the terms that are in order as scanned
};

// Records that entries only point to are read several at once, but never for more rows than are
// wanted. Lifetime: must end before view, plan and meter. Thread safety: none.
class RowSource {
 public:
  RowSource(const txn::ReadView& view, const Plan& plan, Meter* meter)
      : view_(view), plan_(plan), meter_(*meter) {}

  // Finds a row, or says why there is none. `wanted`: how many rows may be asked for yet. Errors:
  // DataLoss, Unavailable; those of NewEntryStream; not to be called again then.
  absl::StatusOr<std::optional<StopReason>> Next(uint64_t wanted, FoundRow* row);

  // The key of the last entry of which it is known whether it gives a row; empty when there is
  // none. Requires: the plan scans in the whole order. Lifetime: until the next call.
  std::string_view last_entry() const;

 private:
  // An entry whose record is to be read.
  struct Candidate {
    std::string entry_key;
    std::string record_key;
    std::optional<std::string> value;
  };

  absl::StatusOr<std::optional<StopReason>> NextEntry();
  absl::StatusOr<StreamStep> ReadEntry();
  absl::StatusOr<std::optional<StopReason>> NextDirect(FoundRow* row);
  absl::StatusOr<std::optional<StopReason>> NextFetched(uint64_t wanted, FoundRow* row);
  absl::StatusOr<std::optional<StopReason>> FillBatch(uint64_t wanted);
  absl::Status FetchBatch();
  absl::StatusOr<EntryView> DecodeEntry() const;
  bool MayMatch(const EntryView& entry) const;
  absl::StatusOr<bool> MatchEntry(FoundRow* row);
  absl::StatusOr<bool> MatchRecord(std::string_view entry_key, std::string_view key,
                                   std::string_view value, FoundRow* row);
  absl::StatusOr<bool> IsFirstEntry(const record::Message& record, std::string_view entry_key,
                                    std::string_view primary_key) const;
  absl::StatusOr<bool> FillRow(const record::Message* record, const EntryView* entry,
                               FoundRow* row);
  absl::Status MakeSortKey(const record::Message* record, const EntryView* entry,
                           FoundRow* row) const;

  const txn::ReadView& view_;
  const Plan& plan_;
  Meter& meter_;
  std::unique_ptr<EntryStream> stream_;
  std::string last_entry_;  // of the stream; kept when the plan scans in the whole order
  std::vector<Candidate> batch_;
  size_t next_in_batch_ = 0;
  size_t batch_size_ = 4;
};

}  // namespace daftar::query
