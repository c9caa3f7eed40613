#include "io/import_rows.h"

#include <utility>

#include "base/status.h"
#include "io/reject_file.h"

namespace daftar::io {
namespace {

// A batch is full with so many rows or so many bytes.
constexpr uint64_t kBatchRows = 256;
constexpr size_t kBatchBytes = size_t{256} << 10;

}  // namespace

KeptRow::KeptRow(const SourceRow& row)
    : row_(row), raw_(row.raw), json_(row.json == nullptr ? record::JsonValue() : *row.json) {
  for (std::string_view cell : row.cells) {
    if (cell.data() == nullptr) {
      cells_.emplace_back();
    } else {
      cells_.emplace_back(texts_.emplace_back(cell));
    }
  }
  row_.raw = raw_;
  row_.cells = cells_;
  row_.json = row.json == nullptr ? nullptr : &json_;
}

std::unique_ptr<ImportBatch> ImportRows::NewBatch(RecordSink& sink) const {
  auto batch = std::make_unique<ImportBatch>();
  batch->sink_rows =
      sink.NewRows(mapper_ == nullptr ? std::span<const std::string>() : mapper_->paths());
  return batch;
}

void ImportRows::Fill(ImportBatch* batch) {
  batch->sink_rows->Clear();
  batch->units.clear();
  batch->sink_row_count = 0;
  batch->status = FillFrom(batch);
  if (!batch->status.ok()) batch->is_last = true;
  batch->rows_read = rows_read_;
  batch->bytes_read = source_->bytes_read();
}

absl::Status ImportRows::FillFrom(ImportBatch* batch) {
  SourceRow row;
  size_t bytes = 0;
  for (uint64_t i = 0; i < kBatchRows && bytes < kBatchBytes; ++i) {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, source_->Next(&row));
    if (!found) {
      FinishGroup(batch);
      batch->is_last = true;
      return absl::OkStatus();
    }
    ++rows_read_;
    bytes += row.raw.size();
    Unwrap(&row);
    if (mapper_ != nullptr && mapper_->merges()) {
      TakeIntoGroup(row, batch);
    } else {
      TakeRow(row, batch);
    }
  }
  return absl::OkStatus();
}

void ImportRows::Unwrap(SourceRow* row) {
  const record::JsonValue* json = row->json;
  if (json == nullptr || !json->Find(kErrorColumn) || !json->Find(kRejectedLine)) return;
  row->json = json->Find(kRejectedRow);
  if (row->json == nullptr) {
    const record::JsonValue* text = json->Find(kRejectedText);
    if (text != nullptr && text->as_string() != nullptr) row->raw = *text->as_string();
    row->status = InvalidArgument("a rejected row is not corrected; write it as \"row\"");
    return;
  }
  unwrapped_.clear();
  record::AppendJson(*row->json, &unwrapped_);
  row->raw = unwrapped_;
}

absl::Status ImportRows::CheckRow(const SourceRow& row) const {
  if (!row.status.ok()) return row.status;
  const bool any_json = mapper_ != nullptr && mapper_->takes_any_json();
  if (row.json != nullptr && row.json->as_object() == nullptr && !any_json) {
    return InvalidArgument("a row must be a JSON object")
        .With("line", row.line)
        .With("it is", row.json->KindName());
  }
  return absl::OkStatus();
}

absl::Status ImportRows::Append(std::span<const record::JsonValue> records, ImportUnit* unit,
                                ImportBatch* batch) {
  if (records.empty()) return absl::OkStatus();
  DAFTAR_RETURN_IF_ERROR(batch->sink_rows->Append(records));
  unit->records = records.size();
  unit->sink_row = batch->sink_row_count++;
  return absl::OkStatus();
}

absl::Status ImportRows::AppendFlat(const SourceRow& row, ImportUnit* unit, ImportBatch* batch) {
  DAFTAR_ASSIGN_OR_RETURN(const bool found, mapper_->Evaluate(row));
  if (!found) return absl::OkStatus();
  if (mapper_->TakeTexts(&cells_) && batch->sink_rows->AppendCells(cells_)) {
    unit->records = 1;
    unit->sink_row = batch->sink_row_count++;
    return absl::OkStatus();
  }
  DAFTAR_RETURN_IF_ERROR(mapper_->Build(&mapped_));
  return Append(mapped_.records, unit, batch);
}

absl::Status ImportRows::AppendRow(const SourceRow& row, ImportUnit* unit, ImportBatch* batch) {
  DAFTAR_RETURN_IF_ERROR(CheckRow(row));
  if (mapper_ == nullptr) return Append({row.json, 1}, unit, batch);
  if (mapper_->is_flat()) return AppendFlat(row, unit, batch);
  DAFTAR_RETURN_IF_ERROR(mapper_->Map(row, &mapped_));
  unit->flags = std::move(mapped_.flags);
  return Append(mapped_.records, unit, batch);
}

void ImportRows::TakeRow(const SourceRow& row, ImportBatch* batch) {
  ImportUnit unit;
  unit.line = row.line;
  if (keeps_rows_) unit.rows.push_back(std::make_unique<KeptRow>(row));
  unit.status = AppendRow(row, &unit, batch);
  batch->units.push_back(std::move(unit));
}

void ImportRows::TakeIntoGroup(const SourceRow& row, ImportBatch* batch) {
  // A row that is not even cells has no key: it spoils nothing but itself.
  if (!row.status.ok()) return TakeRow(row, batch);
  absl::Status status = CheckRow(row);
  if (status.ok()) status = mapper_->Map(row, &mapped_);
  if (status.ok() && mapped_.records.empty()) {
    batch->units.push_back({.line = row.line});
    return;
  }
  std::string key = mapper_->MergeKey(row);
  if (!group_ || group_->key != key) {
    FinishGroup(batch);
    group_.emplace();
    group_->key = key;
    group_->unit.line = row.line;
    if (!seen_keys_.insert(std::move(key)).second && status.ok()) {
      status = InvalidArgument("rows that make one record must follow each other; sort the file");
    }
  }
  if (keeps_rows_) group_->unit.rows.push_back(std::make_unique<KeptRow>(row));
  if (group_->unit.status.ok() && !status.ok()) {
    group_->unit.status = status;
    group_->unit.line = row.line;
  }
  if (!status.ok()) return;
  if (group_->mapped.records.empty()) {
    group_->mapped = std::exchange(mapped_, MappedRow());
  } else {
    RowMapper::Merge(std::move(mapped_.records[0]), group_->mapped.records.data());
  }
}

void ImportRows::FinishGroup(ImportBatch* batch) {
  if (!group_) return;
  RowGroup& group = *group_;
  if (group.unit.status.ok()) group.unit.status = mapper_->SetFlags(&group.mapped);
  group.unit.flags = std::move(group.mapped.flags);
  if (group.unit.status.ok()) {
    group.unit.status = Append(group.mapped.records, &group.unit, batch);
  }
  batch->units.push_back(std::move(group.unit));
  group_.reset();
}

}  // namespace daftar::io
