#include "io/table_writer.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"

namespace daftar {
namespace {

size_t CharacterWidth(int32_t c) {
  if (c < 0) return 1;  // shown as a replacement character
  const auto category = static_cast<UCharCategory>(u_charType(c));
  if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK || category == U_FORMAT_CHAR) {
    return 0;
  }
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size();) width += CharacterWidth(NextCharacter(text, &i));
  return width;
}

namespace io {
namespace {

constexpr size_t kRowsMeasured = 1000;
constexpr size_t kColumnWidthMin = 4;
constexpr std::string_view kSeparator = " | ";
constexpr std::string_view kCut = "…";

struct TableCell {
  std::string text;
  size_t width = 0;
  bool is_number = false;
  bool is_null = false;
};

// Control characters become their pictures (␊), malformed bytes U+FFFD: a cell is one line.
TableCell ShownCell(std::string_view text) {
  TableCell cell;
  for (size_t i = 0; i < text.size();) {
    int32_t c = NextCharacter(text, &i);
    if (c < 0) c = 0xFFFD;
    if (c < 0x20) c += 0x2400;
    if (c >= 0x7F && c < 0xA0) c = 0x2421;
    cell.width += CharacterWidth(c);
    AppendCharacter(c, &cell.text);
  }
  return cell;
}

// Cuts the cell to `width`, "…" included.
void CutCell(size_t width, TableCell* cell) {
  size_t used = 0;
  size_t end = 0;
  while (end < cell->text.size()) {
    size_t next = end;
    const size_t character = CharacterWidth(NextCharacter(cell->text, &next));
    if (used + character > width - 1) break;
    used += character;
    end = next;
  }
  cell->text.erase(end);
  cell->text.append(kCut);
  cell->width = used + 1;
}

class TableWriter : public RowWriter {
 public:
  TableWriter(const RowWriterOptions& options, const std::vector<std::string>& columns,
              Output output)
      : options_(options), output_(std::move(output)), is_number_(columns.size(), true) {
    for (const std::string& column : columns) {
      header_.push_back(ShownCell(column));
      widths_.push_back(header_.back().width);
    }
  }

  absl::Status Write(std::span<const RowCell> cells) override {
    DAFTAR_CHECK_EQ(cells.size(), header_.size());
    std::vector<TableCell> row;
    for (const RowCell& cell : cells) row.push_back(Shown(cell));
    if (is_laid_out_) return output_(Line(std::move(row)));
    for (size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], row[i].width);
      is_number_[i] = is_number_[i] && (row[i].is_number || row[i].is_null);
    }
    measured_.push_back(std::move(row));
    return measured_.size() < kRowsMeasured ? absl::OkStatus() : LayOut();
  }

  absl::Status Finish() override { return is_laid_out_ ? absl::OkStatus() : LayOut(); }

 private:
  TableCell Shown(const RowCell& cell) const {
    if (const auto* raw = std::get_if<RawJson>(&cell)) return ShownCell(raw->text);
    const Value& value = std::get<Value>(cell);
    TableCell shown = ShownCell(value.is_null() ? options_.null_text : value.ToString());
    shown.is_null = value.is_null();
    shown.is_number = value.get_if<int64_t>() != nullptr || value.get_if<uint64_t>() != nullptr ||
                      value.get_if<double>() != nullptr || value.get_if<Decimal>() != nullptr;
    return shown;
  }

  // Takes from the widest column until the line fits or nothing is left to take.
  void Shrink() {
    if (options_.width_max == 0 || widths_.empty()) return;
    size_t total = kSeparator.size() * (widths_.size() - 1);
    for (const size_t width : widths_) total += width;
    while (total > options_.width_max) {
      const auto widest = std::max_element(widths_.begin(), widths_.end());
      if (*widest <= kColumnWidthMin) return;
      --*widest;
      --total;
    }
  }

  absl::Status LayOut() {
    is_laid_out_ = true;
    Shrink();
    std::string text = Line(header_);
    for (size_t i = 0; i < widths_.size(); ++i) {
      if (i > 0) text.append("-+-");
      text.append(widths_[i], '-');
    }
    text.push_back('\n');
    for (std::vector<TableCell>& row : measured_) text.append(Line(std::move(row)));
    measured_.clear();
    return output_(text);
  }

  std::string Line(std::vector<TableCell> row) const {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      TableCell& cell = row[i];
      if (cell.width > widths_[i] && options_.width_max > 0) CutCell(widths_[i], &cell);
      const size_t padding = widths_[i] - std::min(widths_[i], cell.width);
      if (i > 0) line.append(kSeparator);
      if (is_number_[i]) line.append(padding, ' ');
      line.append(cell.text);
      if (!is_number_[i]) line.append(padding, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    line.push_back('\n');
    return line;
  }

  const RowWriterOptions options_;
  Output output_;
  std::vector<TableCell> header_;
  std::vector<size_t> widths_;
  std::vector<bool> is_number_;
  std::vector<std::vector<TableCell>> measured_;
  bool is_laid_out_ = false;
};

}  // namespace

std::unique_ptr<RowWriter> MakeTableWriter(const RowWriterOptions& options,
                                           std::vector<std::string> columns,
                                           RowWriter::Output output) {
  return std::make_unique<TableWriter>(options, columns, std::move(output));
}

}  // namespace io
}  // namespace daftar
