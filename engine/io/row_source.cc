#include "io/row_source.h"

#include <unordered_set>

#include "absl/strings/ascii.h"
#include "base/status.h"
#include "base/utf8.h"
#include "io/csv_source.h"
#include "io/json_sequence.h"

namespace daftar {

absl::StatusOr<ImportFormat> FormatOfFile(const std::filesystem::path& file) {
  const std::string extension = absl::AsciiStrToLower(file.extension().string());
  if (extension == ".csv") return ImportFormat::kCsv;
  if (extension == ".tsv" || extension == ".tab") return ImportFormat::kTsv;
  if (extension == ".jsonl" || extension == ".ndjson") return ImportFormat::kJsonLines;
  if (extension == ".json") return ImportFormat::kJson;
  return InvalidArgument("the file name does not tell the format; say csv, tsv, jsonl or json")
      .With("file", file.string());
}

}  // namespace daftar

namespace daftar::io {
namespace {

class JsonSource : public RowSource {
 public:
  JsonSource(std::unique_ptr<ByteSource> bytes, JsonSequenceReader::Form form)
      : RowSource(true), reader_(std::move(bytes), form) {}

  absl::StatusOr<bool> Next(SourceRow* row) override {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, reader_.Next(&item_));
    if (!found) return false;
    row->number = ++number_;
    row->line = item_.line;
    row->raw = item_.raw;
    row->cells = {};
    row->json = &item_.value;
    row->status = item_.status;
    return true;
  }

  uint64_t bytes_read() const override { return reader_.bytes_read(); }

 private:
  JsonSequenceReader reader_;
  JsonSequenceReader::Item item_;
  uint64_t number_ = 0;
};

}  // namespace

absl::Status RowSource::SetColumns(std::string_view raw, std::span<const std::string_view> cells) {
  std::unordered_set<std::string_view> seen;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) {
      return InvalidArgument("a column has no name in the header").With("column", i + 1);
    }
    if (ValidateUtf8(cells[i])) {
      return InvalidArgument("a column name is not UTF-8; save the file as UTF-8")
          .With("column", i + 1);
    }
    if (!seen.insert(cells[i]).second) {
      return InvalidArgument("two columns of the header have the same name")
          .With("name", cells[i])
          .With("column", i + 1);
    }
  }
  columns_.assign(cells.begin(), cells.end());
  header_ = raw;
  return absl::OkStatus();
}

void RowSource::CheckCells(SourceRow* row) const {
  if (row->cells.size() != columns_.size()) {
    row->status = InvalidArgument("the row has another number of cells than the header")
                      .With("cells", row->cells.size())
                      .With("columns", columns_.size());
    return;
  }
  if (!ValidateUtf8(row->raw)) return;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (const auto bad = ValidateUtf8(row->cells[i])) {
      row->status = InvalidArgument("a cell is not UTF-8; save the file as UTF-8")
                        .With("column", columns_[i])
                        .With("byte", *bad);
      return;
    }
  }
}

absl::StatusOr<std::unique_ptr<RowSource>> OpenRowSource(std::unique_ptr<ByteSource> bytes,
                                                         ImportFormat format) {
  switch (format) {
    case ImportFormat::kCsv:
      return OpenCsvSource(std::move(bytes));
    case ImportFormat::kTsv:
      return OpenTsvSource(std::move(bytes));
    case ImportFormat::kJsonLines:
      return std::make_unique<JsonSource>(std::move(bytes), JsonSequenceReader::Form::kLines);
    case ImportFormat::kJson:
      return std::make_unique<JsonSource>(std::move(bytes), JsonSequenceReader::Form::kDocument);
    case ImportFormat::kAuto:
      break;
  }
  return Internal("a row source was opened without a format");
}

}  // namespace daftar::io
