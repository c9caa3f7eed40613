#include "io/csv_source.h"

#include <csv.h>

#include "base/check.h"
#include "base/status.h"
#include "io/line_reader.h"

namespace daftar::io {
namespace {

// What CSV and TSV share: a header, cells, and lines of text below.
class CellSource : public RowSource {
 public:
  explicit CellSource(std::unique_ptr<ByteSource> bytes)
      : RowSource(false), lines_(std::move(bytes)) {}

  absl::Status ReadHeader() {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, ReadRow());
    if (!found) return InvalidArgument("input is empty; it must begin with a line of column names");
    return SetColumns(lines_.row(), cells_);
  }

  absl::StatusOr<bool> Next(SourceRow* row) override {
    DAFTAR_ASSIGN_OR_RETURN(const bool found, ReadRow());
    if (!found) return false;
    row->number = ++number_;
    row->line = lines_.row_line();
    row->raw = lines_.row();
    row->cells = cells_;
    row->json = nullptr;
    row->status = absl::OkStatus();
    CheckCells(row);
    return true;
  }

  uint64_t bytes_read() const override { return lines_.bytes_read(); }

 protected:
  // Fills cells_ from the next row. False at the end.
  virtual absl::StatusOr<bool> ReadRow() = 0;

  LineReader lines_;
  std::vector<std::string_view> cells_;

 private:
  uint64_t number_ = 0;
};

class TsvSource : public CellSource {
 public:
  using CellSource::CellSource;

 protected:
  absl::StatusOr<bool> ReadRow() override {
    std::string_view line;
    do {
      lines_.BeginRow();
      DAFTAR_ASSIGN_OR_RETURN(const bool found, lines_.Next(&line));
      if (!found) return false;
    } while (lines_.row().empty());
    cells_.clear();
    std::string_view rest = lines_.row();
    for (size_t tab = rest.find('\t'); tab != rest.npos; tab = rest.find('\t')) {
      AddCell(rest.substr(0, tab));
      rest.remove_prefix(tab + 1);
    }
    AddCell(rest);
    return true;
  }

 private:
  void AddCell(std::string_view cell) {
    cells_.push_back(cell.empty() ? std::string_view() : cell);
  }
};

// Invariant: libcsv is given whole lines, so that a line completes at most one row, and between two
// rows it waits for a new one: lines in which it would find nothing but commas can go past it.
class CsvSource : public CellSource {
 public:
  explicit CsvSource(std::unique_ptr<ByteSource> bytes) : CellSource(std::move(bytes)) {
    DAFTAR_CHECK_EQ(csv_init(&parser_, kOptions), 0);
    // RFC 4180: spaces belong to the cell. libcsv would strip them.
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });
  }
  ~CsvSource() override { csv_free(&parser_); }
  CsvSource(const CsvSource&) = delete;
  CsvSource& operator=(const CsvSource&) = delete;

 protected:
  absl::StatusOr<bool> ReadRow() override {
    text_.clear();
    ends_.clear();
    row_ended_ = false;
    bool in_row = false;
    while (!row_ended_) {
      if (!in_row) lines_.BeginRow();
      std::string_view line;
      DAFTAR_ASSIGN_OR_RETURN(const bool found, lines_.Next(&line));
      if (!found) return FinishLastRow();
      if (!in_row && line.find('"') == line.npos && !lines_.row().empty()) {
        SplitPlainRow();
        return true;
      }
      in_row = in_row || !lines_.row().empty();
      DAFTAR_RETURN_IF_ERROR(Feed(line));
    }
    MakeCells();
    return true;
  }

 private:
  static constexpr unsigned char kOptions = CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL;
  struct CellEnd {
    size_t end = 0;  // in text_
    bool absent = false;
  };

  static void OnCell(void* cell, size_t size, void* self) {
    auto* source = static_cast<CsvSource*>(self);
    if (cell != nullptr) source->text_.append(static_cast<const char*>(cell), size);
    source->ends_.push_back({source->text_.size(), cell == nullptr});
  }
  static void OnRow(int, void* self) { static_cast<CsvSource*>(self)->row_ended_ = true; }

  // A row without quotes is what stands between commas, where it stands.
  void SplitPlainRow() {
    cells_.clear();
    std::string_view rest = lines_.row();
    for (size_t comma = rest.find(','); comma != rest.npos; comma = rest.find(',')) {
      AddPlainCell(rest.substr(0, comma));
      rest.remove_prefix(comma + 1);
    }
    AddPlainCell(rest);
  }
  void AddPlainCell(std::string_view cell) {
    cells_.push_back(cell.empty() ? std::string_view() : cell);
  }

  absl::Status Feed(std::string_view line) {
    while (true) {
      const size_t used = csv_parse(&parser_, line.data(), line.size(), &OnCell, &OnRow, this);
      line.remove_prefix(used);
      if (line.empty()) return absl::OkStatus();
      if (csv_error(&parser_) != CSV_EPARSE) return OutOfMemory();
      if (parser_.quoted != 0) {
        return InvalidArgument("text follows the closing quote of a cell; write two quotes for one")
            .With("line", lines_.row_line());
      }
      // A quote inside a cell without quotes: strict mode refuses it, but it is clear what is meant
      // (37°36'37.8"N). Takes this one byte as it stands and is strict again.
      csv_set_opts(&parser_, static_cast<unsigned char>(kOptions & ~CSV_STRICT));
      const size_t taken = csv_parse(&parser_, line.data(), 1, &OnCell, &OnRow, this);
      csv_set_opts(&parser_, kOptions);
      if (taken != 1) return OutOfMemory();
      line.remove_prefix(1);
      if (line.empty()) return absl::OkStatus();
    }
  }

  absl::StatusOr<bool> FinishLastRow() {
    if (csv_fini(&parser_, &OnCell, &OnRow, this) != 0) {
      if (csv_error(&parser_) != CSV_EPARSE) return OutOfMemory();
      return InvalidArgument("a quoted cell is not closed before the end of the input")
          .With("line", lines_.row_line());
    }
    if (!row_ended_) return false;
    MakeCells();
    return true;
  }

  absl::Status OutOfMemory() const {
    return ResourceExhausted("no memory for a row of CSV").With("line", lines_.row_line());
  }

  void MakeCells() {
    cells_.clear();
    size_t begin = 0;
    for (const CellEnd& cell : ends_) {
      cells_.push_back(cell.absent ? std::string_view()
                                   : std::string_view(text_).substr(begin, cell.end - begin));
      begin = cell.end;
    }
  }

  csv_parser parser_ = {};
  std::string text_;  // of the row's cells
  std::vector<CellEnd> ends_;
  bool row_ended_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowSource>> OpenCsvSource(std::unique_ptr<ByteSource> bytes) {
  auto source = std::make_unique<CsvSource>(std::move(bytes));
  DAFTAR_RETURN_IF_ERROR(source->ReadHeader());
  return source;
}

absl::StatusOr<std::unique_ptr<RowSource>> OpenTsvSource(std::unique_ptr<ByteSource> bytes) {
  auto source = std::make_unique<TsvSource>(std::move(bytes));
  DAFTAR_RETURN_IF_ERROR(source->ReadHeader());
  return source;
}

}  // namespace daftar::io
