// Amounts of one currency in another, exactly.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "daftar/value.h"

namespace daftar::identifier {

struct Conversion {
  int64_t minor_units = 0;  // the amount
  int from_digits = 0;      // after the point, of its currency
  int to_digits = 0;        // of the other one
  // What `per` units of the one currency cost in the other; with `inverse`, what `per` units of the
  // other cost in the one. Both greater than 0.
  Decimal rate;
  int64_t per = 1;
  bool inverse = false;
};

// The amount in minor units of the other currency. Between there is no rounding; what is left of a
// minor unit in the end is rounded to the nearest, a half to the even one. Errors: InvalidArgument
// for a rate or `per` that is not greater than 0, and when the amount is too large to be converted.
absl::StatusOr<int64_t> Convert(const Conversion& conversion);

}  // namespace daftar::identifier
