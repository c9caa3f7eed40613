#include "query/divided_scan.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace daftar::query {
namespace {

// How often a thread looks whether it is to stop, and hands over what it has found, in entries.
constexpr uint64_t kEntriesPerLook = 1024;
// A batch is handed over when it has so many bytes.
constexpr size_t kBatchBytes = size_t{64} << 10;
// So many pieces may wait to be taken beside those that are read.
constexpr size_t kPiecesAhead = 2;

// Adds what was read since `before`.
void AddRead(const QueryCounts& now, const QueryCounts& before, QueryCounts* sum) {
  sum->entries_read += now.entries_read - before.entries_read;
  sum->records_fetched += now.records_fetched - before.records_fetched;
  sum->fetches += now.fetches - before.fetches;
}

void AddTimes(const QueryTimes& now, const QueryTimes& before, QueryTimes* sum) {
  sum->read += now.read - before.read;
  sum->fetch += now.fetch - before.fetch;
  sum->match += now.match - before.match;
}

}  // namespace

// Rows, and what was read until the last of them or, where none came any more, behind it.
struct DividedScan::Batch {
  // Where the parts of a row end in `bytes`: they follow each other.
  struct Row {
    size_t key_end = 0;
    size_t value_end = 0;
    size_t entry_end = 0;
    CommitVersion created;
    uint64_t entries_read = 0;  // until then, for the batch
  };

  void Clear() {
    bytes.clear();
    rows.clear();
    row_count = 0;
    counts = QueryCounts();
    times = QueryTimes();
  }
  size_t held_bytes() const {
    return sizeof(Batch) + bytes.capacity() + rows.capacity() * sizeof(Row);
  }

  std::string bytes;
  std::vector<Row> rows;  // none when they are only counted
  uint64_t row_count = 0;
  QueryCounts counts;
  QueryTimes times;
};

bool ReadsInPieces(const Plan& plan) {
  const BoundQuery& query = plan.query;
  const bool has_limits = query.limits.entries_read_max != UINT64_MAX ||
                          query.limits.row_bytes_max != UINT64_MAX ||
                          query.limits.time_max.has_value();
  const bool ends_early = query.limit.has_value() || query.rows_expected.has_value();
  const bool sorts_all = plan.sort && plan.scanned_terms == 0;
  return WalksRanges(plan) && query.reads_ahead && !has_limits && (sorts_all || !ends_early);
}

std::unique_ptr<DividedScan> DividedScan::Start(const txn::ReadView& view, const Plan& plan,
                                                const std::vector<storage::KeyRange>& ranges,
                                                const Wanted& wanted) {
  std::vector<storage::KeyRange> pieces = view.scan->Divide(ranges, plan.reverse);
  if (pieces.empty()) return nullptr;
  const size_t threads = std::min(view.scan->limits().threads, pieces.size());
  std::unique_ptr<DividedScan> scan(new DividedScan(view, plan, std::move(pieces), wanted));
  DividedScan* const started = scan.get();
  scan->team_ =
      std::make_unique<storage::ScanTeam>(view.scan, threads, [started] { started->Work(); });
  if (scan->team_->size() == 0) return nullptr;
  return scan;
}

DividedScan::DividedScan(const txn::ReadView& view, const Plan& plan,
                         std::vector<storage::KeyRange> pieces, const Wanted& wanted)
    : view_([&view] {
        txn::ReadView alone = view;
        alone.columns = nullptr;
        alone.scan = nullptr;
        return alone;
      }()),
      plan_(plan),
      wanted_(wanted),
      window_(kPiecesAhead + view.scan->limits().threads),
      piece_bytes_max_(view.scan->limits().held_bytes_max / window_) {
  for (storage::KeyRange& range : pieces) {
    Piece& piece = pieces_.emplace_back();
    piece.range = std::move(range);
  }
}

DividedScan::~DividedScan() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  team_.reset();
}

void DividedScan::Work() {
  while (Piece* const piece = TakePiece()) ReadPiece(piece);
}

DividedScan::Piece* DividedScan::TakePiece() {
  absl::MutexLock lock(&mutex_);
  const auto may_go_on = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stop_ || next_piece_ == pieces_.size() || next_piece_ < taken_piece_ + window_;
  };
  mutex_.Await(absl::Condition(&may_go_on));
  if (stop_ || next_piece_ == pieces_.size()) return nullptr;
  return &pieces_[next_piece_++];
}

void DividedScan::ReadPiece(Piece* piece) {
  Meter meter({}, plan_.query.timed);
  RowSource source(view_, plan_, &meter, piece->range);
  absl::Status status = ReadRows(piece, &source, &meter);
  absl::MutexLock lock(&mutex_);
  piece->status = std::move(status);
  piece->is_read = true;
}

absl::Status DividedScan::ReadRows(Piece* piece, RowSource* source, Meter* meter) {
  std::unique_ptr<Batch> batch = NewBatch();
  QueryCounts before;
  QueryTimes times_before;
  FoundRow unmade;
  meter->AllowEntries(kEntriesPerLook);
  while (true) {
    const auto stop = source->Next(UINT64_MAX, &unmade);
    if (stop.ok() && !stop->has_value()) {
      AddRow(*source, meter->counts.entries_read - before.entries_read, batch.get());
      if (batch->bytes.size() + batch->rows.size() * sizeof(Batch::Row) < kBatchBytes) continue;
    }
    const bool has_ended = !stop.ok() || *stop == StopReason::kExhausted;
    if (has_ended || !batch->rows.empty()) {
      AddRead(meter->counts, before, &batch->counts);
      AddTimes(meter->times, times_before, &batch->times);
      if (!Give(piece, std::move(batch)) || has_ended) return stop.status();
      batch = NewBatch();
      before = meter->counts;
      times_before = meter->times;
    }
    if (stop_) return absl::OkStatus();
    meter->AllowEntries(meter->counts.entries_read + kEntriesPerLook);
  }
}

void DividedScan::AddRow(const RowSource& source, uint64_t entries_read, Batch* batch) const {
  ++batch->row_count;
  if (wanted_.only_count) return;
  const HandedRow handed = source.Hand();
  Batch::Row row;
  row.created = handed.created;
  row.entries_read = entries_read;
  row.key_end = batch->bytes.append(handed.key).size();
  row.value_end = batch->bytes.append(handed.value).size();
  if (wanted_.has_places) batch->bytes.append(source.last_entry());
  row.entry_end = batch->bytes.size();
  batch->rows.push_back(row);
}

std::unique_ptr<DividedScan::Batch> DividedScan::NewBatch() {
  absl::MutexLock lock(&mutex_);
  if (spare_.empty()) return std::make_unique<Batch>();
  std::unique_ptr<Batch> batch = std::move(spare_.back());
  spare_.pop_back();
  return batch;
}

bool DividedScan::Give(Piece* piece, std::unique_ptr<Batch> batch) {
  absl::MutexLock lock(&mutex_);
  const auto has_room = [this, piece]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stop_ || piece->batches.empty() || piece->held_bytes < piece_bytes_max_;
  };
  mutex_.Await(absl::Condition(&has_room));
  if (stop_) return false;
  piece->held_bytes += batch->held_bytes();
  piece->batches.push_back(std::move(batch));
  return true;
}

absl::StatusOr<bool> DividedScan::TakeBatch(Meter* meter) {
  absl::MutexLock lock(&mutex_);
  if (batch_ != nullptr) {
    batch_->Clear();
    spare_.push_back(std::move(batch_));
  }
  while (taken_piece_ < pieces_.size()) {
    Piece* const piece = &pieces_[taken_piece_];
    const auto has_news = [piece] { return piece->is_read || !piece->batches.empty(); };
    mutex_.Await(absl::Condition(&has_news));
    if (piece->batches.empty()) {
      DAFTAR_RETURN_IF_ERROR(piece->status);
      ++taken_piece_;
      continue;
    }
    batch_ = std::move(piece->batches.front());
    piece->batches.pop_front();
    piece->held_bytes -= batch_->held_bytes();
    next_row_ = 0;
    entries_counted_ = 0;
    meter->counts.records_fetched += batch_->counts.records_fetched;
    meter->counts.fetches += batch_->counts.fetches;
    AddTimes(batch_->times, {}, &meter->times);
    return true;
  }
  return false;
}

absl::StatusOr<bool> DividedScan::Next(Meter* meter) {
  while (batch_ == nullptr || next_row_ == batch_->row_count) {
    if (batch_ != nullptr) {
      meter->counts.entries_read += batch_->counts.entries_read - entries_counted_;
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool more, TakeBatch(meter));
    if (!more) return false;
  }
  if (!wanted_.only_count) StandOn(next_row_, meter);
  ++next_row_;
  return true;
}

void DividedScan::StandOn(size_t number, Meter* meter) {
  const std::string_view bytes = batch_->bytes;
  const Batch::Row& row = batch_->rows[number];
  const size_t begin = number == 0 ? 0 : batch_->rows[number - 1].entry_end;
  row_.key = bytes.substr(begin, row.key_end - begin);
  row_.value = bytes.substr(row.key_end, row.value_end - row.key_end);
  row_.created = row.created;
  entry_ = bytes.substr(row.value_end, row.entry_end - row.value_end);
  meter->counts.entries_read += row.entries_read - entries_counted_;
  entries_counted_ = row.entries_read;
}

}  // namespace daftar::query
