#include "io/line_reader.h"

#include "base/status.h"

namespace daftar::io {

absl::Status LineReader::Fill() {
  constexpr size_t kChunkBytes = size_t{256} << 10;
  buffer_.erase(0, row_begin_);
  end_ -= row_begin_;
  row_begin_ = 0;
  if (buffer_.size() > kRowBytesMax) {
    return ResourceExhausted("row is too long; a quote before it may not be closed")
        .With("line", row_line_)
        .With("bytes_max", kRowBytesMax);
  }
  const size_t size = buffer_.size();
  buffer_.resize(size + kChunkBytes);
  const absl::StatusOr<size_t> count = source_->Read(buffer_.data() + size, kChunkBytes);
  buffer_.resize(size + (count.ok() ? *count : 0));
  DAFTAR_RETURN_IF_ERROR(count.status());
  bytes_read_ += *count;
  at_end_ = *count == 0;
  return absl::OkStatus();
}

absl::Status LineReader::Start() {
  started_ = true;
  while (buffer_.size() < 3 && !at_end_) DAFTAR_RETURN_IF_ERROR(Fill());
  if (buffer_.starts_with("\xEF\xBB\xBF")) end_ = row_begin_ = 3;
  if (buffer_.starts_with("\xFF\xFE") || buffer_.starts_with("\xFE\xFF")) {
    return InvalidArgument("input is UTF-16; save it as UTF-8").With("line", 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LineReader::Next(std::string_view* line) {
  if (!started_) DAFTAR_RETURN_IF_ERROR(Start());
  size_t length = 0;
  while (true) {
    const std::string_view rest = std::string_view(buffer_).substr(end_);
    while (length < rest.size() && rest[length] != '\n' && rest[length] != '\r') ++length;
    // A CR at the end of the buffer may be half of a CRLF.
    if (length + 1 < rest.size() || (length < rest.size() && (rest[length] == '\n' || at_end_))) {
      length += rest.substr(length).starts_with("\r\n") ? 2 : 1;
      ++line_;
      break;
    }
    if (at_end_) break;
    DAFTAR_RETURN_IF_ERROR(Fill());
  }
  *line = std::string_view(buffer_).substr(end_, length);
  end_ += length;
  return length > 0;
}

std::string_view LineReader::row() const {
  std::string_view row = std::string_view(buffer_).substr(row_begin_, end_ - row_begin_);
  if (row.ends_with('\n')) row.remove_suffix(1);
  if (row.ends_with('\r')) row.remove_suffix(1);
  return row;
}

}  // namespace daftar::io
