#include "io/exact_number.h"

#include "absl/strings/ascii.h"
#include "base/status.h"

namespace daftar::io {
namespace {

absl::Status NotANumber(std::string_view text, std::string_view cause) {
  return InvalidArgument("value is not a number").With("value", text).With("cause", cause);
}

bool AllDigits(std::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

std::string Format(ExactNumber number) {
  const bool negative = number.unscaled < 0;
  absl::int128 rest = negative ? -number.unscaled : number.unscaled;
  std::string digits;
  for (; rest != 0; rest /= 10)
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  const auto scale = static_cast<size_t>(number.scale);
  if (digits.size() <= scale) digits.append(scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(scale, 1, '.');
  if (negative) digits.push_back('-');
  return {digits.rbegin(), digits.rend()};
}

}  // namespace

absl::StatusOr<ExactNumber> ParseExactNumber(std::string_view text) {
  std::string_view whole = text;
  const bool negative = whole.starts_with('-');
  if (negative || whole.starts_with('+')) whole.remove_prefix(1);
  std::string_view fraction;
  if (const size_t point = whole.find('.'); point != whole.npos) {
    fraction = whole.substr(point + 1);
    whole = whole.substr(0, point);
    if (!AllDigits(fraction)) return NotANumber(text, "digits must follow the point");
  }
  if (!AllDigits(whole)) return NotANumber(text, "it has characters other than digits");
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  if (whole.size() + fraction.size() > 18) return NotANumber(text, "it has more than 18 digits");
  ExactNumber number;
  for (char c : whole) number.unscaled = number.unscaled * 10 + (c - '0');
  for (char c : fraction) number.unscaled = number.unscaled * 10 + (c - '0');
  if (negative) number.unscaled = -number.unscaled;
  number.scale = static_cast<int>(fraction.size());
  return number;
}

absl::StatusOr<std::string> MultiplyExact(const ExactNumber& a, const ExactNumber& b,
                                          int digits_max) {
  // Two times 18 digits fit 128 bits.
  ExactNumber product{a.unscaled * b.unscaled, a.scale + b.scale};
  while (product.scale > 0 && product.unscaled % 10 == 0) {
    product.unscaled /= 10;
    --product.scale;
  }
  if (product.scale <= digits_max) return Format(product);
  return InvalidArgument("number would have to be rounded")
      .With("value", Format(a))
      .With("factor", Format(b))
      .With("digits_max", digits_max)
      .With("remedy", "correct the cell or allow more \"digits\" in the map");
}

}  // namespace daftar::io
