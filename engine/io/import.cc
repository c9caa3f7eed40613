#include "io/import.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "base/status.h"
#include "io/hand_over.h"
#include "io/import_map.h"
#include "io/import_rows.h"
#include "io/reject_file.h"
#include "io/row_mapper.h"
#include "io/row_source.h"
#include "rules/violation.h"

namespace daftar::io {
namespace {

constexpr uint64_t kRowsPerProgress = 8192;
// Batches on their way or being filled or taken; what bounds the memory between the threads.
constexpr int kBatches = 3;
constexpr std::string_view kFieldKey = "; field=";

bool IsBadRow(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         absl::IsNotFound(status) || rules::IsRefusal(status);
}

// Fills batches on a thread of its own, ahead of who takes them.
class ReadAhead {
 public:
  // Lifetime: `rows` and `sink` outlive it; nobody else fills batches meanwhile.
  ReadAhead(ImportRows* rows, RecordSink& sink) : rows_(rows) {
    for (int i = 0; i < kBatches; ++i) empty_.Give(rows->NewBatch(sink));
    thread_ = std::thread([this] { Run(); });
  }
  ~ReadAhead() {
    empty_.Close();
    thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Waits for the next batch. Not to be called after the last one.
  std::unique_ptr<ImportBatch> Next() { return *filled_.Take(); }
  // Gives back a batch that is done with.
  void Return(std::unique_ptr<ImportBatch> batch) { empty_.Give(std::move(batch)); }

 private:
  void Run() {
    while (auto batch = empty_.Take()) {
      rows_->Fill(batch->get());
      const bool is_last = (*batch)->is_last;
      filled_.Give(*std::move(batch));
      if (is_last) return;
    }
  }

  ImportRows* const rows_;
  HandOver<std::unique_ptr<ImportBatch>> empty_;
  HandOver<std::unique_ptr<ImportBatch>> filled_;
  std::thread thread_;
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
    auto mapper = MakeMapper(**source, table);
    if (!mapper.ok()) return InFile(mapper.status());
    rows_.emplace(*std::move(source), *std::move(mapper), rejects_.has_value());
    return absl::OkStatus();
  }

  absl::StatusOr<ImportReport> Run() {
    DAFTAR_RETURN_IF_ERROR(TakeAll());
    if (rejects_) DAFTAR_RETURN_IF_ERROR(rejects_->Close());
    if (const absl::Status finished = sink_.Finish(); !finished.ok()) return InFile(finished);
    Progress();
    return std::move(report_);
  }

 private:
  absl::StatusOr<std::unique_ptr<RowMapper>> MakeMapper(const RowSource& source,
                                                        std::string_view table) {
    if (map_ == nullptr && !source.is_json()) {
      DAFTAR_ASSIGN_OR_RETURN(TableMap of_columns, MapOfColumns(table, source.columns()));
      map_of_columns_.emplace(std::move(of_columns));
      map_ = &*map_of_columns_;
    }
    if (map_ == nullptr) return std::unique_ptr<RowMapper>();
    return RowMapper::Create(map_, source);
  }

  absl::Status TakeAll() {
    ReadAhead ahead(&*rows_, sink_);
    uint64_t told = 0;  // rows of the last progress
    while (true) {
      std::unique_ptr<ImportBatch> batch = ahead.Next();
      for (ImportUnit& unit : batch->units) {
        DAFTAR_RETURN_IF_ERROR(Take(*batch->sink_rows, &unit));
      }
      if (!batch->status.ok()) return InFile(batch->status);
      report_.rows_read = batch->rows_read;
      report_.bytes_read = batch->bytes_read;
      if (report_.rows_read - told >= kRowsPerProgress) {
        told = report_.rows_read;
        Progress();
      }
      if (batch->is_last) return absl::OkStatus();
      ahead.Return(std::move(batch));
    }
  }

  // Gives the records to the sink, or the rows to the rejects.
  absl::Status Take(const SinkRows& rows, ImportUnit* unit) {
    absl::Status status = unit->status;
    if (status.ok() && unit->records == 0) {
      ++report_.rows_skipped;
      return absl::OkStatus();
    }
    if (status.ok()) status = sink_.Add(rows, unit->sink_row, unit->line);
    if (status.ok()) {
      report_.records_written += unit->records;
      for (Flag& flag : unit->flags) {
        report_.flagged.push_back({unit->line, std::move(flag.name), std::move(flag.reason)});
      }
      return absl::OkStatus();
    }
    const bool is_bad_row = IsBadRow(status);
    status = InRow(status, unit->line);
    if (!is_bad_row || !rejects_) return status;
    absl::Status written;
    for (const auto& row : unit->rows) {
      ++report_.rows_rejected;
      written.Update(rejects_->Add(rows_->source(), row->row(), status.message(), is_tsv_));
    }
    return written;
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
      const std::string columns =
          rows_->mapper() == nullptr ? field : rows_->mapper()->ColumnsOfField(field);
      if (columns.empty()) {
        absl::StrAppend(&place, "field ", field, ": ");
      } else {
        absl::StrAppend(&place, "column '", columns, "' (field ", field, "): ");
      }
    }
    return absl::Status(status.code(), place + message);
  }

  void Progress() const {
    if (options_.progress) options_.progress(report_.rows_read, report_.bytes_read);
  }

  std::string name_;
  const ImportOptions& options_;
  RecordSink& sink_;
  bool is_tsv_ = false;
  ImportMap import_map_;
  std::optional<TableMap> map_of_columns_;
  const TableMap* map_ = nullptr;  // one of the two above, or none
  std::optional<ImportRows> rows_;
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
