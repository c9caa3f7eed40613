#include "record/json_parser.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/status.h"
#include "base/utf8.h"

namespace daftar::record {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status ParseError(std::string_view text, size_t offset, const JsonParseOptions& options,
                        std::string_view cause) {
  uint64_t line = options.line;
  uint64_t column = options.column;
  AdvancePosition(text.substr(0, offset), &line, &column);
  return InvalidArgument("JSON does not parse")
      .With("line", line)
      .With("column", column)
      .With("cause", cause);
}

// Iterates over the text and lets the handler see how far the lexer has read: the library hands out
// integers as machine numbers, and their digits must be taken from the text.
class TrackingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackingIterator(const char* at, const char** farthest) : at_(at), farthest_(farthest) {}
  reference operator*() const { return *at_; }
  TrackingIterator& operator++() {
    *farthest_ = ++at_;
    return *this;
  }
  TrackingIterator operator++(int) {
    TrackingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const TrackingIterator& a, const TrackingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  const char** farthest_;
};

bool IsNumberChar(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Builds the value; called by the library's parser, whose method names are given.
class Handler {
 public:
  explicit Handler(std::string_view text) : text_(text), farthest_(text.data()) {}

  const char** farthest() { return &farthest_; }
  JsonValue TakeRoot() { return std::move(root_); }
  size_t error_offset() const { return error_offset_; }
  const std::string& cause() const { return cause_; }

  bool null() { return Add(JsonValue()); }
  bool boolean(bool v) { return Add(JsonValue(v)); }
  bool number_integer(int64_t) { return Add(JsonValue(TakeNumber())); }
  bool number_unsigned(uint64_t) { return Add(JsonValue(TakeNumber())); }
  bool number_float(double, const std::string&) { return Add(JsonValue(TakeNumber())); }
  bool string(std::string& v) { return Add(JsonValue(std::move(v))); }
  bool binary(std::vector<uint8_t>&) { return false; }  // Only binary formats have it.
  bool start_object(size_t) { return Open(JsonValue(JsonObject())); }
  bool end_object() { return Close(); }
  bool start_array(size_t) { return Open(JsonValue(JsonArray())); }
  bool end_array() { return Close(); }
  bool key(std::string& name) {
    open_.back()->as_object()->push_back({std::move(name), JsonValue()});
    return true;
  }

  // `position` counts the bytes that were read, one more at the end of the text.
  template <typename Exception>
  bool parse_error(size_t position, const std::string&, const Exception& exception) {
    if (!cause_.empty()) return false;
    std::string_view what = exception.what();
    // Without the library's own prefix and place, and without the text read last, which may be
    // long.
    if (const size_t start = what.find("] "); start != what.npos) what.remove_prefix(start + 2);
    if (const size_t start = what.find("parsing "); start != what.npos) what.remove_prefix(start);
    if (const size_t read = what.find("; last read: '"); read != what.npos) {
      std::string_view expected = what.substr(read);
      const size_t next = expected.rfind("; expected ");
      cause_ = what.substr(0, read);
      if (next != expected.npos) cause_.append(expected.substr(next));
    } else {
      cause_ = what;
    }
    if (exception.id == 406) cause_ = "the number is beyond the range of a double";
    error_offset_ = std::min(position - std::min<size_t>(position, 1), text_.size());
    return false;
  }

 private:
  JsonNumber TakeNumber() {
    const char* end = farthest_;
    // The lexer has read one byte more, unless the text ends with the number.
    if (!IsNumberChar(end[-1])) --end;
    const char* begin = end;
    while (begin > text_.data() && IsNumberChar(begin[-1])) --begin;
    return {std::string(begin, end)};
  }

  JsonValue* Place(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    JsonValue* parent = open_.back();
    if (JsonArray* array = parent->as_array()) {
      array->push_back(std::move(value));
      return &array->back();
    }
    JsonValue& member = parent->as_object()->back().value;
    member = std::move(value);
    return &member;
  }

  bool Add(JsonValue value) {
    Place(std::move(value));
    return true;
  }

  bool Open(JsonValue value) {
    if (open_.size() == kJsonDepthMax) {
      cause_ = absl::StrCat("arrays and objects are nested deeper than ", kJsonDepthMax, " levels");
      error_offset_ = static_cast<size_t>(farthest_ - text_.data()) - 1;
      return false;
    }
    // Stays valid while it is open: a container grows only when its last element is closed.
    open_.push_back(Place(std::move(value)));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  const char* farthest_;
  JsonValue root_;
  std::vector<JsonValue*> open_;
  size_t error_offset_ = 0;
  std::string cause_;
};

// What the library would let pass or describe badly.
std::optional<std::pair<size_t, std::string_view>> FindForbidden(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) return {{0, "a byte order mark must not stand here"}};
  const auto bad = ValidateUtf8(text);
  // The library takes a NUL byte for the end of the text.
  const size_t nul = text.find('\0');
  if (nul != text.npos && (!bad || nul < *bad)) return {{nul, "a NUL byte must not stand here"}};
  if (bad) return {{*bad, "bytes are not UTF-8"}};
  return std::nullopt;
}

}  // namespace

void AdvancePosition(std::string_view text, uint64_t* line, uint64_t* column) {
  const size_t newline = text.rfind('\n');
  if (newline != std::string_view::npos) {
    *line += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    *column = 1;
    text.remove_prefix(newline + 1);
  }
  *column += CountCharacters(text);
}

absl::StatusOr<JsonValue> ParseJson(std::string_view text, const JsonParseOptions& options) {
  if (const auto forbidden = FindForbidden(text)) {
    return ParseError(text, forbidden->first, options, forbidden->second);
  }
  Handler handler(text);
  const TrackingIterator begin(text.data(), handler.farthest());
  const TrackingIterator end(text.data() + text.size(), handler.farthest());
  const bool parsed = nlohmann::json::sax_parse(
      begin, end, &handler, nlohmann::json::input_format_t::json, true, options.allow_comments);
  if (!parsed) return ParseError(text, handler.error_offset(), options, handler.cause());
  return handler.TakeRoot();
}

}  // namespace daftar::record
