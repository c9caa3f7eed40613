#include "base/decimal.h"

#include "absl/strings/ascii.h"
#include "base/status.h"

namespace daftar {
namespace {

constexpr std::string_view kRemedy = "write digits with an optional sign and point, as -12.50";

absl::Status NotADecimal(std::string_view text, std::string_view cause) {
  return InvalidArgument("value is not a decimal")
      .With("value", text)
      .With("cause", cause)
      .With("remedy", kRemedy);
}

// Appends a digit to a number that is kept negative, which has room for one value more.
bool PushDigit(int64_t digit, int64_t* negative) {
  return !__builtin_mul_overflow(*negative, int64_t{10}, negative) &&
         !__builtin_sub_overflow(*negative, digit, negative);
}

bool PushDigits(std::string_view digits, int64_t* negative) {
  for (char c : digits) {
    if (!PushDigit(c - '0', negative)) return false;
  }
  return true;
}

bool AllDigits(std::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return !text.empty();
}

}  // namespace

absl::StatusOr<int64_t> ParseDecimal(std::string_view text, uint8_t scale) {
  std::string_view whole = text;
  const bool negative = !whole.empty() && whole.front() == '-';
  if (negative || (!whole.empty() && whole.front() == '+')) whole.remove_prefix(1);
  std::string_view fraction;
  if (const size_t point = whole.find('.'); point != std::string_view::npos) {
    fraction = whole.substr(point + 1);
    whole = whole.substr(0, point);
    if (!AllDigits(fraction)) return NotADecimal(text, "digits must follow the point");
  }
  if (!AllDigits(whole)) return NotADecimal(text, "it has characters other than digits");
  if (fraction.size() > scale) {
    return InvalidArgument("decimal has too many digits after the point")
        .With("value", text)
        .With("digits_max", static_cast<int>(scale));
  }
  int64_t unscaled = 0;
  bool fits = PushDigits(whole, &unscaled) && PushDigits(fraction, &unscaled);
  for (size_t i = fraction.size(); fits && i < scale; ++i) fits = PushDigit(0, &unscaled);
  if (fits && !negative) fits = !__builtin_sub_overflow(int64_t{0}, unscaled, &unscaled);
  if (fits) return unscaled;
  return InvalidArgument("decimal is out of range")
      .With("value", text)
      .With("digits_after_point", static_cast<int>(scale));
}

std::string FormatDecimal(Decimal decimal) {
  return PlacePoint(absl::StrCat(decimal.unscaled), decimal.scale);
}

std::string PlacePoint(std::string digits, uint8_t scale) {
  if (scale == 0) return digits;
  const size_t sign = digits.starts_with('-') ? 1 : 0;
  const size_t count = digits.size() - sign;
  if (count <= scale) digits.insert(sign, scale + 1 - count, '0');
  digits.insert(digits.size() - scale, 1, '.');
  return digits;
}

}  // namespace daftar
