// UTF-8, the only text encoding that enters a database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daftar {

// The offset of the first byte that does not belong to well-formed UTF-8, or nothing when all of
// `text` is well formed. Surrogates, overlong forms and values above U+10FFFF are not; U+0000 and
// noncharacters are.
std::optional<size_t> ValidateUtf8(std::string_view text);

// The number of characters (code points) in `text`; each byte that is not well formed counts as
// one.
size_t CountCharacters(std::string_view text);

// `text`, or as many whole characters of it as fit into `bytes_max` bytes and "…". Requires:
// well-formed UTF-8.
std::string Shortened(std::string_view text, size_t bytes_max);

// Reads the character at `*offset` and moves past it; -1 for a malformed sequence.
// Requires: *offset < text.size().
int32_t NextCharacter(std::string_view text, size_t* offset);

// Appends one character. Requires: `character` is a Unicode scalar value.
void AppendCharacter(int32_t character, std::string* out);

}  // namespace daftar
