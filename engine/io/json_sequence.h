// The JSON values of an input, one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/byte_source.h"
#include "record/json_value.h"

namespace daftar::io {

// Reads the values of a text one after the other, in memory bounded by the largest of them.
class JsonSequenceReader {
 public:
  enum class Form {
    // One value on each line; blank lines are skipped.
    kLines,
    // A top-level array, whose elements are the values, or one value that is not an array.
    kDocument,
  };
  struct Item {
    record::JsonValue value;
    // What is wrong when the text of this item is not JSON; then `value` is null.
    absl::Status status;
    // Lifetime: until the next call.
    std::string_view raw;
    // The line on which the item begins, from 1.
    uint64_t line = 0;
  };

  // A byte order mark at the start is skipped.
  JsonSequenceReader(std::unique_ptr<ByteSource> source, Form form);
  ~JsonSequenceReader();

  // Fills `item`, or returns false at the end. With kLines a line that does not parse is reported
  // in item.status and the next call goes on with the next line; with kDocument nothing after an
  // error can be trusted and it is returned. Errors: InvalidArgument; ResourceExhausted for an item
  // longer than kItemBytesMax; errors of the source. After an error the reader must not be used.
  absl::StatusOr<bool> Next(Item* item);

  uint64_t bytes_read() const { return bytes_read_; }

  static constexpr size_t kItemBytesMax = size_t{64} << 20;

 private:
  enum class Place { kStart, kFirstElement, kNextElement, kEnd };

  absl::StatusOr<bool> NextLine(Item* item);
  absl::StatusOr<bool> NextElement(Item* item);
  absl::StatusOr<bool> BeginDocument(Item* item);
  absl::StatusOr<bool> ReadWhole(Item* item);
  absl::StatusOr<bool> FinishDocument();
  // Finds the comma or bracket that ends the element at the start of the buffer.
  absl::StatusOr<size_t> FindElementEnd();
  // Appends input to the buffer. False at the end of the input.
  absl::StatusOr<bool> Fill();
  // Moves past white space; false at the end of the input.
  absl::StatusOr<bool> SkipSpace();
  // Removes `count` bytes from the buffer's front, keeping line and column.
  void Advance(size_t count);
  absl::StatusOr<record::JsonValue> Parse(std::string_view raw) const;
  absl::Status SyntaxError(std::string_view cause) const;
  std::string_view rest() const { return std::string_view(buffer_).substr(begin_); }

  std::unique_ptr<ByteSource> source_;
  Form form_;
  Place place_ = Place::kStart;
  std::string buffer_;
  size_t begin_ = 0;
  uint64_t line_ = 1;
  uint64_t column_ = 1;
  uint64_t bytes_read_ = 0;
  bool at_end_ = false;
};

}  // namespace daftar::io
