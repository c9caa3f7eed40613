// Lines of an input in a buffer that holds on to the rows made of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/byte_source.h"

namespace daftar::io {

// A UTF-8 byte order mark at the start is skipped; a UTF-16 one is refused.
class LineReader {
 public:
  static constexpr size_t kRowBytesMax = size_t{64} << 20;

  explicit LineReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // The next line with its end (LF, CRLF or CR); at the end of the input the rest. False when there
  // is none. Lifetime: until the next call. Errors: InvalidArgument for UTF-16; ResourceExhausted
  // when the row is longer than kRowBytesMax; errors of the source.
  absl::StatusOr<bool> Next(std::string_view* line);

  // Begins a row at the next line.
  void BeginRow() {
    row_begin_ = end_;
    row_line_ = line_;
  }
  // All lines since BeginRow(), without the last line end. Lifetime: until the next call of Next().
  std::string_view row() const;
  // The number of the line on which the row begins, from 1.
  uint64_t row_line() const { return row_line_; }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  absl::Status Start();
  absl::Status Fill();

  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  size_t row_begin_ = 0;
  size_t end_ = 0;  // of the lines handed out
  uint64_t line_ = 1;
  uint64_t row_line_ = 1;
  uint64_t bytes_read_ = 0;
  bool started_ = false;
  bool at_end_ = false;
};

}  // namespace daftar::io
