// JSON string literals.
#pragma once

#include <string>
#include <string_view>

namespace daftar {

// Appends `text` as a JSON string literal with quotes. Only what RFC 8259 demands is escaped: the
// quote, the backslash and characters below U+0020; everything else stays UTF-8. Bytes that are not
// well-formed UTF-8 become U+FFFD, so that the output always is JSON.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace daftar
