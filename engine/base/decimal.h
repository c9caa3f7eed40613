// Exact decimals as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "daftar/value.h"

namespace daftar {

// Reads "[+-]digits[.digits]" as the integer value * 10^scale, without rounding:
// ParseDecimal("-1.5", 2) is -150. There is no exponent and no grouping. Errors: InvalidArgument
// with the text when it has another form, more digits after the point than `scale`, or does not fit
// 64 bits.
absl::StatusOr<int64_t> ParseDecimal(std::string_view text, uint8_t scale);

// The number with exactly `scale` digits after the point, no exponent: {-50, 3} gives "-0.050".
// The inverse of ParseDecimal with the same scale.
std::string FormatDecimal(Decimal decimal);

// A number's digits, with "-" before them or not, with a point so that `scale` of them come after
// it:
// {"-50", 3} gives "-0.050".
std::string PlacePoint(std::string digits, uint8_t scale);

}  // namespace daftar
