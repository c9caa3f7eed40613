// The first half of an import: an input becomes rows that a sink can take, some at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/import.h"
#include "io/import_map.h"
#include "io/row_mapper.h"
#include "io/row_source.h"

namespace daftar::io {

// A row that outlives the next one.
class KeptRow {
 public:
  explicit KeptRow(const SourceRow& row);
  KeptRow(const KeptRow&) = delete;
  KeptRow& operator=(const KeptRow&) = delete;

  const SourceRow& row() const { return row_; }

 private:
  SourceRow row_;
  std::string raw_;
  record::JsonValue json_;
  std::deque<std::string> texts_;  // whose elements stay where they are
  std::vector<std::string_view> cells_;
};

// What became of a row, or of several that make one record.
struct ImportUnit {
  uint64_t line = 0;                       // where it begins
  absl::Status status = absl::OkStatus();  // why it is bad
  size_t records = 0;                      // none: it is skipped
  size_t sink_row = 0;                     // among the sink's rows, when there are records
  std::vector<Flag> flags = {};
  std::vector<std::unique_ptr<KeptRow>> rows = {};  // only kept for a rejects file
};

// What is handed from one half to the other.
struct ImportBatch {
  std::unique_ptr<SinkRows> sink_rows;
  std::vector<ImportUnit> units;
  size_t sink_row_count = 0;
  uint64_t rows_read = 0;   // since the beginning
  uint64_t bytes_read = 0;  // the same
  bool is_last = false;
  absl::Status status;  // why there are no more, when that is not the end of the input
};

// Reads and maps. Thread safety: one thread at a time, but for `source` and `mapper`, whose columns
// and names may be asked from another one.
class ImportRows {
 public:
  // Lifetime: the map outlives it; null: rows of JSON are records as they are.
  ImportRows(std::unique_ptr<RowSource> source, std::unique_ptr<RowMapper> mapper, bool keeps_rows)
      : source_(std::move(source)), mapper_(std::move(mapper)), keeps_rows_(keeps_rows) {}

  const RowSource& source() const { return *source_; }
  const RowMapper* mapper() const { return mapper_.get(); }

  // An empty batch for rows of `sink`.
  std::unique_ptr<ImportBatch> NewBatch(RecordSink& sink) const;
  // Replaces what is in `batch` by what comes next. Not to be called after the last one.
  void Fill(ImportBatch* batch);

 private:
  // Rows that make one record together ("merge_by").
  struct RowGroup {
    std::string key;
    MappedRow mapped;
    ImportUnit unit;
  };

  absl::Status FillFrom(ImportBatch* batch);
  // A line of a rejects file holds the row beside its error.
  void Unwrap(SourceRow* row);
  // Whether the row is one that can be mapped.
  absl::Status CheckRow(const SourceRow& row) const;
  void TakeRow(const SourceRow& row, ImportBatch* batch);
  void TakeIntoGroup(const SourceRow& row, ImportBatch* batch);
  void FinishGroup(ImportBatch* batch);
  // Give records to the batch, and tell in `unit` where they are.
  absl::Status AppendRow(const SourceRow& row, ImportUnit* unit, ImportBatch* batch);
  absl::Status AppendFlat(const SourceRow& row, ImportUnit* unit, ImportBatch* batch);
  static absl::Status Append(std::span<const record::JsonValue> records, ImportUnit* unit,
                             ImportBatch* batch);

  const std::unique_ptr<RowSource> source_;
  const std::unique_ptr<RowMapper> mapper_;  // null: there is no map
  const bool keeps_rows_;
  uint64_t rows_read_ = 0;
  std::string unwrapped_;
  MappedRow mapped_;
  std::vector<std::string_view> cells_;
  std::optional<RowGroup> group_;
  std::unordered_set<std::string> seen_keys_;
};

}  // namespace daftar::io
