// The values of one field in some hundreds of records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/scalar.h"
#include "columns/numbers.h"
#include "record/predicate.h"

namespace daftar::columns {

// The numbers of the rows that are still in question, in order.
using Selection = std::vector<uint32_t>;

// Numbers are kept as the distance from the least of them, text of few different values as numbers
// of those. Thread-safe to read.
class Column {
 public:
  // Requires: those that are no nulls hold the same alternative. Text is copied.
  static Column Make(const std::vector<Scalar>& values);

  // Lifetime: text as long as the column.
  Scalar At(size_t row) const;
  // Leaves those of `rows` whose values meet the condition, as record::Meets has it.
  void Keep(const record::Condition& condition, Selection* rows) const;
  size_t bytes() const;

 private:
  enum class Form : uint8_t {
    kNothing,   // all are null
    kBool,      // numbers: 0 and 1
    kSigned,    // numbers: value with its sign bit flipped, less `base`
    kUnsigned,  // numbers: value less `base`
    kDouble,    // numbers: the bits
    kCode,      // numbers: which of `texts`
    kText,      // `texts`, one a row
  };

  void MakeNumbers(const std::vector<Scalar>& values);
  void MakeTexts(const std::vector<Scalar>& values);
  std::string_view TextAt(size_t i) const;
  bool IsNullAt(size_t row) const { return !nulls_.empty() && nulls_[row] != 0; }
  bool KeepInterval(const record::Condition& condition, Selection* rows) const;
  void KeepCodes(const record::Condition& condition, Selection* rows) const;

  Form form_ = Form::kNothing;
  uint64_t base_ = 0;
  Numbers numbers_;
  std::vector<uint8_t> nulls_;  // empty: none is
  std::string texts_;
  Numbers text_ends_;
};

}  // namespace daftar::columns
