// The rows of a scan that several threads read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "query/entry_stream.h"
#include "query/meter.h"
#include "query/plan.h"
#include "query/row_source.h"
#include "storage/scan_threads.h"
#include "txn/read_view.h"

namespace daftar::query {

// Whether a run of the plan reads all that it has, in pieces as well as in one: not when limits
// end it, which are kept to the entry, nor in a transaction, nor when only a part of the rows is
// expected.
bool ReadsInPieces(const Plan& plan);

// Each thread takes one piece of the ranges after the other, and reads it as a RowSource of its
// own: entries, records, checksums, conditions. The bytes of what meets them it hands over in
// batches. Who takes the rows gets those of the first piece, then those of the second, and so on;
// so rows, counts and errors come as one thread alone would have had them, and nothing is merged.
//
// Rejected: handing over entries, which leaves checksums and conditions, half of the work, to one
// thread; values, which cost more to make in one thread and drop in another than to make; and
// taking rows as they are found, which has no places to go on from.
//
// Memory: what was read and not taken yet is bounded by ScanLimits::held_bytes_max, and a batch for
// each thread. Lifetime: must end before its plan. Thread safety: none; the threads are its own.
class DividedScan {
 public:
  // What is handed over of rows.
  struct Wanted {
    bool has_places = false;  // the entries that led to them, too
    bool only_count = false;  // nothing but how many there are
  };

  // A scan of `ranges`, which are parts of the plan's in the order of the walk. Null: they are too
  // small, or there are no threads. Requires: ReadsInPieces(plan).
  static std::unique_ptr<DividedScan> Start(const txn::ReadView& view, const Plan& plan,
                                            const std::vector<storage::KeyRange>& ranges,
                                            const Wanted& wanted);
  // Has the threads stop, and waits for them, for a thousand entries at most of each.
  ~DividedScan();
  DividedScan(const DividedScan&) = delete;
  DividedScan& operator=(const DividedScan&) = delete;

  // Moves to the next row that meets the conditions, false: there is none, and counts what was read
  // up to it, at least. Errors: as RowSource::Next.
  [[nodiscard]] absl::StatusOr<bool> Next(Meter* meter);
  // The row at hand. Lifetime, also of the next: until the next call.
  const HandedRow& row() const { return row_; }
  // The entry that led to it, when there are places; or empty.
  std::string_view entry() const { return entry_; }

 private:
  struct Batch;
  // What a thread has read of a piece, and nobody has taken yet.
  struct Piece {
    storage::KeyRange range;
    std::deque<std::unique_ptr<Batch>> batches;
    size_t held_bytes = 0;
    bool is_read = false;  // there will be no more
    absl::Status status;   // why it is not read to the end
  };

  DividedScan(const txn::ReadView& view, const Plan& plan, std::vector<storage::KeyRange> pieces,
              const Wanted& wanted);

  // Of the threads.
  void Work();
  Piece* TakePiece();
  void ReadPiece(Piece* piece);
  absl::Status ReadRows(Piece* piece, RowSource* source, Meter* meter);
  // Adds the row at which the source stands to a batch.
  void AddRow(const RowSource& source, uint64_t entries_read, Batch* batch) const;
  // Hands a batch over as soon as there is room for it. False: the scan is to stop.
  bool Give(Piece* piece, std::unique_ptr<Batch> batch);
  std::unique_ptr<Batch> NewBatch();

  // Of who takes the rows. Moves to the next batch; false: there is none.
  absl::StatusOr<bool> TakeBatch(Meter* meter);
  void StandOn(size_t number, Meter* meter);

  const txn::ReadView view_;  // without what would make a RowSource do anything but read
  const Plan& plan_;
  const Wanted wanted_;
  const size_t window_;           // pieces that are read or held at one time
  const size_t piece_bytes_max_;  // of what is held of one
  std::atomic<bool> stop_ = false;

  absl::Mutex mutex_;
  std::deque<Piece> pieces_;  // each piece is changed under the mutex, but for its range
  size_t next_piece_ ABSL_GUARDED_BY(mutex_) = 0;   // to be read
  size_t taken_piece_ ABSL_GUARDED_BY(mutex_) = 0;  // from which rows are taken
  std::vector<std::unique_ptr<Batch>> spare_ ABSL_GUARDED_BY(mutex_);

  std::unique_ptr<Batch> batch_;  // null: none was taken
  uint64_t next_row_ = 0;         // of the batch
  uint64_t entries_counted_ = 0;  // of the batch
  HandedRow row_;
  std::string_view entry_;
  std::unique_ptr<storage::ScanTeam> team_;  // the last to begin, and the first to end
};

}  // namespace daftar::query
