#include "io/import.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/status.h"
#include "io/import_map.h"
#include "io/reject_file.h"
#include "io/row_mapper.h"
#include "io/row_source.h"
#include "rules/violation.h"

namespace daftar::io {
namespace {

constexpr uint64_t kRowsPerProgress = 8192;
constexpr std::string_view kFieldKey = "; field=";

bool IsBadRow(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         absl::IsNotFound(status) || rules::IsRefusal(status);
}

// A row that outlives the next one.
class KeptRow {
 public:
  explicit KeptRow(const SourceRow& row)
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

// Rows that make one record together ("merge_by").
struct RowGroup {
  std::string key;
  uint64_t line = 0;  // of the first row
  absl::Status status;
  MappedRow mapped;
  std::deque<KeptRow> rows;  // only kept for the rejects file
};

class Importer {
 public:
  Importer(std::string name, const ImportOptions& options, RecordSink& sink)
      : name_(std::move(name)), options_(options), sink_(sink) {
    if (options.rejects) rejects_.emplace(*options.rejects);
  }

  absl::Status Open(std::unique_ptr<ByteSource> bytes, std::string_view table) {
    if (rejects_) DAFTAR_RETURN_IF_ERROR(rejects_->CheckAbsent());
    ImportFormat format = options_.format;
    if (format == ImportFormat::kAuto) {
      DAFTAR_ASSIGN_OR_RETURN(format, FormatOfFile(name_));
    }
    is_tsv_ = format == ImportFormat::kTsv;
    if (options_.map) {
      DAFTAR_ASSIGN_OR_RETURN(import_map_, ImportMap::Parse(*options_.map));
      DAFTAR_ASSIGN_OR_RETURN(map_, import_map_.Find(table));
    }
    auto source = OpenRowSource(std::move(bytes), format);
    if (!source.ok()) return InFile(source.status());
    source_ = *std::move(source);
    const absl::Status mapped = MakeMapper(table);
    return mapped.ok() ? mapped : InFile(mapped);
  }

  absl::StatusOr<ImportReport> Run() {
    SourceRow row;
    while (true) {
      const absl::StatusOr<bool> found = source_->Next(&row);
      if (!found.ok()) return InFile(found.status());
      if (!*found) break;
      ++report_.rows_read;
      Unwrap(&row);
      DAFTAR_RETURN_IF_ERROR(merges() ? TakeIntoGroup(row) : Take(row));
      if (report_.rows_read % kRowsPerProgress == 0) Progress();
    }
    DAFTAR_RETURN_IF_ERROR(FinishGroup());
    if (rejects_) DAFTAR_RETURN_IF_ERROR(rejects_->Close());
    if (const absl::Status finished = sink_.Finish(); !finished.ok()) return InFile(finished);
    Progress();
    report_.bytes_read = source_->bytes_read();
    return std::move(report_);
  }

 private:
  // A line of a rejects file holds the row beside its error.
  void Unwrap(SourceRow* row) {
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

  bool merges() const { return mapper_ != nullptr && mapper_->merges(); }

  absl::Status MakeMapper(std::string_view table) {
    if (map_ == nullptr && !source_->is_json()) {
      DAFTAR_ASSIGN_OR_RETURN(TableMap of_columns, MapOfColumns(table, source_->columns()));
      map_of_columns_.emplace(std::move(of_columns));
      map_ = &*map_of_columns_;
    }
    if (map_ == nullptr) return absl::OkStatus();
    DAFTAR_ASSIGN_OR_RETURN(mapper_, RowMapper::Create(map_, *source_));
    return absl::OkStatus();
  }

  absl::Status Map(const SourceRow& row, MappedRow* mapped) {
    if (!row.status.ok()) return row.status;
    const bool any_json = mapper_ != nullptr && mapper_->takes_any_json();
    if (row.json != nullptr && row.json->as_object() == nullptr && !any_json) {
      return InvalidArgument("a row must be a JSON object")
          .With("line", row.line)
          .With("it is", row.json->KindName());
    }
    if (mapper_ != nullptr) return mapper_->Map(row, mapped);
    mapped->flags.clear();
    mapped->records.assign(1, *row.json);
    return absl::OkStatus();
  }

  absl::Status Take(const SourceRow& row) {
    const absl::Status status = Map(row, &mapped_);
    return Hand(status, row.line, &mapped_, [this, &row](std::string_view error) {
      ++report_.rows_rejected;
      return rejects_->Add(*source_, row, error, is_tsv_);
    });
  }

  // Gives the records of a row or group to the sink, or the row to the rejects.
  template <typename Reject>
  absl::Status Hand(absl::Status status, uint64_t line, MappedRow* mapped, const Reject& reject) {
    if (status.ok() && mapped->records.empty()) {
      ++report_.rows_skipped;
      return absl::OkStatus();
    }
    if (status.ok()) status = sink_.Add(mapped->records, line);
    if (status.ok()) {
      report_.records_written += mapped->records.size();
      for (Flag& flag : mapped->flags) {
        report_.flagged.push_back({line, std::move(flag.name), std::move(flag.reason)});
      }
      return absl::OkStatus();
    }
    const bool is_bad_row = IsBadRow(status);
    status = InRow(status, line);
    return is_bad_row && rejects_ ? reject(status.message()) : status;
  }

  absl::Status TakeIntoGroup(const SourceRow& row) {
    // A row that is not even cells has no key: it spoils nothing but itself.
    if (!row.status.ok()) return Take(row);
    absl::Status status = Map(row, &mapped_);
    if (status.ok() && mapped_.records.empty()) {
      ++report_.rows_skipped;
      return absl::OkStatus();
    }
    std::string key = mapper_->MergeKey(row);
    if (!group_ || group_->key != key) {
      DAFTAR_RETURN_IF_ERROR(FinishGroup());
      group_.emplace();
      group_->key = key;
      group_->line = row.line;
      if (!seen_keys_.insert(std::move(key)).second && status.ok()) {
        status = InvalidArgument("rows that make one record must follow each other; sort the file");
      }
    }
    if (rejects_) group_->rows.emplace_back(row);
    if (group_->status.ok() && !status.ok()) {
      group_->status = status;
      group_->line = row.line;
    }
    if (!status.ok()) return absl::OkStatus();
    if (group_->mapped.records.empty()) {
      group_->mapped = std::exchange(mapped_, MappedRow());
    } else {
      RowMapper::Merge(std::move(mapped_.records[0]), group_->mapped.records.data());
    }
    return absl::OkStatus();
  }

  absl::Status FinishGroup() {
    if (!group_) return absl::OkStatus();
    RowGroup& group = *group_;
    absl::Status status = group.status;
    if (status.ok()) status = mapper_->SetFlags(&group.mapped);
    status = Hand(status, group.line, &group.mapped, [this, &group](std::string_view error) {
      absl::Status written;
      for (const KeptRow& row : group.rows) {
        ++report_.rows_rejected;
        if (written.ok()) written = rejects_->Add(*source_, row.row(), error, is_tsv_);
      }
      return written;
    });
    group_.reset();
    return status;
  }

  absl::Status InFile(const absl::Status& status) const {
    return absl::Status(status.code(), absl::StrCat(name_, ": ", status.message()));
  }

  // Puts file, line, column and field before the message.
  absl::Status InRow(const absl::Status& status, uint64_t line) const {
    std::string message(status.message());
    std::string place = absl::StrCat(name_, ":", line, ": ");
    if (const size_t key = message.find(kFieldKey); key != message.npos) {
      const size_t begin = key + kFieldKey.size();
      const size_t end = std::min(message.find("; ", begin), message.size());
      const std::string field = message.substr(begin, end - begin);
      message.erase(key, end - key);
      const std::string columns = mapper_ == nullptr ? field : mapper_->ColumnsOfField(field);
      if (columns.empty()) {
        absl::StrAppend(&place, "field ", field, ": ");
      } else {
        absl::StrAppend(&place, "column '", columns, "' (field ", field, "): ");
      }
    }
    return absl::Status(status.code(), place + message);
  }

  void Progress() const {
    if (options_.progress) options_.progress(report_.rows_read, source_->bytes_read());
  }

  std::string name_;
  const ImportOptions& options_;
  RecordSink& sink_;
  bool is_tsv_ = false;
  ImportMap import_map_;
  std::optional<TableMap> map_of_columns_;
  const TableMap* map_ = nullptr;  // one of the two above, or none
  std::unique_ptr<RowSource> source_;
  std::unique_ptr<RowMapper> mapper_;
  std::optional<RejectFile> rejects_;
  std::string unwrapped_;
  MappedRow mapped_;
  std::optional<RowGroup> group_;
  std::unordered_set<std::string> seen_keys_;
  ImportReport report_;
};

}  // namespace

absl::StatusOr<ImportReport> RunImport(ImportInput input, std::string_view table,
                                       const ImportOptions& options, RecordSink& sink) {
  Importer importer(std::move(input.name), options, sink);
  DAFTAR_RETURN_IF_ERROR(importer.Open(std::move(input.bytes), table));
  return importer.Run();
}

}  // namespace daftar::io
