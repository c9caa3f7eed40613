#include "base/digits.h"

#include "base/utf8.h"

namespace daftar {

std::string WithAsciiDigits(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t start = i;
    const int32_t character = NextCharacter(text, &i);
    const int32_t digit = AsciiDigit(character);
    if (digit == character) {
      result += text.substr(start, i - start);
    } else {
      result += static_cast<char>(digit);
    }
  }
  return result;
}

}  // namespace daftar
