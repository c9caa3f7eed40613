// The rows that meet a query's conditions, in the order in which its plan scans.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/column_rows.h"
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

// The bytes of a row, as another source can stand on them.
struct HandedRow {
  // Of the record, and its message; of a plan that reads no records the entry.
  std::string_view key;
  std::string_view value;
  CommitVersion created;  // of a record
};

class DividedScan;

// Scans of much that the store has are divided among threads, once they have read some entries
// alone. Records that entries only point to are read several at once, but never for more rows than
// are wanted. Lifetime: must end before view, plan and meter. Thread safety: none.
class RowSource {
 public:
  // `part`: gives the rows of a part of the plan's ranges alone, for Hand(): none is made. Nothing:
  // of all. Requires: a part of a plan that WalksRanges().
  RowSource(const txn::ReadView& view, const Plan& plan, Meter* meter,
            std::optional<storage::KeyRange> part = std::nullopt);
  ~RowSource();
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;

  // Finds a row, or says why there is none. `wanted`: how many rows may be asked for yet. A row
  // that is read in place is not made: what follows tells of it. Others replace what `row` holds,
  // whose memory is used again. Errors: DataLoss, Unavailable; those of NewEntryStream; not to be
  // called again then.
  absl::StatusOr<std::optional<StopReason>> Next(uint64_t wanted, FoundRow* row);

  // Passes over up to so many rows without reading them, and gives how many: none unless each entry
  // of the plan is a row and the index is at hand as columns. When all are to be passed over, also
  // where threads can count them. Not to be called after Next(). Errors: as Next.
  absl::StatusOr<uint64_t> PassOver(uint64_t rows);

  // The key of the last entry of which it is known whether it gives a row; empty when there is
  // none. Requires: the plan scans in the whole order. Lifetime: until the next call.
  std::string_view last_entry() const;

  // Whether rows are read where they lie, instead of being made: those of plans without a sort,
  // when the query selects no columns or says so.
  bool in_place() const { return in_place_; }
  // Of the last row found, until the next call. Requires for all of them: in_place().
  absl::StatusOr<std::string_view> Key();
  CommitVersion created() const { return created_; }
  // About how much memory it takes.
  size_t row_bytes() const { return sizeof(ResultRow) + message_.size() + entry_bytes_; }
  // A scalar that the plan reads. Requires: the path does not fan out. Errors: DataLoss; Internal
  // when the plan reads none such.
  absl::StatusOr<Scalar> Get(const record::FieldPath& path);
  absl::StatusOr<Scalar> Held(size_t slot) { return entry_.At(slot); }
  // The record, when the plan reads records. Errors: DataLoss; Internal.
  absl::StatusOr<record::Message> Record();
  // The bytes of the last row found, until the next call. Requires: records or entries are read.
  HandedRow Hand() const;

 private:
  // A column of rows and where it stands in a projection.
  struct CopiedColumn {
    const record::FieldType* type;
    size_t column;
  };
  // An entry whose record is to be read.
  struct Candidate {
    std::string entry_key;
    std::string record_key;
    std::optional<std::string> value;
  };

  // An entry that was handed over.
  class HandedEntry;

  // Chooses between the store and a projection of what is read, before the first row.
  absl::Status Open();
  absl::Status FindColumns();
  // Whether it is time to divide the scan, or what is left of it.
  bool IsToDivide() const {
    return may_divide_ && read_alone_ >= view_.scan->limits().entries_before;
  }
  absl::Status Divide();
  absl::StatusOr<std::optional<StopReason>> NextDivided(FoundRow* row);
  void StandOn(const HandedRow& handed);
  absl::StatusOr<uint64_t> CountAll();
  absl::Status OpenStream();
  bool EachEntryIsARow() const;
  // Whether rows are nothing but columns of a projection of the index, one for each entry.
  bool CopiesColumns() const;
  absl::StatusOr<std::optional<StopReason>> NextCopied(FoundRow* row);
  absl::StatusOr<std::optional<StopReason>> NextProjected(FoundRow* row);
  absl::Status FetchProjected();
  // Tells what a scan of the whole table has asked for, once it has ended.
  void NoteScan();
  absl::Status FindProjections();
  // Of the entries of an index, for the view's state; null: the store's are to be read.
  absl::StatusOr<std::shared_ptr<const columns::Projection>> FindEntries(
      const catalog::IndexDef* index);
  // Tells that so many entries of an index were read from the store.
  void NoteEntries(const catalog::IndexDef* index, uint64_t entries);
  // It is known of the entry, and of all before it, whether they give rows.
  absl::Status NoteEntry(std::string_view key);
  absl::StatusOr<std::optional<StopReason>> NextEntry();
  absl::StatusOr<StreamStep> ReadEntry();
  absl::StatusOr<std::optional<StopReason>> NextDirect(FoundRow* row);
  absl::StatusOr<std::optional<StopReason>> NextFetched(uint64_t wanted, FoundRow* row);
  absl::StatusOr<std::optional<StopReason>> FillBatch(uint64_t wanted);
  absl::Status FetchBatch();
  absl::StatusOr<bool> MatchEntry(FoundRow* row);
  absl::StatusOr<bool> MatchRecord(std::string_view entry_key, std::string_view key,
                                   std::string_view value, FoundRow* row);
  absl::StatusOr<bool> MeetsConditions();
  // Whether the row at hand, which meets the conditions, meets an alternative and nothing that is
  // excluded.
  absl::StatusOr<bool> MeetsAlternatives();
  absl::StatusOr<bool> MeetsAll(const std::vector<record::Condition>& conditions);
  absl::StatusOr<bool> IsFirstEntry(std::string_view entry_key);
  bool MakesSortKeys() const;
  absl::StatusOr<bool> FillRow(FoundRow* row);
  absl::StatusOr<bool> FillValues(FoundRow* row);
  absl::StatusOr<Scalar> GetColumn(size_t number);
  absl::Status MakeSortKey(FoundRow* row);

  const txn::ReadView& view_;
  const Plan& plan_;
  Meter& meter_;
  const bool in_place_;
  const bool wants_records_;
  const std::string record_prefix_;
  const bool has_places_;                        // somebody may go on after a row
  const std::optional<storage::KeyRange> part_;  // nothing: all of the plan
  bool is_open_ = false;
  bool may_divide_ = false;
  bool only_counts_ = false;
  uint64_t read_alone_ = 0;                             // entries
  std::shared_ptr<const columns::Projection> entries_;  // of the index; null: the store's are read
  std::vector<std::shared_ptr<const columns::Projection>> intersected_;  // of those beside it
  std::vector<CopiedColumn> copied_;                                     // when CopiesColumns()
  std::unique_ptr<EntryStream> stream_;
  std::unique_ptr<DividedScan> divided_;       // null: this thread reads
  std::unique_ptr<HandedEntry> handed_entry_;  // at hand, of a divided plan that reads no records
  std::unique_ptr<ColumnRows> projected_;      // null: entries are read
  std::string fetched_;  // the record of a projected row, once it is asked for
  bool notes_scan_ = false;
  std::vector<record::FieldPath> asked_;  // by conditions and the first rows, for NoteScan
  EntryView entry_;
  std::vector<std::optional<size_t>> column_slots_;  // of columns that entries answer
  std::vector<bool> is_met_;                         // of conditions: by every record of the ranges
  // The row at hand: its record, when one was read, else the entry says all.
  std::string_view record_key_;
  std::string_view message_;
  CommitVersion created_;
  size_t entry_bytes_ = 0;
  std::string made_key_;    // of a row without a record, once it is asked for
  std::string last_entry_;  // of a stream that does not keep it, when notes_entry_
  bool notes_entry_ = false;
  bool has_others_between_ = false;
  // The first `batch_count_` of these are in question; others keep their memory for later.
  std::vector<Candidate> batch_;
  size_t batch_count_ = 0;
  size_t next_in_batch_ = 0;
  size_t batch_size_ = 4;
};

}  // namespace daftar::query
