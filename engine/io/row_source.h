// Rows of an input file, with their places.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/byte_source.h"
#include "daftar/import.h"
#include "record/json_value.h"

namespace daftar::io {

// Lifetime: everything in it lasts until the next call of Next().
struct SourceRow {
  uint64_t number = 0;  // counts rows from 1; the header is not one
  uint64_t line = 0;    // on which the row begins, from 1
  // The row as it stands in the file, without the line end.
  std::string_view raw;
  // CSV and TSV: one for each column. An empty cell without quotes has data() == nullptr, so that
  // "" can be told from nothing.
  std::span<const std::string_view> cells;
  // JSON: the row's value, of any kind; else null.
  const record::JsonValue* json = nullptr;
  // Why the row cannot be used: a wrong number of cells, bytes that are not UTF-8, text that is not
  // JSON. The rows after it can.
  absl::Status status;
};

// Memory: the largest row and a few hundred kilobytes. Thread safety: one thread at a time.
class RowSource {
 public:
  virtual ~RowSource() = default;

  // Fills `row`, or returns false at the end. Errors, after which there are no further rows:
  // InvalidArgument with the line when the text cannot be divided into rows, as after a quote that
  // is not closed; ResourceExhausted for a row of more than 64 MiB; errors of reading.
  virtual absl::StatusOr<bool> Next(SourceRow* row) = 0;

  // The names in the header: not empty, no two alike. None for JSON.
  const std::vector<std::string>& columns() const { return columns_; }
  // The header line as it stands in the file, without the line end.
  const std::string& header() const { return header_; }
  bool is_json() const { return is_json_; }
  virtual uint64_t bytes_read() const = 0;

 protected:
  explicit RowSource(bool is_json) : is_json_(is_json) {}
  // Checks and keeps the header. Errors: InvalidArgument.
  absl::Status SetColumns(std::string_view raw, std::span<const std::string_view> cells);
  // Sets row->status if the cells do not fit the columns.
  void CheckCells(SourceRow* row) const;

 private:
  const bool is_json_;
  std::vector<std::string> columns_;
  std::string header_;
};

// Reads the header, if the format has one. Requires: format != kAuto.
//
// CSV is RFC 4180: line ends inside quotes are kept as they are; spaces belong to the cell; a quote
// inside a cell that does not begin with one stands for itself; text after a closing quote is an
// error. Lines end with LF, CRLF or CR; empty lines are skipped, as is a UTF-8 byte order mark.
// Errors: InvalidArgument for an empty file, a header with an empty or repeated name, UTF-16; those
// of Next().
absl::StatusOr<std::unique_ptr<RowSource>> OpenRowSource(std::unique_ptr<ByteSource> bytes,
                                                         ImportFormat format);

}  // namespace daftar::io
