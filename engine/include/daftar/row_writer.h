// Query results as text: tables for terminals, CSV, TSV and JSON.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "daftar/calendar.h"
#include "daftar/value.h"

namespace daftar {

enum class RowFormat {
  kTable,      // aligned columns for people
  kCsv,        // RFC 4180, lines end with LF; null is nothing, the empty text is ""
  kTsv,        // no quoting: values with tabs or line ends are refused; null and "" look alike
  kJson,       // an array of objects
  kJsonLines,  // one object on each line
};

// "table", "csv", "tsv", "json" or "jsonl". Errors: InvalidArgument with the names there are.
absl::StatusOr<RowFormat> RowFormatFromName(std::string_view name);

// A list or a struct that was turned into JSON already.
struct RawJson {
  std::string text;
};

using RowCell = std::variant<Value, RawJson>;

struct RowWriterOptions {
  RowFormat format = RowFormat::kTable;
  // Of kTable: the widest line, in terminal cells; wider columns are cut with "…". 0: any.
  size_t width_max = 0;
  // Of kTable: how null looks.
  std::string null_text = {};
  // Of dates and instants that are values; see Query::ShownIn for those inside of JSON.
  Calendar calendar = Calendar::kGregorian;
};

// Writes rows one after the other. Dates, decimals and large integers are exact in every format;
// data is base64 but in kTable, where it is hexadecimal.
// Memory: kTable holds the first thousand rows to find the widths of the columns; later cells that
// are wider stick out. Thread safety: one thread at a time.
class RowWriter {
 public:
  // Takes output in pieces of any size; an error of it is returned by the writer.
  using Output = std::function<absl::Status(std::string_view)>;

  static std::unique_ptr<RowWriter> Create(const RowWriterOptions& options,
                                           std::vector<std::string> columns, Output output);
  virtual ~RowWriter() = default;

  // Requires: one cell for each column. Errors: InvalidArgument for a value that the format cannot
  // hold; those of the output, after which nothing more can be written.
  virtual absl::Status Write(std::span<const RowCell> cells) = 0;
  // Writes what is left: call it once, also when there were no rows.
  virtual absl::Status Finish() = 0;
};

// How many terminal cells `text` takes: 2 for wide East Asian characters and emoji, 0 for marks
// that combine and for invisible ones such as the zero-width non-joiner, 1 for all others.
size_t DisplayWidth(std::string_view text);

}  // namespace daftar
