// Decimal numbers of any scale, multiplied without rounding.
#pragma once

#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"

namespace daftar::io {

// The number unscaled / 10^scale, at most 18 significant digits.
struct ExactNumber {
  absl::int128 unscaled = 0;
  int scale = 0;
};

// Reads "[+-]digits[.digits]"; zeros at the end of the fraction do not count.
// Errors: InvalidArgument with the text.
absl::StatusOr<ExactNumber> ParseExactNumber(std::string_view text);

// The product as text without an exponent and without zeros at the end of the fraction.
// Errors: InvalidArgument when it needs more than `digits_max` digits after the point.
absl::StatusOr<std::string> MultiplyExact(const ExactNumber& a, const ExactNumber& b,
                                          int digits_max);

}  // namespace daftar::io
