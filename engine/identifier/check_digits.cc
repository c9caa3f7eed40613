#include "identifier/check_digits.h"

#include <array>
#include <cstddef>

#include "base/check.h"

namespace daftar::identifier {
namespace {

int ValueOf(char c) { return c <= '9' ? c - '0' : c - 'A' + 10; }

char Digit(int value) { return static_cast<char>('0' + value); }

// One digit's part in the Luhn sum.
int LuhnPart(int digit, bool doubled) {
  if (!doubled) return digit;
  return digit < 5 ? 2 * digit : 2 * digit - 9;
}

}  // namespace

std::string Mod97CheckDigits(std::string_view characters) {
  int remainder = 0;
  for (const char c : characters) {
    const int value = ValueOf(c);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  const int check = 98 - remainder * 100 % 97;
  return {Digit(check / 10), Digit(check % 10)};
}

char LuhnCheckDigit(std::string_view characters) {
  int sum = 0;
  bool doubled = true;
  for (size_t i = characters.size(); i-- > 0; doubled = !doubled) {
    const int value = ValueOf(characters[i]);
    sum += LuhnPart(value % 10, doubled);
    if (value < 10) continue;
    doubled = !doubled;
    sum += LuhnPart(value / 10, doubled);
  }
  return Digit((10 - sum % 10) % 10);
}

char IranLegalIdCheckDigit(std::string_view digits) {
  constexpr std::array kWeights = {29, 27, 23, 19, 17};
  DAFTAR_CHECK(digits.size() == 10);
  const int shift = ValueOf(digits[9]) + 2;
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    sum += (ValueOf(digits[i]) + shift) * kWeights[i % kWeights.size()];
  }
  return Digit(sum % 11 % 10);
}

char IranNationalIdCheckDigit(std::string_view digits) {
  DAFTAR_CHECK(digits.size() == 9);
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) sum += ValueOf(digits[i]) * static_cast<int>(10 - i);
  const int remainder = sum % 11;
  return Digit(remainder < 2 ? remainder : 11 - remainder);
}

}  // namespace daftar::identifier
