// Digits of the scripts that papers of a registry are written in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daftar {

// The ASCII digit of the same value for a Persian (U+06F0 to U+06F9) or Arabic-Indic one (U+0660 to
// U+0669); every other character as it is.
constexpr int32_t AsciiDigit(int32_t character) {
  if (character >= 0x06F0 && character <= 0x06F9) return '0' + (character - 0x06F0);
  if (character >= 0x0660 && character <= 0x0669) return '0' + (character - 0x0660);
  return character;
}

// `text` with those digits as ASCII and all other bytes as they are, well-formed or not.
std::string WithAsciiDigits(std::string_view text);

}  // namespace daftar
