// What is measured on: generated permits, questions about them, and digests of the answers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daftar::bench {

struct Permit {
  std::string no;
  std::string firm;
  std::string zone;
  std::string kind;
  uint16_t state = 0;  // into kStates
  int32_t year = 0;
  int32_t serial = 0;
  int32_t valid_from = 0;  // days since 1970-01-01
  int32_t valid_to = 0;
  int64_t area_square_metres = 0;
  std::string note;
};

inline constexpr std::string_view kStates[] = {"submitted", "approved", "active", "suspended",
                                               "lapsed"};

inline constexpr uint64_t kSeed = 1;

// "YYYY-MM-DD" of days since 1970-01-01.
std::string DateText(int32_t days);

// The zones that permits are of.
std::span<const std::string_view> ZoneIds();

// Permit `number` of the register; the same number always gives the same permit.
Permit MakePermit(uint64_t number);

// Permits of a zone that end within [from, to).
struct RangeQuestion {
  std::string zone;
  int32_t from = 0;
  int32_t to = 0;
};

// Permits of a kind, which has no index, with at least this area.
struct ScanQuestion {
  std::string kind;
  int64_t area_min = 0;
};

struct Questions {
  std::vector<std::string> keys;
  std::vector<RangeQuestion> ranges;
  std::vector<ScanQuestion> scans;
};
// About permits 0 to rows - 1. Requires: rows > 0.
Questions MakeQuestions(uint64_t rows);

// Writes permits 0 to rows - 1 as CSV without quotes, dates as YYYY-MM-DD. False when the file
// cannot be written.
bool WriteCsv(const std::filesystem::path& file, uint64_t rows);
// A line of that file back. Requires: a line that WriteCsv wrote, without its end.
Permit ParseCsvLine(std::string_view line);

// Sums up rows, whatever their order. One row is the fields since the last EndRow().
class Digest {
 public:
  void Add(std::string_view text);
  void Add(int64_t number);
  void EndRow();

  uint64_t value() const { return value_; }
  uint64_t rows() const { return rows_; }

 private:
  static constexpr uint64_t kFnvBasis = 0xcbf29ce484222325;
  uint64_t row_ = kFnvBasis;
  uint64_t value_ = 0;
  uint64_t rows_ = 0;
};

}  // namespace daftar::bench
