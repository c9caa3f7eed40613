#include "query/row_source.h"

#include <algorithm>

#include "base/status.h"
#include "codec/keyspace.h"
#include "index/entries.h"
#include "query/divided_scan.h"
#include "query/order.h"
#include "query/scan_parts.h"
#include "record/envelope.h"
#include "record/json_codec.h"
#include "record/kj_fence.h"
#include "record/stored_scalar.h"

namespace daftar::query {
namespace {

// Records that are read at once, and how many bytes of them may be held before it is fewer.
constexpr size_t kBatchRecordsMax = 64;
constexpr size_t kBatchBytesMax = size_t{256} << 10;
constexpr size_t kBatchGrowth = 4;
// The same where reading ends at the end of a group of ties.
constexpr size_t kBatchRecordsInTies = 16;
// In the time that it takes to begin a range in the store, so many entries could be read.
constexpr size_t kRangeBegun = 16;
// So much that is asked shows which fields a scan is asked for.
constexpr size_t kAskedMax = 64;

bool InRanges(const std::vector<storage::KeyRange>& ranges, std::string_view key) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const storage::KeyRange& range) {
    return key >= range.lower && (range.upper.empty() || key < range.upper);
  });
}

}  // namespace

class RowSource::HandedEntry final : public EntryStream {
 public:
  void Set(const HandedRow& row) { row_ = row; }
  absl::StatusOr<StreamStep> Next() override { return StreamStep::kEnd; }
  std::string_view key() const override { return row_.key; }
  std::string_view value() const override { return row_.value; }

 private:
  HandedRow row_;
};

RowSource::RowSource(const txn::ReadView& view, const Plan& plan, Meter* meter,
                     std::optional<storage::KeyRange> part)
    : view_(view),
      plan_(plan),
      meter_(*meter),
      in_place_(!plan.sort && !plan.is_branch &&
                (plan.query.columns.empty() || plan.query.in_place)),
      wants_records_(WantsRecords(plan)),
      record_prefix_(codec::RecordPrefix(plan.query.table->id)),
      // SQL has no use for them.
      has_places_(!plan.query.orders.empty() && !plan.sort && !plan.query.in_place),
      part_(std::move(part)),
      entry_(plan) {
  for (const Column& column : plan.query.columns) {
    column_slots_.push_back(column.path.has_value() ? plan.FindSlot(*column.path) : std::nullopt);
  }
  for (const record::Condition& condition : plan.query.conditions) {
    is_met_.push_back(!condition.path.fans_out() && plan.IsBounded(condition));
  }
}

absl::StatusOr<std::optional<StopReason>> RowSource::Next(uint64_t wanted, FoundRow* row) {
  if (!is_open_) DAFTAR_RETURN_IF_ERROR(Open());
  if (projected_ != nullptr) return NextProjected(row);
  if (!copied_.empty()) return NextCopied(row);
  if (divided_ != nullptr) return NextDivided(row);
  const bool fetches = plan_.index != nullptr && plan_.reads_records;
  return fetches ? NextFetched(wanted, row) : NextDirect(row);
}

RowSource::~RowSource() {
  if (!is_open_ || view_.columns == nullptr || !ReadsColumns(plan_)) return;
  // Scans that are intersected read about as much, each of them.
  const uint64_t each = meter_.counts.entries_read / (1 + plan_.intersected.size());
  if (entries_ == nullptr) NoteEntries(plan_.index, each + plan_.ranges.size() * kRangeBegun);
  for (size_t i = 0; i < intersected_.size(); ++i) {
    if (intersected_[i] == nullptr) NoteEntries(plan_.intersected[i].index, each + kRangeBegun);
  }
}

void RowSource::NoteEntries(const catalog::IndexDef* index, uint64_t entries) {
  view_.columns->NoteRead({view_.catalog, plan_.query.table, index}, {}, entries);
}

absl::StatusOr<std::shared_ptr<const columns::Projection>> RowSource::FindEntries(
    const catalog::IndexDef* index) {
  return view_.columns->Find({*view_.reader, view_.version, view_.fills, view_.scan},
                             {view_.catalog, plan_.query.table, index}, 0);
}

absl::Status RowSource::FindProjections() {
  DAFTAR_ASSIGN_OR_RETURN(entries_, FindEntries(plan_.index));
  for (const IntersectedScan& scan : plan_.intersected) {
    DAFTAR_ASSIGN_OR_RETURN(intersected_.emplace_back(), FindEntries(scan.index));
  }
  return absl::OkStatus();
}

absl::Status RowSource::Open() {
  is_open_ = true;
  DAFTAR_RETURN_IF_ERROR(FindColumns());
  if (view_.scan == nullptr || part_.has_value()) return absl::OkStatus();
  may_divide_ = view_.scan->limits().threads > 1 && entries_ == nullptr && projected_ == nullptr &&
                ReadsInPieces(plan_);
  return absl::OkStatus();
}

absl::Status RowSource::FindColumns() {
  if (view_.columns == nullptr) return absl::OkStatus();
  if (ReadsColumns(plan_)) {
    DAFTAR_RETURN_IF_ERROR(FindProjections());
    if (entries_ != nullptr && CopiesColumns()) {
      for (size_t i = 0; i < plan_.query.columns.size(); ++i) {
        copied_.push_back({&plan_.query.columns[i].path->type(), entry_.column(*column_slots_[i])});
      }
    }
    return absl::OkStatus();
  }
  if (!ScansTable(plan_)) return absl::OkStatus();
  notes_scan_ = true;
  DAFTAR_ASSIGN_OR_RETURN(projected_, ColumnRows::Open(view_, plan_));
  return absl::OkStatus();
}

bool RowSource::EachEntryIsARow() const {
  if (plan_.merge || plan_.sort || plan_.query.distinct || !plan_.intersected.empty()) return false;
  if (plan_.is_branch || plan_.has_alternatives() || plan_.may_repeat) return false;
  if (!plan_.reads_records) return !entry_.has_checks();
  return std::all_of(is_met_.begin(), is_met_.end(), [](bool is_met) { return is_met; });
}

absl::StatusOr<uint64_t> RowSource::PassOver(uint64_t rows) {
  if (!is_open_) DAFTAR_RETURN_IF_ERROR(Open());
  if (may_divide_ && rows == UINT64_MAX) return CountAll();
  if (entries_ == nullptr || !EachEntryIsARow()) return 0;
  if (stream_ == nullptr) DAFTAR_RETURN_IF_ERROR(OpenStream());
  return stream_->PassOver(rows);
}

absl::StatusOr<uint64_t> RowSource::CountAll() {
  only_counts_ = true;
  FoundRow row;
  for (uint64_t rows = 0;; ++rows) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop, Next(UINT64_MAX, &row));
    if (stop.has_value()) return rows;
  }
}

bool RowSource::CopiesColumns() const {
  if (plan_.reads_records || !EachEntryIsARow() || in_place_ || meter_.is_timed) return false;
  return std::all_of(column_slots_.begin(), column_slots_.end(),
                     [](const auto& slot) { return slot.has_value(); });
}

absl::StatusOr<std::optional<StopReason>> RowSource::NextCopied(FoundRow* row) {
  if (stream_ == nullptr) DAFTAR_RETURN_IF_ERROR(OpenStream());
  if (const auto reached = meter_.Reached()) return reached;
  DAFTAR_ASSIGN_OR_RETURN(const StreamStep step, stream_->Next());
  if (step == StreamStep::kEnd) return StopReason::kExhausted;
  ++meter_.counts.matches;
  const ColumnRow& at = *stream_->column_row();
  row->row.values.resize(copied_.size());
  for (size_t i = 0; i < copied_.size(); ++i) {
    const Scalar value = at.chunk->column(copied_[i].column).At(at.row);
    row->row.values[i] = copied_[i].type->ToValue(value);
  }
  return std::nullopt;
}

void RowSource::NoteScan() {
  if (!notes_scan_) return;
  notes_scan_ = false;
  for (const record::Condition& condition : plan_.query.conditions) {
    asked_.push_back(condition.path);
  }
  for (const auto& alternative : plan_.query.alternatives) {
    for (const record::Condition& condition : alternative) asked_.push_back(condition.path);
  }
  view_.columns->NoteRead({view_.catalog, plan_.query.table}, asked_, meter_.counts.entries_read);
}

absl::Status RowSource::Divide() {
  may_divide_ = false;
  DAFTAR_ASSIGN_OR_RETURN(const std::vector<ScanPart> parts, PartsOf(plan_));
  std::vector<storage::KeyRange> ranges;
  if (stream_ != nullptr) {
    ranges = RangesAfter(plan_, parts, stream_->key());
  } else {
    for (const ScanPart& part : parts) ranges.push_back(part.range);
  }
  // To know whether a row comes after a place takes its values.
  const bool only_count = only_counts_ && !MakesSortKeys();
  divided_ = DividedScan::Start(view_, plan_, ranges, {has_places_, only_count});
  only_counts_ = only_count;
  if (divided_ == nullptr) return absl::OkStatus();
  stream_.reset();
  handed_entry_ = std::make_unique<HandedEntry>();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StopReason>> RowSource::NextDivided(FoundRow* row) {
  while (true) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, divided_->Next(&meter_));
    if (!found) {
      NoteScan();
      return StopReason::kExhausted;
    }
    if (only_counts_) {
      ++meter_.counts.matches;
      return std::nullopt;
    }
    const Stopwatch watch(meter_.is_timed, &meter_.times.match);
    StandOn(divided_->row());
    if (!divided_->entry().empty()) last_entry_.assign(divided_->entry());
    DAFTAR_ASSIGN_OR_RETURN(const bool matches, FillRow(row));
    if (matches) return std::nullopt;
  }
}

void RowSource::StandOn(const HandedRow& handed) {
  const bool is_record = plan_.index == nullptr || plan_.reads_records;
  made_key_.clear();
  record_key_ = is_record ? handed.key : std::string_view();
  message_ = is_record ? handed.value : std::string_view();
  created_ = handed.created;
  entry_bytes_ = handed.key.size() + (is_record ? 0 : handed.value.size());
  handed_entry_->Set(handed);
  entry_.Set(*handed_entry_);
}

HandedRow RowSource::Hand() const {
  if (!message_.empty()) return {record_key_, message_, created_};
  return {stream_->key(), stream_->value(), created_};
}

absl::StatusOr<std::optional<StopReason>> RowSource::NextProjected(FoundRow* row) {
  while (true) {
    if (const auto stop = projected_->Next(&meter_)) {
      if (*stop == StopReason::kExhausted) NoteScan();
      return stop;
    }
    record_key_ = {};
    message_ = {};
    created_ = {};
    made_key_.clear();
    entry_bytes_ = 0;
    if (!plan_.query.orders.empty() && !plan_.sort) {
      DAFTAR_ASSIGN_OR_RETURN(const std::string_view key, Key());
      last_entry_.assign(key);
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool is_meant, MeetsAlternatives());
    if (!is_meant) continue;
    if (wants_records_) DAFTAR_RETURN_IF_ERROR(FetchProjected());
    DAFTAR_ASSIGN_OR_RETURN(const bool matches, FillRow(row));
    if (matches) return std::nullopt;
  }
}

absl::Status RowSource::FetchProjected() {
  if (!message_.empty()) return absl::OkStatus();
  const Stopwatch watch(meter_.is_timed, &meter_.times.fetch);
  DAFTAR_ASSIGN_OR_RETURN(const std::string_view key, Key());
  DAFTAR_ASSIGN_OR_RETURN(std::optional<std::string> value, view_.reader->Get(key));
  ++meter_.counts.records_fetched;
  ++meter_.counts.fetches;
  if (!value.has_value()) return Internal("a projected record is gone").WithBytes("key", key);
  fetched_ = *std::move(value);
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, fetched_));
  message_ = envelope.message;
  created_ = envelope.created;
  return absl::OkStatus();
}

std::string_view RowSource::last_entry() const {
  if (next_in_batch_ > 0 && next_in_batch_ < batch_count_) {
    return batch_[next_in_batch_ - 1].entry_key;
  }
  const bool is_kept = stream_ != nullptr && stream_->keeps_key() && !has_others_between_ &&
                       meter_.counts.entries_read > 0;
  return is_kept ? stream_->key() : last_entry_;
}

absl::Status RowSource::OpenStream() {
  EntrySource source{*view_.reader, entries_.get()};
  for (const auto& projection : intersected_) source.intersected.push_back(projection.get());
  if (part_.has_value()) {
    stream_ = NewPartStream(*view_.reader, plan_, *part_, &meter_.counts.entries_read);
  } else {
    DAFTAR_ASSIGN_OR_RETURN(stream_, NewEntryStream(source, plan_, &meter_.counts.entries_read));
  }
  has_others_between_ = has_places_ && HasOthersBetween(plan_);
  notes_entry_ = has_places_ && (has_others_between_ || !stream_->keeps_key());
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StopReason>> RowSource::NextEntry() {
  if (stream_ == nullptr) DAFTAR_RETURN_IF_ERROR(OpenStream());
  while (true) {
    if (const auto reached = meter_.Reached()) return reached;
    DAFTAR_ASSIGN_OR_RETURN(const StreamStep step, ReadEntry());
    if (step == StreamStep::kEnd) {
      may_divide_ = false;
      NoteScan();
      return StopReason::kExhausted;
    }
    const bool is_entry = step == StreamStep::kEntry;
    ++read_alone_;
    if (notes_entry_) {
      DAFTAR_RETURN_IF_ERROR(NoteEntry(is_entry ? stream_->key() : stream_->passed()));
    }
    if (is_entry) return std::nullopt;
  }
}

absl::Status RowSource::NoteEntry(std::string_view key) {
  if (key.empty()) return absl::OkStatus();
  if (has_others_between_) {
    DAFTAR_ASSIGN_OR_RETURN(const bool stands, StandsInOrder(plan_, key));
    if (!stands) return absl::OkStatus();
  }
  last_entry_.assign(key);
  return absl::OkStatus();
}

absl::StatusOr<StreamStep> RowSource::ReadEntry() {
  const Stopwatch watch(meter_.is_timed, &meter_.times.read);
  return stream_->Next();
}

absl::StatusOr<std::optional<StopReason>> RowSource::NextDirect(FoundRow* row) {
  while (true) {
    if (IsToDivide()) {
      DAFTAR_RETURN_IF_ERROR(Divide());
      if (divided_ != nullptr) return NextDivided(row);
    }
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop, NextEntry());
    if (stop.has_value()) return stop;
    DAFTAR_ASSIGN_OR_RETURN(const bool matches, plan_.index != nullptr
                                                    ? MatchEntry(row)
                                                    : MatchRecord(stream_->key(), stream_->key(),
                                                                  stream_->value(), row));
    if (matches) return std::nullopt;
  }
}

absl::StatusOr<std::optional<StopReason>> RowSource::NextFetched(uint64_t wanted, FoundRow* row) {
  while (true) {
    if (next_in_batch_ == batch_count_) {
      if (IsToDivide()) {
        DAFTAR_RETURN_IF_ERROR(Divide());
        if (divided_ != nullptr) return NextDivided(row);
      }
      DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop, FillBatch(wanted));
      if (batch_count_ == 0) return stop;
      DAFTAR_RETURN_IF_ERROR(FetchBatch());
    } else if (const auto reached = meter_.ReachedByBytes()) {
      return reached;
    }
    const Candidate& candidate = batch_[next_in_batch_++];
    if (!candidate.value.has_value()) {
      return DataLoss("index entry has no record; run `daftar verify`")
          .With("index", plan_.index->name)
          .WithBytes("key", candidate.record_key);
    }
    DAFTAR_ASSIGN_OR_RETURN(
        const bool matches,
        MatchRecord(candidate.entry_key, candidate.record_key, *candidate.value, row));
    if (matches) return std::nullopt;
  }
}

// Gives why no more candidates were found, when that is so.
absl::StatusOr<std::optional<StopReason>> RowSource::FillBatch(uint64_t wanted) {
  batch_count_ = 0;
  next_in_batch_ = 0;
  const size_t size_max = plan_.sort && plan_.scanned_terms > 0 ? kBatchRecordsInTies : batch_size_;
  while (batch_count_ < std::min<uint64_t>({batch_size_, size_max, wanted})) {
    DAFTAR_ASSIGN_OR_RETURN(const std::optional<StopReason> stop, NextEntry());
    if (stop.has_value()) return stop;
    entry_.Set(*stream_);
    // What the entry can answer is asked before the record is read.
    DAFTAR_ASSIGN_OR_RETURN(const bool may_match, entry_.MayMatch());
    if (!may_match) continue;
    DAFTAR_ASSIGN_OR_RETURN(const std::string_view primary_key, entry_.PrimaryKey());
    if (batch_count_ == batch_.size()) batch_.emplace_back();
    Candidate& candidate = batch_[batch_count_++];
    candidate.entry_key.assign(stream_->key());
    candidate.record_key.assign(record_prefix_).append(primary_key);
  }
  return std::nullopt;
}

absl::Status RowSource::FetchBatch() {
  std::vector<std::string_view> keys;
  keys.reserve(batch_count_);
  for (size_t i = 0; i < batch_count_; ++i) keys.push_back(batch_[i].record_key);
  const Stopwatch watch(meter_.is_timed, &meter_.times.fetch);
  DAFTAR_ASSIGN_OR_RETURN(auto values, view_.reader->MultiGet(keys));
  meter_.counts.records_fetched += keys.size();
  ++meter_.counts.fetches;
  size_t bytes = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].has_value()) bytes += values[i]->size();
    batch_[i].value = std::move(values[i]);
  }
  batch_size_ = bytes <= kBatchBytesMax ? std::min(batch_size_ * kBatchGrowth, kBatchRecordsMax)
                                        : std::max<size_t>(batch_size_ / kBatchGrowth, 1);
  return absl::OkStatus();
}

absl::StatusOr<bool> RowSource::MatchEntry(FoundRow* row) {
  const Stopwatch watch(meter_.is_timed, &meter_.times.match);
  record_key_ = {};
  message_ = {};
  created_ = {};
  made_key_.clear();
  const ColumnRow* const column_row = stream_->column_row();
  entry_bytes_ = column_row != nullptr ? column_row->chunk->KeyBytes(column_row->row)
                                       : stream_->key().size() + stream_->value().size();
  entry_.Set(*stream_);
  DAFTAR_ASSIGN_OR_RETURN(const bool may_match, entry_.MayMatch());
  if (!may_match) return false;
  DAFTAR_ASSIGN_OR_RETURN(const bool is_meant, MeetsAlternatives());
  if (!is_meant) return false;
  return FillRow(row);
}

absl::StatusOr<bool> RowSource::MatchRecord(std::string_view entry_key, std::string_view key,
                                            std::string_view value, FoundRow* row) {
  const Stopwatch watch(meter_.is_timed, &meter_.times.match);
  DAFTAR_ASSIGN_OR_RETURN(const record::Envelope envelope, record::DecodeEnvelope(key, value));
  record_key_ = key;
  entry_bytes_ = key.size();
  message_ = envelope.message;
  created_ = envelope.created;
  DAFTAR_ASSIGN_OR_RETURN(const bool matches, MeetsConditions());
  if (!matches) return false;
  DAFTAR_ASSIGN_OR_RETURN(const bool is_meant, MeetsAlternatives());
  if (!is_meant) return false;
  if (plan_.may_repeat) {
    DAFTAR_ASSIGN_OR_RETURN(const bool first, IsFirstEntry(entry_key));
    if (!first) return false;
  }
  return FillRow(row);
}

absl::StatusOr<bool> RowSource::MeetsConditions() {
  bool all_read = true;
  for (size_t i = 0; i < plan_.query.conditions.size(); ++i) {
    if (is_met_[i]) continue;
    const record::Condition& condition = plan_.query.conditions[i];
    if (condition.path.fans_out()) {
      all_read = false;
      continue;
    }
    const std::optional<Scalar> value = condition.path.Read(message_);
    if (!value.has_value()) {
      all_read = false;
    } else if (!record::Meets(condition, *value)) {
      return false;
    }
  }
  if (all_read) return true;
  DAFTAR_ASSIGN_OR_RETURN(const record::Message record, Record());
  return record::Fenced(
      absl::StatusCode::kDataLoss, "record does not decode",
      [&]() -> absl::StatusOr<bool> { return record::MatchesAll(plan_.query.conditions, record); });
}

absl::StatusOr<bool> RowSource::MeetsAlternatives() {
  for (const auto& conditions : plan_.query.excluded) {
    DAFTAR_ASSIGN_OR_RETURN(const bool meets, MeetsAll(conditions));
    if (meets) return false;
  }
  for (const auto& conditions : plan_.query.alternatives) {
    DAFTAR_ASSIGN_OR_RETURN(const bool meets, MeetsAll(conditions));
    if (meets) return true;
  }
  return plan_.query.alternatives.empty();
}

absl::StatusOr<bool> RowSource::MeetsAll(const std::vector<record::Condition>& conditions) {
  bool in_lists = false;
  for (const record::Condition& condition : conditions) {
    if (condition.path.fans_out()) {
      in_lists = true;
      continue;
    }
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, Get(condition.path));
    if (!record::Meets(condition, value)) return false;
  }
  if (!in_lists) return true;
  DAFTAR_ASSIGN_OR_RETURN(const record::Message record, Record());
  return record::Fenced(
      absl::StatusCode::kDataLoss, "record does not decode",
      [&]() -> absl::StatusOr<bool> { return record::MatchesAll(conditions, record); });
}

absl::StatusOr<bool> RowSource::IsFirstEntry(std::string_view entry_key) {
  DAFTAR_ASSIGN_OR_RETURN(const record::Message record, Record());
  DAFTAR_ASSIGN_OR_RETURN(
      std::vector<index::Entry> all,
      index::EntriesOf(*plan_.index, record_key_.substr(record_prefix_.size()), record));
  if (plan_.reverse) std::reverse(all.begin(), all.end());
  for (const index::Entry& entry : all) {
    if (InRanges(plan_.ranges, entry.key.view())) return entry.key.view() == entry_key;
  }
  return false;
}

absl::StatusOr<std::string_view> RowSource::Key() {
  if (!record_key_.empty()) return record_key_;
  if (!made_key_.empty()) return made_key_;
  made_key_.append(record_prefix_);
  if (projected_ != nullptr) {
    projected_->AppendKey(&made_key_);
  } else {
    DAFTAR_ASSIGN_OR_RETURN(const std::string_view primary_key, entry_.PrimaryKey());
    made_key_.append(primary_key);
  }
  return made_key_;
}

absl::StatusOr<record::Message> RowSource::Record() {
  if (projected_ != nullptr) DAFTAR_RETURN_IF_ERROR(FetchProjected());
  if (message_.empty()) return Internal("the plan reads no records");
  return record::Message::FromStored(plan_.query.table->schema, message_);
}

absl::StatusOr<Scalar> RowSource::Get(const record::FieldPath& path) {
  if (notes_scan_ && asked_.size() < kAskedMax) asked_.push_back(path);
  if (projected_ != nullptr && message_.empty()) {
    if (const auto value = projected_->At(path)) return *value;
    DAFTAR_RETURN_IF_ERROR(FetchProjected());
  }
  if (message_.empty()) {
    const auto slot = plan_.FindSlot(path);
    if (slot.has_value()) return entry_.At(*slot);
    return Internal("the plan does not read the field").With("path", path.text());
  }
  return record::ReadScalar(path, record_key_, message_);
}

bool RowSource::MakesSortKeys() const {
  if (plan_.sort) return true;
  return (plan_.query.distinct || plan_.is_branch) && !plan_.query.orders.empty();
}

// False: the row is not after the place that the query goes on after.
absl::StatusOr<bool> RowSource::FillRow(FoundRow* row) {
  // It is made where it is taken.
  if (part_.has_value()) return true;
  if (MakesSortKeys()) {
    DAFTAR_RETURN_IF_ERROR(MakeSortKey(row));
    if (plan_.query.after.has_value() && row->sort_key <= *plan_.query.after) return false;
  }
  ++meter_.counts.matches;
  if (in_place_) return true;
  return FillValues(row);
}

absl::StatusOr<bool> RowSource::FillValues(FoundRow* row) {
  // Who asks for values has no use for the key; SQL, which does, may have its rows sorted.
  if (plan_.query.in_place) {
    DAFTAR_ASSIGN_OR_RETURN(const std::string_view key, Key());
    row->row.key.bytes().assign(key);
  }
  row->row.created = created_;
  std::optional<record::Message> record;
  const std::vector<Column>& columns = plan_.query.columns;
  row->row.values.resize(columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].path.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(const Scalar value, GetColumn(i));
      row->row.values[i] = columns[i].path->type().ToValue(value);
      continue;
    }
    if (!record.has_value()) {
      DAFTAR_ASSIGN_OR_RETURN(record, Record());
    }
    std::string json;
    DAFTAR_RETURN_IF_ERROR(
        record::AppendPathJson(*record, columns[i].name, &json, plan_.query.calendar));
    row->row.values[i] = std::move(json);
  }
  if (columns.empty()) {
    DAFTAR_ASSIGN_OR_RETURN(row->row.record, Record());
  }
  return true;
}

absl::StatusOr<Scalar> RowSource::GetColumn(size_t number) {
  const std::optional<size_t> slot = column_slots_[number];
  if (!slot.has_value() || !message_.empty()) return Get(*plan_.query.columns[number].path);
  return entry_.At(*slot);
}

absl::Status RowSource::MakeSortKey(FoundRow* row) {
  row->sort_key.clear();
  row->scanned_bytes = 0;
  for (size_t i = 0; i < plan_.query.orders.size(); ++i) {
    const OrderTerm& order = plan_.query.orders[i];
    if (i == plan_.scanned_terms) row->scanned_bytes = row->sort_key.size();
    DAFTAR_ASSIGN_OR_RETURN(const Scalar value, Get(order.path));
    codec::AppendPart(SortPart(order), value, &row->sort_key);
  }
  return absl::OkStatus();
}

}  // namespace daftar::query
