#include "io/import.h"

#include <optional>

#include "base/status.h"
#include "io/import_map.h"
#include "io/reject_file.h"
#include "io/row_mapper.h"
#include "io/row_source.h"

namespace daftar::io {
namespace {

constexpr uint64_t kRowsPerProgress = 8192;
constexpr std::string_view kFieldKey = "; field=";

bool IsBadRow(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         absl::IsNotFound(status);
}

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
    if (map_ == nullptr && !source_->is_json()) {
      auto of_columns = MapOfColumns(table, source_->columns());
      if (!of_columns.ok()) return InFile(of_columns.status());
      map_of_columns_.emplace(*std::move(of_columns));
      map_ = &*map_of_columns_;
    }
    if (map_ == nullptr) return absl::OkStatus();
    auto mapper = RowMapper::Create(map_, *source_);
    if (!mapper.ok()) return InFile(mapper.status());
    mapper_ = *std::move(mapper);
    return absl::OkStatus();
  }

  absl::StatusOr<ImportReport> Run() {
    SourceRow row;
    MappedRow mapped;
    while (true) {
      const absl::StatusOr<bool> found = source_->Next(&row);
      if (!found.ok()) return InFile(found.status());
      if (!*found) break;
      ++report_.rows_read;
      DAFTAR_RETURN_IF_ERROR(Take(row, &mapped));
      if (report_.rows_read % kRowsPerProgress == 0) Progress();
    }
    if (rejects_) DAFTAR_RETURN_IF_ERROR(rejects_->Close());
    if (!options_.dry_run) DAFTAR_RETURN_IF_ERROR(sink_.Finish());
    Progress();
    report_.bytes_read = source_->bytes_read();
    return std::move(report_);
  }

 private:
  absl::Status Take(const SourceRow& row, MappedRow* mapped) {
    absl::Status status = row.status;
    if (status.ok()) status = Map(row, mapped);
    if (status.ok() && mapped->records.empty()) {
      ++report_.rows_skipped;
      return absl::OkStatus();
    }
    if (status.ok()) status = sink_.Add(mapped->records, row.line);
    if (status.ok()) {
      report_.records_written += mapped->records.size();
      for (Flag& flag : mapped->flags) {
        report_.flagged.push_back({row.line, std::move(flag.name), std::move(flag.reason)});
      }
      return absl::OkStatus();
    }
    status = InRow(status, row.line);
    if (!IsBadRow(status) || !rejects_) return status;
    ++report_.rows_rejected;
    return rejects_->Add(*source_, row, status.message(), is_tsv_);
  }

  absl::Status Map(const SourceRow& row, MappedRow* mapped) {
    if (mapper_ != nullptr) return mapper_->Map(row, mapped);
    mapped->flags.clear();
    mapped->records.assign(1, *row.json);
    return absl::OkStatus();
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
