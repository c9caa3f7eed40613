#include "identifier/conversion.h"

#include <limits>

#include "base/decimal.h"
#include "base/status.h"

namespace daftar::identifier {
namespace {

__extension__ using Wide = __int128;

Wide Magnitude(Wide value) { return value < 0 ? -value : value; }

// std::gcd takes no integers of 128 bits. One of the two must not be 0.
Wide CommonDivisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// A fraction that is kept in lowest terms, so that it holds as much as it can. `fits` turns false
// when it no longer does.
struct Fraction {
  Wide above = 0;
  Wide below = 1;
  bool fits = true;

  void Multiply(Wide by) {
    const Wide common = CommonDivisor(below, Magnitude(by));
    below /= common;
    fits = fits && !__builtin_mul_overflow(above, by / common, &above);
  }
  void Divide(Wide by) {
    const Wide common = CommonDivisor(by, Magnitude(above));
    above /= common;
    fits = fits && !__builtin_mul_overflow(below, by / common, &below);
  }
  // By 10^power.
  void Shift(int power) {
    constexpr Wide kTen = 10;
    for (; power > 0 && fits; --power) Multiply(kTen);
    for (; power < 0 && fits; ++power) Divide(kTen);
  }
};

// To the nearest, a half to the even one.
Wide Rounded(const Fraction& fraction) {
  const Wide whole = fraction.above / fraction.below;
  const Wide left = Magnitude(fraction.above % fraction.below);
  // Compared without doubling, which might not fit.
  const Wide missing = fraction.below - left;
  const bool up = left > missing || (left == missing && whole % 2 != 0);
  if (!up) return whole;
  return fraction.above < 0 ? whole - 1 : whole + 1;
}

}  // namespace

absl::StatusOr<int64_t> Convert(const Conversion& conversion) {
  if (conversion.rate.unscaled <= 0 || conversion.per <= 0) {
    return InvalidArgument("a rate, and what it is for, are greater than 0")
        .With("rate", FormatDecimal(conversion.rate))
        .With("per", conversion.per);
  }
  Fraction amount{conversion.minor_units};
  const int scale = conversion.rate.scale;
  if (conversion.inverse) {
    amount.Divide(conversion.rate.unscaled);
    amount.Multiply(conversion.per);
    amount.Shift(scale + conversion.to_digits - conversion.from_digits);
  } else {
    amount.Multiply(conversion.rate.unscaled);
    amount.Divide(conversion.per);
    amount.Shift(conversion.to_digits - conversion.from_digits - scale);
  }
  const Wide rounded = amount.fits ? Rounded(amount) : 0;
  if (!amount.fits || rounded > std::numeric_limits<int64_t>::max() ||
      rounded < std::numeric_limits<int64_t>::min()) {
    return InvalidArgument("the amount is too large to be converted exactly")
        .With("minor units", conversion.minor_units)
        .With("rate", FormatDecimal(conversion.rate));
  }
  return static_cast<int64_t>(rounded);
}

}  // namespace daftar::identifier
