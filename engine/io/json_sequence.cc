#include "io/json_sequence.h"

#include <utility>

#include "base/status.h"
#include "record/json_parser.h"

namespace daftar::io {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

JsonSequenceReader::JsonSequenceReader(std::unique_ptr<ByteSource> source, Form form)
    : source_(std::move(source)), form_(form) {}

JsonSequenceReader::~JsonSequenceReader() = default;

absl::StatusOr<bool> JsonSequenceReader::Next(Item* item) {
  if (place_ == Place::kStart) {
    while (rest().size() < kByteOrderMark.size() && !at_end_) {
      DAFTAR_RETURN_IF_ERROR(Fill().status());
    }
    if (rest().starts_with(kByteOrderMark)) begin_ += kByteOrderMark.size();
  }
  return form_ == Form::kLines ? NextLine(item) : NextElement(item);
}

absl::StatusOr<bool> JsonSequenceReader::Fill() {
  if (at_end_) return false;
  constexpr size_t kChunkBytes = size_t{256} << 10;
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  if (buffer_.size() > kItemBytesMax) {
    return ResourceExhausted("JSON value is too long")
        .With("line", line_)
        .With("bytes_max", kItemBytesMax);
  }
  const size_t size = buffer_.size();
  buffer_.resize(size + kChunkBytes);
  absl::StatusOr<size_t> count = source_->Read(buffer_.data() + size, kChunkBytes);
  buffer_.resize(size + (count.ok() ? *count : 0));
  DAFTAR_RETURN_IF_ERROR(count.status());
  bytes_read_ += *count;
  at_end_ = *count == 0;
  return !at_end_;
}

void JsonSequenceReader::Advance(size_t count) {
  record::AdvancePosition(rest().substr(0, count), &line_, &column_);
  begin_ += count;
}

absl::Status JsonSequenceReader::SyntaxError(std::string_view cause) const {
  return InvalidArgument("JSON does not parse")
      .With("line", line_)
      .With("column", column_)
      .With("cause", cause);
}

absl::StatusOr<record::JsonValue> JsonSequenceReader::Parse(std::string_view raw) const {
  return record::ParseJson(raw, {.line = line_, .column = column_});
}

absl::StatusOr<bool> JsonSequenceReader::NextLine(Item* item) {
  place_ = Place::kNextElement;
  while (true) {
    size_t newline = rest().find('\n');
    for (size_t seen = rest().size(); newline == std::string_view::npos && !at_end_;) {
      DAFTAR_RETURN_IF_ERROR(Fill().status());
      newline = rest().find('\n', seen);
      seen = rest().size();
    }
    const bool last = newline == std::string_view::npos;
    if (last && rest().empty()) return false;
    std::string_view raw = last ? rest() : rest().substr(0, newline);
    const size_t taken = raw.size() + (last ? 0 : 1);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    begin_ += taken;
    const uint64_t line = line_++;
    if (raw.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    absl::StatusOr<record::JsonValue> value = record::ParseJson(raw, {.line = line});
    item->status = value.status();
    item->value = value.ok() ? *std::move(value) : record::JsonValue();
    item->raw = raw;
    item->line = line;
    return true;
  }
}

absl::StatusOr<bool> JsonSequenceReader::SkipSpace() {
  while (true) {
    size_t count = rest().find_first_not_of(" \t\r\n");
    const bool found = count != std::string_view::npos;
    Advance(found ? count : rest().size());
    if (found) return true;
    DAFTAR_ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) return false;
  }
}

absl::StatusOr<bool> JsonSequenceReader::NextElement(Item* item) {
  if (place_ == Place::kStart) {
    DAFTAR_ASSIGN_OR_RETURN(const bool is_array, BeginDocument(item));
    if (!is_array) return true;
  }
  if (place_ == Place::kEnd) return FinishDocument();
  DAFTAR_ASSIGN_OR_RETURN(const bool more, SkipSpace());
  if (!more) return SyntaxError("the array is not closed");
  if (place_ == Place::kFirstElement && rest().front() == ']') {
    Advance(1);
    return FinishDocument();
  }
  DAFTAR_ASSIGN_OR_RETURN(const size_t end, FindElementEnd());
  item->raw = rest().substr(0, end);
  item->line = line_;
  DAFTAR_ASSIGN_OR_RETURN(item->value, Parse(item->raw));
  item->status = absl::OkStatus();
  while (item->raw.find_last_of(" \t\r\n") == item->raw.size() - 1) item->raw.remove_suffix(1);
  const bool closed = rest()[end] == ']';
  // Only marks what was used: `raw` must stay until the next call.
  Advance(end + 1);
  place_ = closed ? Place::kEnd : Place::kNextElement;
  return true;
}

absl::StatusOr<bool> JsonSequenceReader::BeginDocument(Item* item) {
  DAFTAR_ASSIGN_OR_RETURN(const bool more, SkipSpace());
  if (!more) return SyntaxError("the document is empty");
  if (rest().front() != '[') {
    DAFTAR_RETURN_IF_ERROR(ReadWhole(item).status());
    return false;
  }
  Advance(1);
  place_ = Place::kFirstElement;
  return true;
}

absl::StatusOr<bool> JsonSequenceReader::ReadWhole(Item* item) {
  while (!at_end_) DAFTAR_RETURN_IF_ERROR(Fill().status());
  item->raw = rest();
  item->line = line_;
  item->status = absl::OkStatus();
  DAFTAR_ASSIGN_OR_RETURN(item->value, Parse(item->raw));
  Advance(rest().size());
  place_ = Place::kEnd;
  return true;
}

absl::StatusOr<bool> JsonSequenceReader::FinishDocument() {
  place_ = Place::kEnd;
  DAFTAR_ASSIGN_OR_RETURN(const bool more, SkipSpace());
  if (more) return SyntaxError("text follows the document's value");
  return false;
}

absl::StatusOr<size_t> JsonSequenceReader::FindElementEnd() {
  size_t depth = 0;
  bool in_string = false;
  size_t i = 0;
  while (true) {
    for (; i < rest().size(); ++i) {
      const char c = rest()[i];
      if (in_string) {
        if (c == '\\') ++i;
        in_string = c != '"';
      } else if (c == '"') {
        in_string = true;
      } else if (c == '[' || c == '{') {
        ++depth;
      } else if (depth == 0 && (c == ',' || c == ']')) {
        return i;
      } else if (c == ']' || c == '}') {
        if (depth == 0) return SyntaxError("a brace is closed that was not opened");
        --depth;
      }
    }
    DAFTAR_ASSIGN_OR_RETURN(const bool more, Fill());
    if (more) continue;
    // The element's own error is the better one, if it has any.
    DAFTAR_RETURN_IF_ERROR(Parse(rest()).status());
    return SyntaxError("the array is not closed");
  }
}

}  // namespace daftar::io
