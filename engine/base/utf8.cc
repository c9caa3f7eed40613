#include "base/utf8.h"

#include <unicode/utf8.h>

#include <cstring>

#include "base/check.h"

namespace daftar {
namespace {

// The length of the ASCII run at the start of `text`, in whole words of eight bytes.
size_t AsciiPrefix(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= text.size(); i += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof(word));
    if ((word & kHighBits) != 0) break;
  }
  return i;
}

}  // namespace

int32_t NextCharacter(std::string_view text, size_t* offset) {
  DAFTAR_DCHECK(*offset < text.size());
  const char* data = text.data();
  UChar32 character;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // ICU's macro computes bytes as int.
  U8_NEXT(data, *offset, text.size(), character);
#pragma GCC diagnostic pop
  return character;
}

void AppendCharacter(int32_t character, std::string* out) {
  char bytes[U8_MAX_LENGTH];
  size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, character);
  out->append(bytes, length);
}

std::optional<size_t> ValidateUtf8(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    i += AsciiPrefix(text.substr(i));
    if (i == text.size()) break;
    const size_t start = i;
    if (NextCharacter(text, &i) < 0) return start;
  }
  return std::nullopt;
}

size_t CountCharacters(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++count) NextCharacter(text, &i);
  return count;
}

std::string Shortened(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace daftar
