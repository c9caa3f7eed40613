#include "daftar/row_writer.h"

#include "absl/strings/escaping.h"
#include "base/check.h"
#include "base/json_string.h"
#include "base/status.h"
#include "io/csv_text.h"
#include "io/table_writer.h"

namespace daftar {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;

// Collects output into pieces.
class BufferedWriter : public RowWriter {
 public:
  BufferedWriter(std::vector<std::string> columns, Output output)
      : columns_(std::move(columns)), output_(std::move(output)) {}

 protected:
  absl::Status FlushIfFull() { return buffer_.size() < kPieceBytes ? absl::OkStatus() : Flush(); }
  absl::Status Flush() {
    const absl::Status status = buffer_.empty() ? absl::OkStatus() : output_(buffer_);
    buffer_.clear();
    return status;
  }

  std::vector<std::string> columns_;
  std::string buffer_;

 private:
  Output output_;
};

bool IsNull(const RowCell& cell) {
  if (const auto* raw = std::get_if<RawJson>(&cell)) return raw->text == "null";
  return std::get<Value>(cell).is_null();
}

// As other programs read it.
std::string ExchangeText(const RowCell& cell) {
  if (const auto* raw = std::get_if<RawJson>(&cell)) return raw->text;
  const Value& value = std::get<Value>(cell);
  if (const Blob* blob = value.get_if<Blob>()) return absl::Base64Escape(blob->bytes);
  return value.ToString();
}

class CsvWriter : public BufferedWriter {
 public:
  using BufferedWriter::BufferedWriter;

  absl::Status Write(std::span<const RowCell> cells) override {
    DAFTAR_CHECK_EQ(cells.size(), columns_.size());
    WriteHeader();
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) buffer_.push_back(',');
      if (!IsNull(cells[i])) {
        io::AppendCsvCell(ExchangeText(cells[i]), &buffer_);
      } else if (cells.size() == 1) {
        // An empty line would be no row at all.
        buffer_.append("\"\"");
      }
    }
    buffer_.push_back('\n');
    return FlushIfFull();
  }

  absl::Status Finish() override {
    WriteHeader();
    return Flush();
  }

 private:
  void WriteHeader() {
    if (has_header_) return;
    has_header_ = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) buffer_.push_back(',');
      io::AppendCsvCell(columns_[i], &buffer_);
    }
    buffer_.push_back('\n');
  }

  bool has_header_ = false;
};

class TsvWriter : public BufferedWriter {
 public:
  using BufferedWriter::BufferedWriter;

  absl::Status Write(std::span<const RowCell> cells) override {
    DAFTAR_CHECK_EQ(cells.size(), columns_.size());
    DAFTAR_RETURN_IF_ERROR(WriteHeader());
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string text = IsNull(cells[i]) ? "" : ExchangeText(cells[i]);
      DAFTAR_RETURN_IF_ERROR(AppendCell(i, text));
    }
    return FlushIfFull();
  }

  absl::Status Finish() override {
    DAFTAR_RETURN_IF_ERROR(WriteHeader());
    return Flush();
  }

 private:
  absl::Status WriteHeader() {
    if (has_header_) return absl::OkStatus();
    has_header_ = true;
    for (size_t i = 0; i < columns_.size(); ++i) {
      DAFTAR_RETURN_IF_ERROR(AppendCell(i, columns_[i]));
    }
    return absl::OkStatus();
  }

  absl::Status AppendCell(size_t index, std::string_view text) {
    if (text.find_first_of("\t\r\n") != text.npos) {
      return InvalidArgument("TSV cannot hold a tab or a line end; use csv or json")
          .With("column", columns_[index])
          .With("value", absl::CEscape(text.substr(0, 80)));
    }
    buffer_.append(text);
    buffer_.push_back(index + 1 < columns_.size() ? '\t' : '\n');
    return absl::OkStatus();
  }

  bool has_header_ = false;
};

class JsonWriter : public BufferedWriter {
 public:
  JsonWriter(bool lines, std::vector<std::string> columns, Output output)
      : BufferedWriter(std::move(columns), std::move(output)), lines_(lines) {
    for (const std::string& column : columns_) {
      AppendJsonString(column, &names_.emplace_back());
    }
  }

  absl::Status Write(std::span<const RowCell> cells) override {
    DAFTAR_CHECK_EQ(cells.size(), columns_.size());
    if (!lines_) buffer_.append(is_first_ ? "[\n" : ",\n");
    is_first_ = false;
    buffer_.push_back('{');
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) buffer_.push_back(',');
      absl::StrAppend(&buffer_, names_[i], ":");
      const auto* raw = std::get_if<RawJson>(&cells[i]);
      buffer_.append(raw != nullptr ? raw->text : std::get<Value>(cells[i]).ToJson());
    }
    buffer_.push_back('}');
    if (lines_) buffer_.push_back('\n');
    return FlushIfFull();
  }

  absl::Status Finish() override {
    if (!lines_) buffer_.append(is_first_ ? "[]\n" : "\n]\n");
    return Flush();
  }

 private:
  const bool lines_;
  std::vector<std::string> names_;  // as JSON strings
  bool is_first_ = true;
};

// Dates as text of another calendar.
class CalendarWriter : public RowWriter {
 public:
  CalendarWriter(Calendar calendar, std::unique_ptr<RowWriter> writer)
      : calendar_(calendar), writer_(std::move(writer)) {}

  absl::Status Write(std::span<const RowCell> cells) override {
    shown_.assign(cells.begin(), cells.end());
    for (RowCell& cell : shown_) {
      if (Value* value = std::get_if<Value>(&cell))
        *value = InCalendar(std::move(*value), calendar_);
    }
    return writer_->Write(shown_);
  }

  absl::Status Finish() override { return writer_->Finish(); }

 private:
  const Calendar calendar_;
  const std::unique_ptr<RowWriter> writer_;
  std::vector<RowCell> shown_;
};

}  // namespace

absl::StatusOr<RowFormat> RowFormatFromName(std::string_view name) {
  if (name == "table") return RowFormat::kTable;
  if (name == "csv") return RowFormat::kCsv;
  if (name == "tsv") return RowFormat::kTsv;
  if (name == "json") return RowFormat::kJson;
  if (name == "jsonl") return RowFormat::kJsonLines;
  return InvalidArgument("unknown output format; known are table, csv, tsv, json, jsonl")
      .With("format", name);
}

std::unique_ptr<RowWriter> RowWriter::Create(const RowWriterOptions& options,
                                             std::vector<std::string> columns, Output output) {
  if (options.calendar != Calendar::kGregorian) {
    RowWriterOptions inner = options;
    inner.calendar = Calendar::kGregorian;
    return std::make_unique<CalendarWriter>(options.calendar,
                                            Create(inner, std::move(columns), std::move(output)));
  }
  switch (options.format) {
    case RowFormat::kCsv:
      return std::make_unique<CsvWriter>(std::move(columns), std::move(output));
    case RowFormat::kTsv:
      return std::make_unique<TsvWriter>(std::move(columns), std::move(output));
    case RowFormat::kJson:
    case RowFormat::kJsonLines:
      return std::make_unique<JsonWriter>(options.format == RowFormat::kJsonLines,
                                          std::move(columns), std::move(output));
    case RowFormat::kTable:
      break;
  }
  return io::MakeTableWriter(options, std::move(columns), std::move(output));
}

}  // namespace daftar
